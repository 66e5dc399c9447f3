# Precompiled headers, for trees that are built again and again (docs/decisions/build-time.md). A
# release is built without them, which shows that every file includes what it uses.
#
#   tocsin_precompiled(<name> [DEFINITIONS <definition>...] [OPTIONS <option>...]
#                      [LIBRARIES <library>...])          cmake/precompiled/<name>.h
#   tocsin_precompile(<target> <name>)                    compiles the target with it

option(TOCSIN_PCH "Precompile the headers that most files include" OFF)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # CMake would name the header beside what was made from it, by absolute path: ccache then reads
  # that header as text, and takes equal commands of two folders for different ones.
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
endif()

function(tocsin_precompiled name)
  if(NOT TOCSIN_PCH)
    return()
  endif()
  cmake_parse_arguments(PCH "" "" "DEFINITIONS;OPTIONS;LIBRARIES" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/cmake/precompiled)
  add_library(tocsin_pch_${name} OBJECT ${folder}/empty.cpp)
  target_precompile_headers(tocsin_pch_${name} PRIVATE ${folder}/${name}.h)
  target_include_directories(tocsin_pch_${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake
                                                        ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(tocsin_pch_${name} PRIVATE ${PCH_DEFINITIONS})
  target_compile_options(tocsin_pch_${name} PRIVATE ${PCH_OPTIONS})
  target_link_libraries(tocsin_pch_${name} PRIVATE ${PCH_LIBRARIES})
  set_target_properties(tocsin_pch_${name} PROPERTIES
    CXX_COMPILER_LAUNCHER ${folder}/compile)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Headers are told apart by what they hold: a check-out that touches them changes nothing.
    target_compile_options(tocsin_pch_${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

function(tocsin_precompile target name)
  if(NOT TOCSIN_PCH)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM tocsin_pch_${name})
  # The same for libraries and programs, so that one precompiled header serves both.
  target_compile_options(${target} PRIVATE -fPIC)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()
