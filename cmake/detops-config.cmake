# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# find_package(detops) gives detops::detops; with COMPONENTS dispatch, detops::dispatch too or it is not found.
include("${CMAKE_CURRENT_LIST_DIR}/detops-dependencies.cmake")
detops_find_dependencies(OFF)
if(detops_missing)
  set(detops_FOUND FALSE)
  set(detops_NOT_FOUND_MESSAGE "detops needs ${detops_missing}")
else()
  include("${CMAKE_CURRENT_LIST_DIR}/detops-targets.cmake")
  foreach(component IN LISTS detops_FIND_COMPONENTS)
    if(TARGET detops::${component})
      set(detops_${component}_FOUND TRUE)
    elseif(detops_FIND_REQUIRED_${component})
      set(detops_FOUND FALSE)
      set(detops_NOT_FOUND_MESSAGE
        "this installation of detops has no ${component}; detops::dispatch is installed with -DDETOPS_DISPATCH=ON")
    endif()
  endforeach()
endif()
