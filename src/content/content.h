// The door of content/: the reviewed files of the top-level folder content/ (instruments, protocols, ...),
// embedded in the binary so that it runs alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace groundwork::content {

struct File {
    std::string_view path;   // relative to content/, e.g. "instruments/scs.json"
    std::string_view bytes;  // lives as long as the program
};

// All embedded files, sorted by path.
const std::vector<File>& all_files();

// One file by its path relative to content/.
std::optional<File> find_file(std::string_view path);

// The files of one folder, e.g. "instruments", sorted by path.
std::vector<File> files_in(std::string_view folder);

}  // namespace groundwork::content
