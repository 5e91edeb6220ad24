#include "content/content.h"

#include <algorithm>

// Two symbols for each file, defined by the generated assembly (cmake/module.cmake).
extern "C" {
#define GROUNDWORK_CONTENT(number, path)             \
    extern const char groundwork_content_##number[]; \
    extern const char groundwork_content_##number##_end[];
#include "embedded_files.inc"
#undef GROUNDWORK_CONTENT
}

namespace groundwork::content {

namespace {

std::string_view bytes_between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

std::vector<File> make_files() {
    std::vector<File> files;
#define GROUNDWORK_CONTENT(number, path) \
    files.push_back({path, bytes_between(groundwork_content_##number, groundwork_content_##number##_end)});
#include "embedded_files.inc"
#undef GROUNDWORK_CONTENT
    std::ranges::sort(files, {}, &File::path);
    return files;
}

}  // namespace

const std::vector<File>& all_files() {
    static const std::vector<File> files = make_files();
    return files;
}

std::optional<File> find_file(std::string_view path) {
    const auto& files = all_files();
    const auto place = std::ranges::lower_bound(files, path, {}, &File::path);
    if (place == files.end() || place->path != path) {
        return std::nullopt;
    }
    return *place;
}

std::vector<File> files_in(std::string_view folder) {
    const std::string prefix = std::string(folder) + "/";
    std::vector<File> found;
    std::ranges::copy_if(all_files(), std::back_inserter(found),
                         [&](const File& file) { return file.path.starts_with(prefix); });
    return found;
}

}  // namespace groundwork::content
