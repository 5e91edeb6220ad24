// The one result type. Three kinds of trouble, never mixed:
//   a programmer's mistake      -> ENSURE (ensure.h), always on;
//   something expected to fail  -> Result<T> with an Error that says where and what would be right;
//   a library's exception       -> caught in the file that wraps the library and turned into an Error.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace groundwork {

// Whose fault it is; the command line's exit status follows from it.
enum class ErrorKind {
    unacceptable,  // the data or the file is not acceptable          (exit status 1)
    usage,         // the command line or the call is wrong           (exit status 2)
    outside,       // disk, network or another program failed         (exit status 3)
};

// Where it happened. Rows are counted as a spreadsheet shows them: the header is row 1.
struct Place {
    std::string file;
    std::optional<std::size_t> row;
    std::string column;  // a column's name, a JSON path such as "scales[2].items", or an option
};

// What went wrong, in the words a person needs. Build one with unacceptable(), usage_error() or
// outside_failure() and add to it:
//     return fail(unacceptable("is outside the answers 1 to 5").at("a.csv", 14, "scs_3").value("7")
//                     .remedy("Write an answer from 1 to 5, or leave the cell empty if there was none."));
class Error {
  public:
    Error(ErrorKind kind, std::string problem) : kind_(kind), problem_(std::move(problem)) {}

    Error&& at(std::string file) &&;
    Error&& at(std::string file, std::string column) &&;
    Error&& at(std::string file, std::size_t row, std::string column) &&;
    Error&& at(Place place) &&;
    Error&& value(std::string value) &&;
    Error&& remedy(std::string remedy) &&;
    void also(Error other);  // a further trouble of the same kind, found in the same reading

    // Names the file where an inner reader could not know it; keeps a name that is already there.
    void set_file_if_unknown(std::string_view file);

    ErrorKind kind() const { return kind_; }
    const Place& place() const { return place_; }
    const std::string& offending_value() const { return value_; }
    const std::string& problem() const { return problem_; }
    const std::string& remedy_text() const { return remedy_; }
    const std::vector<Error>& others() const { return others_; }

    // One sentence for each trouble: `a.csv, row 14, column scs_3: "7" is outside the answers 1 to 5. Write
    // ...`
    std::string describe() const;

  private:
    ErrorKind kind_;
    Place place_;
    std::string value_;
    std::string problem_;
    std::string remedy_;
    std::vector<Error> others_;
};

Error unacceptable(std::string problem);
Error usage_error(std::string problem);
Error outside_failure(std::string problem);

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace groundwork

// The value of a Result, or leave the function with its error: `const Frame frame = TRY(read_csv(path, {}));`
#define TRY(expression)                                               \
    __extension__({                                                   \
        auto try_result = (expression);                               \
        if (!try_result) {                                            \
            return ::groundwork::fail(std::move(try_result).error()); \
        }                                                             \
        *std::move(try_result);                                       \
    })

// The same for a Result<void>.
#define TRY_DO(expression)                                            \
    do {                                                              \
        auto try_result = (expression);                               \
        if (!try_result) {                                            \
            return ::groundwork::fail(std::move(try_result).error()); \
        }                                                             \
    } while (false)
