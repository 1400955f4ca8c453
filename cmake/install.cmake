# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# find_package(detops) after an install. Nothing in it depends on the architecture, unless detops::dispatch is in it.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_directory "${CMAKE_INSTALL_DATADIR}/cmake/detops")
set(any_architecture ARCH_INDEPENDENT)
set(targets detops)
if(DETOPS_DISPATCH)
  set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/detops")
  set(any_architecture "")
  list(APPEND targets detops_dispatch)
endif()
install(DIRECTORY include/detops TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(TARGETS ${targets} EXPORT detops-targets)
install(EXPORT detops-targets NAMESPACE detops:: DESTINATION "${package_directory}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/detops-config-version.cmake"
  COMPATIBILITY SameMinorVersion ${any_architecture})
install(FILES cmake/detops-config.cmake cmake/detops-dependencies.cmake
  "${PROJECT_BINARY_DIR}/detops-config-version.cmake" DESTINATION "${package_directory}")
install(FILES LICENSE TYPE DOC)
