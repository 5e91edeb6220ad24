// Work in numbered parts on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace groundwork {

// How many threads to use where the caller asked for `wanted`; 0 = as many as the machine has cores.
unsigned thread_count(unsigned wanted);

// Calls work(0) ... work(parts - 1), each once, on up to `threads` threads (0 = one for each core), and
// returns when all are done. Which thread takes which part is left open, so results must not depend on it:
// write to a place of the part's own and add up afterwards. `work` must not throw.
void for_each_part(std::size_t parts, unsigned threads, const std::function<void(std::size_t)>& work);

}  // namespace groundwork
