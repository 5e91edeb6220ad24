#include "foundation/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace groundwork {

void broken_promise(const char* promise, const char* file, int line) {
    std::fprintf(stderr, "groundwork: this should be true and is not: %s (%s:%d). Please report it.\n",
                 promise, file, line);
    std::abort();
}

}  // namespace groundwork
