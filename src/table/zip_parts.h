// The files inside a ZIP archive. Private to table/.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foundation/foundation.h"

struct zip;

namespace groundwork::table {

constexpr std::size_t most_bytes_of_a_part = std::size_t{256} << 20;

// Read-only; `bytes` must outlive it. A part that unpacks to more than `most_bytes` is refused, however small
// it looks.
class ZipParts {
  public:
    static Result<ZipParts> open(std::string_view bytes, const std::string& source,
                                 std::size_t most_bytes = most_bytes_of_a_part);
    bool has(const std::string& name) const;
    Result<std::string> part(const std::string& name) const;

  private:
    struct Close {
        void operator()(zip* archive) const;
    };
    std::unique_ptr<zip, Close> archive_;
    std::string source_;
    std::size_t most_bytes_ = 0;
};

}  // namespace groundwork::table
