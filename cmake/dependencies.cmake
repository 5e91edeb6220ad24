# Every library we stand on, from Debian 12; docs/dependencies.md says why each is here.
# Libraries' headers are system headers: our warnings are about our code.
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt 9 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(pugixml REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
add_library(libzip::zip ALIAS PkgConfig::ZIP)

function(groundwork_plain_library target library header)
  find_library(${target}_LIBRARY ${library} REQUIRED)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  add_library(${target} INTERFACE)
  target_link_libraries(${target} INTERFACE ${${target}_LIBRARY})
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
endfunction()
groundwork_plain_library(groundwork_readstat readstat readstat.h)
groundwork_plain_library(groundwork_xlsxwriter xlsxwriter xlsxwriter.h)

if(GROUNDWORK_TESTS)
  find_path(DOCTEST_INCLUDE doctest/doctest.h REQUIRED)
  groundwork_plain_library(groundwork_rapidcheck rapidcheck rapidcheck.h)
endif()
