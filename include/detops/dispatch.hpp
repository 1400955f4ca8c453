// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The operations of detops by kernels that are compiled for several instruction sets and chosen when the program runs:
//
//   target_link_libraries(your_program PRIVATE detops::dispatch)
//
//   detops::dispatch::matmul(detops::par, a, b, c);   // in place of detops::matmul(detops::par, a, b, c)
//
// Same arguments, same bits, same errors. A program for any CPU of its family (compiled without -march) then has the speed
// of the CPU that it runs on, and is compiled faster, since these headers have no kernels. Call with the namespace: beside
// `using namespace detops::dispatch` a call sum(x) would name two functions. In a program without exceptions an error ends in
// std::terminate, which prints its message.
#pragma once

#include <detops/dispatch/level.hpp>
#include <detops/dispatch/math.hpp>
#include <detops/dispatch/matmul.hpp>
#include <detops/dispatch/random.hpp>
#include <detops/dispatch/reduce.hpp>
