# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# find_package(detops) after an install. Nothing in it depends on the architecture.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_directory "${CMAKE_INSTALL_DATADIR}/cmake/detops")
install(DIRECTORY include/detops TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(TARGETS detops EXPORT detops-targets)
install(EXPORT detops-targets NAMESPACE detops:: DESTINATION "${package_directory}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/detops-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/detops-config.cmake cmake/detops-dependencies.cmake
  "${PROJECT_BINARY_DIR}/detops-config-version.cmake" DESTINATION "${package_directory}")
install(FILES LICENSE TYPE DOC)
