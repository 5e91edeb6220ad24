#include "table/read.h"

#include <filesystem>

#include "table/read_statistics_file.h"
#include "table/read_xlsx.h"

namespace groundwork::table {

Result<Frame> read_table(const std::string& path, const ReadOptions& options) {
    const std::string ending = lower_case(std::filesystem::path(path).extension().string());
    if (ending == ".csv" || ending == ".tsv" || ending == ".txt") {
        return read_csv(TRY(read_file(path)), path, options);
    }
    if (ending == ".xlsx") {
        const std::string bytes = TRY(read_file(path));
        return read_xlsx(bytes, path, options);
    }
    if (ending == ".sav" || ending == ".zsav" || ending == ".por" || ending == ".dta") {
        return read_statistics_file(path, options);
    }
    return fail(unacceptable("is not a kind of file that can be read as data")
                    .at(path)
                    .remedy("Data files end in .csv, .tsv, .txt, .xlsx, .sav, .zsav, .por or .dta."));
}

}  // namespace groundwork::table
