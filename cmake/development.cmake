# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
#
# What the tests, benchmarks and examples share: warnings, ccache, and one executable per instruction set.

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(DETOPS_CCACHE ccache)
  mark_as_advanced(DETOPS_CCACHE)
  if(DETOPS_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${DETOPS_CCACHE}")
  endif()
endif()
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(detops_default_isas x86-64 x86-64-v3 x86-64-v4)
else()
  set(detops_default_isas native)
endif()
set(DETOPS_ISAS "${detops_default_isas}" CACHE STRING
  "Instruction sets to build tests, benchmarks and examples for: values of -march, or native")

# Which of them this CPU runs; the others are built nowhere and reported as skipped.
set(DETOPS_RUNNABLE_ISAS "")
set(DETOPS_SKIPPED_ISAS "")
if(DETOPS_ISAS MATCHES "x86-64-" AND NOT DEFINED DETOPS_CPU_LEVEL)
  try_run(DETOPS_CPU_LEVEL detops_cpu_level_compiled SOURCES "${CMAKE_CURRENT_LIST_DIR}/cpu_level.cpp")
  if(NOT DETOPS_CPU_LEVEL MATCHES "^[1-4]$")
    set(DETOPS_CPU_LEVEL 1 CACHE STRING "Level of the x86-64 instruction set that this CPU runs" FORCE)
  endif()
endif()
foreach(isa IN LISTS DETOPS_ISAS)
  if(isa MATCHES "^x86-64-v([2-4])$" AND CMAKE_MATCH_1 GREATER DETOPS_CPU_LEVEL)
    list(APPEND DETOPS_SKIPPED_ISAS ${isa})
    message(STATUS "detops: this CPU cannot run ${isa}: its tests are skipped")
  else()
    list(APPEND DETOPS_RUNNABLE_ISAS ${isa})
  endif()
endforeach()

# Warnings and the library, for code of this repository.
add_library(detops_development INTERFACE)
target_link_libraries(detops_development INTERFACE detops::detops)
target_compile_options(detops_development INTERFACE -Wall -Wextra -Wconversion -Wshadow)

function(detops_target_isa target isa)
  if(NOT isa STREQUAL "native")
    target_compile_options(${target} PRIVATE -march=${isa})
  elseif(NOT CMAKE_CROSSCOMPILING AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(ppc|powerpc)")
    target_compile_options(${target} PRIVATE -mcpu=native)
  elseif(NOT CMAKE_CROSSCOMPILING AND NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^riscv")
    target_compile_options(${target} PRIVATE -march=native)
  endif()
  # Its own AVX-512 headers, inlined into Eigen: GCC bug 105593.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
      AND isa MATCHES "^(x86-64-v4|native)$")
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
  endif()
endfunction()

# An executable <name>_<isa> for each instruction set that this CPU runs.
function(detops_add_executables name)
  foreach(isa IN LISTS DETOPS_RUNNABLE_ISAS)
    add_executable(${name}_${isa} ${ARGN})
    target_link_libraries(${name}_${isa} PRIVATE detops_development)
    detops_target_isa(${name}_${isa} ${isa})
  endforeach()
endfunction()

# A test "<name> [<isa>]" for each instruction set: runs <executable>_<isa> with the arguments that follow,
# or says aloud that the CPU cannot.
function(detops_add_tests name executable)
  foreach(isa IN LISTS DETOPS_RUNNABLE_ISAS)
    add_test(NAME "${name} [${isa}]" COMMAND ${executable}_${isa} ${ARGN})
    # Three threads even on a smaller machine; a filter that matches no test case is a failure.
    set_tests_properties("${name} [${isa}]" PROPERTIES ENVIRONMENT DETOPS_NUM_THREADS=3
      FAIL_REGULAR_EXPRESSION "No test cases matched;No tests ran")
  endforeach()
  foreach(isa IN LISTS DETOPS_SKIPPED_ISAS)
    add_test(NAME "${name} [${isa}]"
      COMMAND "${CMAKE_COMMAND}" -E echo "skipped: this CPU cannot run ${isa}")
    set_tests_properties("${name} [${isa}]" PROPERTIES SKIP_REGULAR_EXPRESSION "^skipped: ")
  endforeach()
endfunction()
