# What `cmake --install` puts on a machine: the library with its headers, what find_package(tocsin)
# and pkg-config read, the program, the licences and the documents. tests/install/ uses all of it.

include(CMakePackageConfigHelpers)

set(TOCSIN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tocsin)

install(TARGETS tocsin EXPORT tocsin-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/tocsin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
        PATTERN "*.h")
install(EXPORT tocsin-targets NAMESPACE tocsin:: DESTINATION ${TOCSIN_CMAKE_DIR})

configure_package_config_file(cmake/tocsin-config.cmake.in tocsin-config.cmake
                              INSTALL_DESTINATION ${TOCSIN_CMAKE_DIR})
# Before 1.0 a minor version may change the API.
write_basic_package_version_file(tocsin-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tocsin-config.cmake
              ${PROJECT_BINARY_DIR}/tocsin-config-version.cmake
        DESTINATION ${TOCSIN_CMAKE_DIR})

file(RELATIVE_PATH TOCSIN_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" TOCSIN_PC_TO_PREFIX ${TOCSIN_PC_TO_PREFIX})
configure_file(cmake/tocsin.pc.in tocsin.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tocsin.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET tocsin_binary)
  install(TARGETS tocsin_binary RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  configure_file(packaging/systemd/tocsin.service.in tocsin.service @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/tocsin.service DESTINATION lib/systemd/system)
  install(FILES packaging/man/tocsin.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES packaging/completions/tocsin.bash RENAME tocsin
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES packaging/completions/tocsin.zsh RENAME _tocsin
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES packaging/completions/tocsin.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  install(FILES packaging/grafana/tocsin.json DESTINATION ${CMAKE_INSTALL_DATADIR}/tocsin/grafana)
endif()
install(FILES LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md SECURITY.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
