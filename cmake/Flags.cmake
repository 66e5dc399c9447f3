# Compiler and linker flags shared by every target: warnings, hardening (SEC-54), sanitizers.

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

if(TOCSIN_SANITIZE)
  add_compile_options(-fsanitize=${TOCSIN_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TOCSIN_SANITIZE})
endif()

# Bounds and precondition checks of libstdc++ stay on in release: a wrong index stops the process.
add_compile_definitions(_GLIBCXX_ASSERTIONS)

# SEC-54. _FORTIFY_SOURCE needs optimisation; the sanitizers bring checks of their own.
add_compile_options(-fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-fstack-clash-protection)
endif()
if(NOT TOCSIN_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(TOCSIN_MOLD mold)
if(TOCSIN_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=mold)
endif()
