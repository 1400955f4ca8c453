# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -Dsource=<file> -Dcompiler=<command line as a list> -P check.cmake
file(STRINGS "${source}" expect REGEX "^// expect: ")
if(NOT expect) # one or more lines
  message(FATAL_ERROR "${source} has no line '// expect: <regular expression>'")
endif()

execute_process(COMMAND ${compiler} "${source}" RESULT_VARIABLE failed ERROR_VARIABLE output)
if(failed)
  message("${output}")
  message(FATAL_ERROR "Without its fault ${source} must compile")
endif()

function(check_refused)
  execute_process(COMMAND ${compiler} ${ARGN} "${source}" RESULT_VARIABLE failed ERROR_VARIABLE output)
  if(NOT failed)
    message(FATAL_ERROR "With ${ARGN} ${source} must not compile, and it does")
  endif()
  foreach(words IN LISTS expect)
    string(REGEX REPLACE "^// expect: " "" words "${words}")
    if(NOT output MATCHES "${words}")
      message("${output}")
      message(FATAL_ERROR "${source}: with ${ARGN} the compiler does not say '${words}'")
    endif()
  endforeach()
endfunction()

file(STRINGS "${source}" cases REGEX "^// flags: ")
if(cases)
  foreach(case IN LISTS cases)
    string(REGEX REPLACE "^// flags: " "" flags "${case}")
    separate_arguments(flags)
    check_refused(${flags})
  endforeach()
else()
  check_refused(-DDETOPS_FAULT)
endif()
