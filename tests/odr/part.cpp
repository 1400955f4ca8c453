// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One of several files of a program, each compiled for another instruction set. It uses no function of the
// standard library that the linker could share, so that what it shares is the headers' doing.
#include <detops/exec.hpp>

#include "../hostile/operations.hpp"

extern "C" const char* DETOPS_PART(hostile::emit_function emit, std::size_t threads) {
  const detops::thread_pool pool(threads);
  hostile::run_scalars(emit);
  hostile::run_arrays(pool, emit);
  return detops::isa_name;
}
