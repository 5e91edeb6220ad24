// The files inside a ZIP archive. Private to table/.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foundation/foundation.h"

struct zip;

namespace groundwork::table {

// Read-only; `bytes` must outlive it. Parts that unpack to more than 256 MiB are refused, however small they look.
class ZipParts {
  public:
    static Result<ZipParts> open(std::string_view bytes, const std::string& source);
    bool has(const std::string& name) const;
    Result<std::string> part(const std::string& name) const;

  private:
    struct Close {
        void operator()(zip* archive) const;
    };
    std::unique_ptr<zip, Close> archive_;
    std::string source_;
};

}  // namespace groundwork::table
