#!/usr/bin/env bash
# Format, clang-tidy and cppcheck over every C++ file; non-zero if any has something to say.
. "$(dirname "$0")/common.sh"
trouble=0

say "clang-format"
sources | xargs clang-format-19 --dry-run --Werror || trouble=1

say "clang-tidy"
cmake -S . -B build/lint -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++-19 >/dev/null
git ls-files -- 'src/*.cpp' | xargs -P "$cores" -n 4 clang-tidy-19 -p build/lint --quiet 2>/dev/null || trouble=1

say "cppcheck"
cppcheck --project=build/lint/compile_commands.json --enable=warning,performance,portability --inline-suppr \
    --suppress='*:/usr/*' --suppress=internalAstError --suppress='*:*_test.cpp' --error-exitcode=1 --quiet -j "$cores" || trouble=1

[ $trouble = 0 ] && say "Nothing to say"
exit $trouble
