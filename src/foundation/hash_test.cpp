#include "foundation/hash.h"

#include <doctest/doctest.h>

using groundwork::content_hash;

TEST_CASE("a file's fingerprint is BLAKE2b-256") {
    // b2sum -l 256 of the same bytes.
    CHECK(content_hash("abc") == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    CHECK(content_hash("") == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}
