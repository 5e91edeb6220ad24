# How everything is compiled: warnings are errors, ccache where present, sanitizers and coverage on request.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                    -Werror)
# GCC 12 sees overlapping copies in std::string where there are none (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)
endif()
# Clang sees libstdc++ 12's own std::stable_sort use what that library calls deprecated.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-deprecated-declarations)
endif()
# Results must not depend on whether the compiler fused a multiplication and an addition.
add_compile_options(-ffp-contract=off)

find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the checkout, so that every build folder and every clone shares what was compiled once.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(GROUNDWORK_SANITIZE)
  add_compile_options(-fsanitize=${GROUNDWORK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)  # empty optionals, indices outside
  add_link_options(-fsanitize=${GROUNDWORK_SANITIZE})
endif()
if(GROUNDWORK_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
