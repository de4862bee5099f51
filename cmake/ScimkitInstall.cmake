# Installs libraries, headers and the package configuration: find_package(scimkit COMPONENTS lmdb http ...).
include(CMakePackageConfigHelpers)

set(_libraries scimkit_core scimkit_memory)
foreach(optional lmdb postgresql http conformance)
  if(TARGET scimkit_${optional})
    list(APPEND _libraries scimkit_${optional})
  endif()
endforeach()

install(
  TARGETS ${_libraries}
  EXPORT scimkitTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/scimkit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY backends/memory/include/scimkit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(SCIMKIT_LMDB)
  install(DIRECTORY backends/lmdb/include/scimkit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
if(SCIMKIT_POSTGRESQL)
  install(DIRECTORY backends/postgresql/include/scimkit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
if(TARGET scimkit-server)
  install(TARGETS scimkit-server RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/scimkit)
install(
  EXPORT scimkitTargets
  NAMESPACE scimkit::
  DESTINATION ${_package_dir})
configure_package_config_file(cmake/scimkitConfig.cmake.in ${PROJECT_BINARY_DIR}/scimkitConfig.cmake
                              INSTALL_DESTINATION ${_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/scimkitConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/scimkitConfig.cmake ${PROJECT_BINARY_DIR}/scimkitConfigVersion.cmake
        DESTINATION ${_package_dir})
