#include "foundation/file.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace groundwork;

TEST_CASE("a file is written whole and read back byte for byte") {
    const auto path = std::filesystem::temp_directory_path() / "groundwork_file_test";
    std::string bytes(100000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(i * 7);
    }
    REQUIRE(write_file(path, "old"));
    REQUIRE(write_file(path, bytes));
    CHECK(read_file(path) == bytes);
    std::filesystem::remove(path);
}

TEST_CASE("what cannot be read is named") {
    const auto missing = read_file("/no/such/file");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind() == ErrorKind::outside);
    CHECK(missing.error().describe().find("/no/such/file: cannot open: No such file") == 0);
    CHECK_FALSE(read_file("/tmp"));
    CHECK_FALSE(write_file("/no/such/folder/file", "x"));
}
