// Hot loops compiled twice, for any x86-64 and for those with AVX2, and chosen when the program starts. The
// arithmetic is the same operation by operation (no fused multiply-add), so the results are the same bytes.
#pragma once

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__OPTIMIZE__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GROUNDWORK_EACH_PROCESSOR __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define GROUNDWORK_EACH_PROCESSOR
#endif
