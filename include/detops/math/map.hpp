// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one way an elementwise operation runs: the planes of output and operands are walked along the
// output's contiguous dimension, and one loop over lanes does the work.
#pragma once

#include <algorithm>
#include <utility>

#include <detops/exec/executor.hpp>
#include <detops/math/operand.hpp>
#include <detops/simd/simd.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// One X for each operand. (A std::array would leave functions that files for different ISAs
/// share.)
template <class X, std::size_t Arity>
struct per_operand {
  X item[Arity];
  DETOPS_ALWAYS_INLINE X& operator[](std::size_t k) { return item[k]; }
  DETOPS_ALWAYS_INLINE const X& operator[](std::size_t k) const { return item[k]; }
};

/// Lanes in one step of the loop: two registers of floats or more hide the latency of a polynomial.
template <class T>
inline constexpr std::size_t map_lanes = std::max(simd::row_lanes<T>, 2 * simd::register_lanes<T>);

/// out[i] = op(in[0][i * step[0]], ...) for i < n; a step is 1 or 0. The tail is a full step
/// with ones in the lanes that are left over, so it runs the arithmetic of the body.
template <class Operation, class T, std::size_t Arity>
DETOPS_NOINLINE void map_contiguous(const Operation& op, T* out, per_operand<const T*, Arity> in,
                                    const per_operand<std::ptrdiff_t, Arity>& step, std::size_t n) {
  constexpr std::size_t N = map_lanes<T>;
  using V = simd::lanes<T, N>;
  constexpr auto indices = std::make_index_sequence<Arity>{};
  T same[Arity][N];
  std::size_t advance[Arity];
  for (std::size_t k = 0; k < Arity; ++k) {
    advance[k] = step[k] == 0 ? 0 : N;
    if (step[k] == 0) {
      V::broadcast(*in[k]).store(same[k]);
      in[k] = same[k];
    }
  }
  std::size_t i = 0;
  for (; i + N <= n; i += N) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DETOPS_INLINE_LAMBDA {
      op(V::load(in[K])...).store(out + i);
      ((in[K] += advance[K]), ...);
    }(indices);
  }
  if (i < n) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DETOPS_INLINE_LAMBDA {
      op(V::load_partial(in[K], n - i, T{1})...).store_partial(out + i, n - i);
    }(indices);
  }
}

/// Output and operands with chosen outer and inner dimension.
template <class T, std::size_t Arity>
struct map_plan {
  T* out;
  per_operand<const T*, Arity> in;
  std::ptrdiff_t out_outer;
  std::ptrdiff_t out_inner;
  per_operand<std::ptrdiff_t, Arity> outer;
  per_operand<std::ptrdiff_t, Arity> inner;
  std::size_t outer_size;
  std::size_t inner_size;
  bool contiguous = true; // every inner step is 1 or, of an operand, 0

  map_plan(const matrix_view<T>& o, const per_operand<operand_plane<T>, Arity>& operands)
      : out(o.data), out_outer(o.row_stride), out_inner(o.col_stride), outer_size(o.rows),
        inner_size(o.cols) {
    for (std::size_t k = 0; k < Arity; ++k) {
      const operand_plane<T>& x = operands[k];
      in[k] = x.data != nullptr ? x.data : &x.scalar;
      outer[k] = x.row_stride;
      inner[k] = x.col_stride;
    }
    const bool by_columns =
        inner_size == 1 || (outer_size > 1 && magnitude(out_outer) < magnitude(out_inner));
    if (by_columns) {
      std::swap(out_outer, out_inner);
      std::swap(outer, inner);
      std::swap(outer_size, inner_size);
    }
    join();
    contiguous = out_inner == 1;
    for (std::size_t k = 0; k < Arity; ++k) {
      contiguous = contiguous && (inner[k] == 1 || inner[k] == 0);
    }
  }

  /// Rows that follow each other without a gap in all operands are one row.
  void join() {
    const auto length = static_cast<std::ptrdiff_t>(inner_size);
    bool gapless = outer_size > 1 && out_outer == length * out_inner;
    for (std::size_t k = 0; k < Arity; ++k) {
      gapless = gapless && outer[k] == length * inner[k];
    }
    if (gapless) {
      inner_size *= outer_size;
      outer_size = 1;
    }
  }

  T* out_at(std::size_t i, std::size_t j) const {
    return out + static_cast<std::ptrdiff_t>(i) * out_outer +
           static_cast<std::ptrdiff_t>(j) * out_inner;
  }
  const T* in_at(std::size_t k, std::size_t i, std::size_t j) const {
    return in[k] + static_cast<std::ptrdiff_t>(i) * outer[k] +
           static_cast<std::ptrdiff_t>(j) * inner[k];
  }
};

