# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# Configures, builds and runs program in a fresh directory, offline, in one of three ways, or dispatch.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    message("${output}")
    message(FATAL_ERROR "${ARGN} failed")
  endif()
endfunction()

file(REMOVE_RECURSE "${work}")
set(place "-DCONSUMER_CHECKOUT=${checkout}")
set(program program)
if(way STREQUAL "dispatch")
  set(program dispatch)
endif()
if(way MATCHES "find_package|dispatch")
  run("${CMAKE_COMMAND}" --install "${build}" --prefix "${work}/prefix")
  set(place "-DCMAKE_PREFIX_PATH=${work}/prefix")
endif()
run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/${program}" -B "${work}/build" -G "${generator}"
  "-DCMAKE_CXX_COMPILER=${compiler}" -DCMAKE_BUILD_TYPE=Release -DFETCHCONTENT_FULLY_DISCONNECTED=ON
  -DCONSUMER_WAY=${way} "${place}")
run("${CMAKE_COMMAND}" --build "${work}/build")
run("${work}/build/consumer")
file(REMOVE_RECURSE "${work}")
