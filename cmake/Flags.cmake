# Compiler and linker flags shared by every target: warnings, hardening (SEC-54), sanitizers.

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

if(TOCSIN_SANITIZE)
  add_compile_options(-fsanitize=${TOCSIN_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TOCSIN_SANITIZE})
  # A check at every access through a pointer is a quarter of the build: a null or foreign address
  # stops under ASan without them.
  if(TOCSIN_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=null,alignment,vptr,object-size)
  endif()
endif()

# Bounds and precondition checks of libstdc++ stay on in release: a wrong index stops the process.
add_compile_definitions(_GLIBCXX_ASSERTIONS)

# SEC-54, shown on the release binary by tests/release/. Position independence comes with
# CMAKE_POSITION_INDEPENDENT_CODE.
add_compile_options(-fstack-protector-strong -fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-fcf-protection=full)
endif()
# _FORTIFY_SOURCE needs optimisation; the sanitizers bring checks of their own.
if(NOT TOCSIN_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(TOCSIN_MOLD mold)
if(TOCSIN_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=mold)
endif()