/// Elements of one task, and of one strip of a row where something is strided: a strip of every
/// operand and the lines that it touches stay in the first-level cache.
inline constexpr std::size_t map_block = 16384;
inline constexpr std::size_t map_strip = 64;

/// One strip of one row whose steps are any: packed, computed, unpacked.
template <class Operation, class T, std::size_t Arity>
void map_strided(const Operation& op, const map_plan<T, Arity>& plan, std::size_t i, std::size_t j,
                 std::size_t n) {
  T packed[Arity + 1][map_strip];
  per_operand<const T*, Arity> in;
  per_operand<std::ptrdiff_t, Arity> step;
  for (std::size_t k = 0; k < Arity; ++k) {
    in[k] = plan.in_at(k, i, j);
    step[k] = plan.inner[k];
    if (step[k] != 1 && step[k] != 0) {
      const T* p = in[k];
      for (std::size_t l = 0; l < n; ++l, p += plan.inner[k]) {
        packed[k][l] = *p;
      }
      in[k] = packed[k];
      step[k] = 1;
    }
  }
  T* out = plan.out_at(i, j);
  if (plan.out_inner == 1) {
    map_contiguous(op, out, in, step, n);
    return;
  }
  map_contiguous(op, packed[Arity], in, step, n);
  for (std::size_t l = 0; l < n; ++l, out += plan.out_inner) {
    *out = packed[Arity][l];
  }
}

template <class Operation, class T, std::size_t Arity>
void map_rectangle(const Operation& op, const map_plan<T, Arity>& plan, std::size_t first,
                   std::size_t last, std::size_t j, std::size_t n) {
  for (std::size_t i = first; i < last; ++i) {
    if (plan.contiguous) {
      per_operand<const T*, Arity> in;
      for (std::size_t k = 0; k < Arity; ++k) {
        in[k] = plan.in_at(k, i, j);
      }
      map_contiguous(op, plan.out_at(i, j), in, plan.inner, n);
    } else {
      map_strided(op, plan, i, j, n);
    }
  }
}

template <class Operation, executor E, class T, std::size_t Arity>
void run_map(const Operation& op, E& exec, const matrix_view<T>& out,
             const per_operand<operand_plane<T>, Arity>& operands) {
  if (out.rows == 0 || out.cols == 0) {
    return;
  }
  const map_plan<T, Arity> plan(out, operands);
  // one task, without divisions
  if (plan.inner_size <= map_strip && plan.outer_size <= map_strip) {
    with_fp_environment([&] { map_rectangle(op, plan, 0, plan.outer_size, 0, plan.inner_size); });
    return;
  }
  const std::size_t width = std::min(plan.inner_size, plan.contiguous ? map_block : map_strip);
  const std::size_t height = std::min(plan.outer_size, std::max<std::size_t>(1, map_block / width));
  const std::size_t across = (plan.inner_size - 1) / width + 1;
  const std::size_t down = (plan.outer_size - 1) / height + 1;
  for_each_task(exec, across * down, [&](std::size_t task) {
    const std::size_t i = task / across * height;
    const std::size_t j = task % across * width;
    map_rectangle(op, plan, i, std::min(i + height, plan.outer_size), j,
                  std::min(width, plan.inner_size - j));
  });
}

/// out = op(operands...), elementwise; `names` are the operands' names in messages.
template <class Operation, executor E, class Out, class... X>
void map(const Operation& op, const per_operand<const char*, sizeof...(X)>& names, E& exec,
         Out& out, const X&... operands) {
  using T = element_t<Out>;
  const auto view = [&] {
    if constexpr (vector_like<Out>) {
      return as_vector_output(out);
    } else {
      return as_matrix_output(out);
    }
  }();
  check_output(Operation::name, view);
  std::size_t k = 0;
  const per_operand<operand_plane<T>, sizeof...(X)> planes{
      plane_of<T>(Operation::name, names[k++], operands, view)...};
  run_map(op, exec, matrix_view<T>(as_single_column(view)), planes);
}

/// The value of an operation at one float, by the arithmetic of the arrays.
template <class Operation>
DETOPS_ALWAYS_INLINE float scalar_value(const Operation& op, float x) {
  require_arithmetic_as_written();
  return op(simd::lanes<float, simd::register_lanes<float>>::broadcast(x)).get(0);
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
