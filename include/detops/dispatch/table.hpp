// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What crosses from a program's file to kernels that were compiled for another instruction set: plain data and pointers to
// functions, the same types on both sides. Views, options and executors do not cross, because their types name the
// instruction set of their file; the functions of dispatch/*.hpp take them apart (dispatch/call.hpp), src/dispatch puts
// others together.
//
//   program's file, isa_sse2                         library, isa_avx2_fma_dispatch
//   detops::dispatch::matmul(par, a, b, c)  ->  kernels().matmul[type][policy](executor, product)
//                                                  -> detops::matmul(caller, a, b, c)
//   par.bulk(count, task)                   <-  executor.bulk(object, count, task)
//
// Exceptions cross both ways: they are types of the standard library. No function is defined here, so that there is none
// that the linker could share.
#pragma once

#include <cstddef>
#include <cstdint>

#include <detops/dispatch/level.hpp>

namespace detops::dispatch::plain {

/// A task of an executor: call(object, i) for each index.
struct task {
  void* object;
  void (*call)(void* object, std::size_t index);
};
/// An executor; the caller's, and alive for the time of the call.
struct executor {
  void* object;
  std::size_t (*concurrency)(void* object);
  void (*bulk)(void* object, std::size_t count, const task& what);
};

/// A vector (one row of `cols` elements) or a matrix, with strides in elements. What is only read is not written.
struct array {
  void* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::ptrdiff_t row_stride = 0;
  std::ptrdiff_t col_stride = 0;
  bool is_vector = false;
};

// Indices of the tables below.
enum class element : unsigned { float32, float64, float16, bfloat16, int32 };
inline constexpr std::size_t elements = 5;
enum class policy : unsigned { pairwise, kahan, wide, exact };
inline constexpr std::size_t policies = 4;

/// C = alpha * A * B + beta * C; a double holds the factors of each type.
struct product {
  array a, b, c;
  double alpha, beta;
};

enum class reduction : unsigned {
  sum,
  mean,
  norm1,
  dot,
  variance,
  stddev,
  covariance,
  norm2,
  max,
  min,
  argmax,
  argmin
};
inline constexpr std::size_t reductions = 12;

/// Of x, or x and y. `value` is where the result goes: an element, of argmax and argmin a std::size_t.
struct reduction_call {
  void* value;
  std::size_t ddof;
  array x;
  array y = {};
};

enum class map : unsigned { exp, log, sinpi, cospi, tanh };
inline constexpr std::size_t maps = 5;

/// out = f(in), floats.
struct map_call {
  array in, out;
};

enum class fill : unsigned { uniform_float, uniform_double, normal_float };
inline constexpr std::size_t fills = 3;

/// out[k] = element first + k of a stream.
struct fill_call {
  array out;
  std::uint64_t seed, stream, first;
};

// A null pointer where there is no such operation; the functions of dispatch/*.hpp do not compile for those.
struct matmul_table {
  void (*run[elements][policies])(const executor&, const product&);
};
struct reduce_table {
  struct row {
    void (*run[policies])(const executor&, const reduction_call&);
  };
  struct of_types {
    row of[elements];
  };
  of_types of[reductions];
};
struct math_table {
  void (*run[maps])(const executor&, const map_call&);
};
struct random_table {
  void (*run[fills])(const executor&, const fill_call&);
};

/// The kernels of one level.
struct kernels {
  const matmul_table& matmul;
  const reduce_table& reduce;
  const math_table& math;
  const random_table& random;
};

/// Those of current_level().
const kernels& current_kernels();

} // namespace detops::dispatch::plain
