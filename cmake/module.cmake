# One static library per folder of src/. A room's headers are reached through build/rooms/<room>/<room>, a link to
# its folder, and only rooms that are linked put that directory on the include path: a wrong include cannot compile.
#
#   groundwork_module(table USES foundation LIBRARIES ... PRIVATE_LIBRARIES ... TEST_LIBRARIES ...)
#
# Files named *_test.cpp beside the code become the executable <room>_test, run by CTest.
function(groundwork_module room)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES;PRIVATE_LIBRARIES;TEST_LIBRARIES" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/src/${room})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/rooms/${room})
  file(CREATE_LINK ${folder} ${CMAKE_BINARY_DIR}/rooms/${room}/${room} SYMBOLIC)

  if(NOT sources)  # a room whose words are all in headers so far
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${room}/no_sources.cpp CONTENT "// no sources yet\n")
    set(sources ${CMAKE_BINARY_DIR}/generated/${room}/no_sources.cpp)
  endif()
  add_library(groundwork_${room} STATIC ${sources})
  target_include_directories(groundwork_${room} PUBLIC ${CMAKE_BINARY_DIR}/rooms/${room})
  list(TRANSFORM ARG_USES PREPEND groundwork_)
  target_link_libraries(groundwork_${room} PUBLIC ${ARG_USES} ${ARG_LIBRARIES} PRIVATE ${ARG_PRIVATE_LIBRARIES})

  if(GROUNDWORK_TESTS AND tests)
    add_executable(${room}_test ${tests} ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp)
    target_link_libraries(${room}_test PRIVATE groundwork_${room} ${ARG_PRIVATE_LIBRARIES}
                          ${ARG_TEST_LIBRARIES} groundwork_rapidcheck)
    target_include_directories(${room}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(${room}_test PRIVATE
      GROUNDWORK_SOURCE_DIR="${CMAKE_SOURCE_DIR}" GROUNDWORK_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
    add_test(NAME ${room} COMMAND ${room}_test)
  endif()
endfunction()

# Puts every file of a folder into a room's library as bytes, by the assembler's .incbin.
function(groundwork_embed room folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*)
  list(SORT files)
  set(assembly "")
  set(table "")
  set(number 0)
  foreach(file IN LISTS files)
    string(APPEND assembly "  .global groundwork_content_${number}\n  .global groundwork_content_${number}_end\n"
                           "groundwork_content_${number}:\n  .incbin \"${folder}/${file}\"\n"
                           "groundwork_content_${number}_end:\n  .byte 0\n")
    string(APPEND table "GROUNDWORK_CONTENT(${number}, \"${file}\")\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(generated ${CMAKE_BINARY_DIR}/generated/${room})
  file(CONFIGURE OUTPUT ${generated}/embedded.S
       CONTENT "  .section .rodata\n${assembly}  .section .note.GNU-stack,\"\",%progbits\n" @ONLY)
  file(CONFIGURE OUTPUT ${generated}/embedded_files.inc CONTENT "${table}" @ONLY)
  list(TRANSFORM files PREPEND ${folder}/)
  set_source_files_properties(${generated}/embedded.S PROPERTIES OBJECT_DEPENDS "${files}")
  target_sources(groundwork_${room} PRIVATE ${generated}/embedded.S)
  target_include_directories(groundwork_${room} PRIVATE ${generated})
endfunction()
