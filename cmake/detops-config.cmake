# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
include("${CMAKE_CURRENT_LIST_DIR}/detops-dependencies.cmake")
detops_find_dependencies(OFF)
if(detops_missing)
  set(detops_FOUND FALSE)
  set(detops_NOT_FOUND_MESSAGE "detops needs ${detops_missing}")
else()
  include("${CMAKE_CURRENT_LIST_DIR}/detops-targets.cmake")
endif()
