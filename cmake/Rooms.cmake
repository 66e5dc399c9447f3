# A room is one folder under src/ and one CMake target.
#
#   tocsin_room(<name> [PRECOMPILED <headers>] [SEES <room>...] [LIBRARIES <library>...]
#               SOURCES <file>...)
#   tocsin_link_rooms(<target> <room>...)      the rooms, and the rooms they see, into a program
#
# A room's own headers are reached as "name/header.h" through an include directory that holds
# nothing but that room. Only the rooms it sees (and what they see) are on its include path, so an
# include that the map in docs/architecture.md does not allow does not compile.

set(TOCSIN_ROOM_ROOT ${PROJECT_BINARY_DIR}/rooms)
set_property(GLOBAL PROPERTY TOCSIN_ROOMS "")

function(tocsin_room name)
  cmake_parse_arguments(ROOM "" "PRECOMPILED" "SEES;LIBRARIES;SOURCES" ${ARGN})
  file(MAKE_DIRECTORY ${TOCSIN_ROOM_ROOT}/${name})
  if(NOT EXISTS ${TOCSIN_ROOM_ROOT}/${name}/${name})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/${name} ${TOCSIN_ROOM_ROOT}/${name}/${name} SYMBOLIC)
  endif()
  add_library(tocsin_${name} OBJECT ${ROOM_SOURCES})
  target_include_directories(tocsin_${name} PUBLIC ${TOCSIN_ROOM_ROOT}/${name}
                                                   ${PROJECT_SOURCE_DIR}/include)
  foreach(seen IN LISTS ROOM_SEES)
    target_link_libraries(tocsin_${name} PUBLIC tocsin_${seen})
  endforeach()
  target_link_libraries(tocsin_${name} PUBLIC ${ROOM_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY TOCSIN_ROOMS ${name})
  set(headers library)
  tocsin_see_loop(sees_loop ${name} ${ROOM_SEES})
  if(sees_loop)
    set(headers loop)
  endif()
  if(ROOM_PRECOMPILED)
    set(headers ${ROOM_PRECOMPILED})
  endif()
  set_target_properties(tocsin_${name} PROPERTIES TOCSIN_SEES_LOOP ${sees_loop})
  tocsin_precompile(tocsin_${name} ${headers})
endfunction()

# Whether one of the rooms is the loop or sees it.
function(tocsin_see_loop result)
  set(${result} FALSE PARENT_SCOPE)
  foreach(room IN LISTS ARGN)
    get_target_property(sees_loop tocsin_${room} TOCSIN_SEES_LOOP)
    if(room STREQUAL "loop" OR sees_loop)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# Object libraries do not hand their objects on through other object libraries, so every room that
# is seen, directly or not, is linked by name.
function(tocsin_link_rooms target)
  set(pending ${ARGN})
  set(seen "")
  while(pending)
    list(POP_FRONT pending room)
    if(room IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${room})
    target_link_libraries(${target} PRIVATE tocsin_${room})
    get_target_property(libraries tocsin_${room} INTERFACE_LINK_LIBRARIES)
    foreach(library IN LISTS libraries)
      if(library MATCHES "^tocsin_(.+)$")
        list(APPEND pending ${CMAKE_MATCH_1})
      endif()
    endforeach()
  endwhile()
endfunction()
