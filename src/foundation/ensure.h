// Assertions on arguments, results and invariants, on in production: a wrong number must never look like a
// right one.
#pragma once

namespace groundwork {
// Prints the broken promise and its place to standard error and aborts.
[[noreturn]] void broken_promise(const char* promise, const char* file, int line);
}  // namespace groundwork

#define ENSURE(promise) \
    ((promise) ? static_cast<void>(0) : ::groundwork::broken_promise(#promise, __FILE__, __LINE__))
