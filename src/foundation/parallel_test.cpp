#include "foundation/parallel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

using namespace groundwork;

TEST_CASE("every part is worked once, whatever the number of threads") {
    for (const unsigned threads : {1U, 2U, 3U, 7U, 64U, 0U}) {
        for (const std::size_t parts : {0U, 1U, 2U, 5U, 1000U}) {
            std::vector<std::atomic<int>> worked(parts);
            for_each_part(parts, threads, [&](std::size_t part) { ++worked[part]; });
            for (const std::atomic<int>& times : worked) {
                CHECK(times == 1);
            }
        }
    }
}

TEST_CASE("no number of threads means one for each core") {
    CHECK(thread_count(0) >= 1);
    CHECK(thread_count(3) == 3);
}
