# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# The libraries that the headers include: used by the build and, without fetching, by the installed package.
# Sets detops_missing to the names of those that were not found.

macro(detops_find_dependencies fetch)
  set(detops_missing "")

  find_package(Threads REQUIRED)

  # Its include directories alone: the target in Debian's package also links xtl, which is not there.
  if(NOT TARGET detops::xsimd)
    if(NOT TARGET xsimd)
      find_package(xsimd QUIET CONFIG)
    endif()
    if(TARGET xsimd)
      get_target_property(detops_directories xsimd INTERFACE_INCLUDE_DIRECTORIES)
      detops_add_headers(detops::xsimd "${detops_directories}")
    else()
      detops_fetch_headers(${fetch} xsimd detops::xsimd
        https://github.com/xtensor-stack/xsimd.git 9.0.1 include)
    endif()
  endif()

  if(NOT TARGET Eigen3::Eigen)
    find_package(Eigen3 QUIET CONFIG)
    if(NOT TARGET Eigen3::Eigen)
      detops_fetch_headers(${fetch} eigen Eigen3::Eigen
        https://gitlab.com/libeigen/eigen.git 3.4.0 .)
    endif()
  endif()

  if(NOT TARGET detops::xxhash)
    find_path(DETOPS_XXHASH_INCLUDE_DIR xxhash.h)
    mark_as_advanced(DETOPS_XXHASH_INCLUDE_DIR)
    if(DETOPS_XXHASH_INCLUDE_DIR)
      detops_add_headers(detops::xxhash "${DETOPS_XXHASH_INCLUDE_DIR}")
    else()
      detops_fetch_headers(${fetch} xxhash detops::xxhash
        https://github.com/Cyan4973/xxHash.git v0.8.1 .)
    endif()
  endif()
endmacro()

function(detops_add_headers target directory)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE "${directory}")
endfunction()

# Fetches a header-only library without running its own CMake code.
function(detops_fetch_headers fetch name target repository tag include_directory)
  if(NOT fetch)
    list(APPEND detops_missing ${name})
    set(detops_missing "${detops_missing}" PARENT_SCOPE)
    return()
  endif()
  message(STATUS "detops: ${name} is not installed, fetching ${tag}")
  include(FetchContent)
  FetchContent_Declare(detops_${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON
    SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(detops_${name})
  detops_add_headers(${target} "${detops_${name}_SOURCE_DIR}/${include_directory}")
endfunction()
