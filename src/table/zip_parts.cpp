#include "table/zip_parts.h"

#include <fmt/format.h>
#include <zip.h>

#include "table/late_library.h"

namespace groundwork::table {

namespace {

// What of libzip is used here.
struct LibZip {
    LateLibrary library{"libzip.so.4"};
    decltype(&::zip_error_init) error_init = library["zip_error_init"];
    decltype(&::zip_error_fini) error_fini = library["zip_error_fini"];
    decltype(&::zip_error_strerror) error_strerror = library["zip_error_strerror"];
    decltype(&::zip_source_buffer_create) source_buffer_create = library["zip_source_buffer_create"];
    decltype(&::zip_source_free) source_free = library["zip_source_free"];
    decltype(&::zip_open_from_source) open_from_source = library["zip_open_from_source"];
    decltype(&::zip_discard) discard = library["zip_discard"];
    decltype(&::zip_name_locate) name_locate = library["zip_name_locate"];
    decltype(&::zip_fopen) fopen = library["zip_fopen"];
    decltype(&::zip_fread) fread = library["zip_fread"];
    decltype(&::zip_fclose) fclose = library["zip_fclose"];
    decltype(&::zip_strerror) strerror = library["zip_strerror"];
};

LibZip& libzip() {
    static LibZip library;
    return library;
}

struct CloseFile {
    void operator()(zip_file_t* file) const { libzip().fclose(file); }
};

Error damaged(const std::string& source, const std::string& problem) {
    return unacceptable(problem).at(source).remedy(
        "Open it in a spreadsheet program and save it again as .xlsx.");
}

}  // namespace

void ZipParts::Close::operator()(zip* archive) const { libzip().discard(archive); }

Result<ZipParts> ZipParts::open(std::string_view bytes, const std::string& source, std::size_t most_bytes) {
    TRY_DO(libzip().library.check(source));
    zip_error_t trouble;
    libzip().error_init(&trouble);
    constexpr int keep_the_bytes = 0;
    zip_source_t* const stream =
        libzip().source_buffer_create(bytes.data(), bytes.size(), keep_the_bytes, &trouble);
    zip_t* const archive =
        stream == nullptr ? nullptr : libzip().open_from_source(stream, ZIP_RDONLY, &trouble);
    if (archive == nullptr) {
        const std::string reason = libzip().error_strerror(&trouble);
        libzip().error_fini(&trouble);
        if (stream != nullptr) {
            libzip().source_free(stream);
        }
        return fail(damaged(source, fmt::format("is not an Excel workbook (.xlsx): {}", reason)));
    }
    libzip().error_fini(&trouble);
    ZipParts parts;
    parts.archive_.reset(archive);
    parts.source_ = source;
    parts.most_bytes_ = most_bytes;
    return parts;
}

bool ZipParts::has(const std::string& name) const {
    return libzip().name_locate(archive_.get(), name.c_str(), 0) >= 0;
}

Result<std::string> ZipParts::part(const std::string& name) const {
    constexpr std::size_t step = std::size_t{1} << 20;
    const std::unique_ptr<zip_file_t, CloseFile> file(libzip().fopen(archive_.get(), name.c_str(), 0));
    if (file == nullptr) {
        return fail(damaged(
            source_, fmt::format("has no readable part {}: {}", name, libzip().strerror(archive_.get()))));
    }
    std::string bytes;
    for (;;) {  // what the archive says about its sizes is not to be trusted
        const std::size_t filled = bytes.size();
        bytes.resize(filled + step);
        const auto count = libzip().fread(file.get(), bytes.data() + filled, step);
        if (count < 0) {
            return fail(damaged(source_, fmt::format("is damaged in its part {}", name)));
        }
        bytes.resize(filled + static_cast<std::size_t>(count));
        if (count == 0) {
            return bytes;
        }
        if (bytes.size() > most_bytes_) {
            return fail(unacceptable(fmt::format("unpacks to more than {} MiB in its part {}",
                                                 most_bytes_ >> 20, name))
                            .at(source_)
                            .remedy("Save it as CSV."));
        }
    }
}

}  // namespace groundwork::table
