// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The sums of a register tile for floats where the ISA has no fma: in doubles, in which products are
// exact, each addition rounded to float's grid.
#pragma once

#include <detops/matmul/tile_sums.hpp>
#include <detops/simd/float_in_double.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Steps of k for floats held as doubles, each fma in full.
template <std::size_t Rows, std::size_t Columns>
DETOPS_NOINLINE void sum_steps_in_full(const double* a, const double* b, std::size_t steps,
                                       double* sums) {
  using D = simd::lanes<double, Columns>;
  for (std::size_t k = 0; k < steps; ++k) {
    const D bk = D::load(b + k * Columns);
    for (std::size_t r = 0; r < Rows; ++r) {
      const D old = D::load(sums + r * Columns);
      const D next = simd::float_fma_in_double(D::broadcast(a[k * Rows + r]), bk, old);
      simd::convert<double>(simd::convert<float>(next)).store(sums + r * Columns);
    }
  }
}

/// The same for floats packed as doubles. The usual steps round each sum to float's grid without
/// asking for ties; every few steps one test asks whether there may have been one, and then these
/// steps run again with each rounding done in full.
template <class S, std::size_t Rows, std::size_t Registers>
  requires(S::float_in_double)
DETOPS_ALWAYS_INLINE void sum_block_in_double(const double* a, const double* b, std::size_t depth,
                                              bool any_exponents,
                                              tile_sums<S, Rows, Registers>& result) {
  constexpr std::size_t columns = tile_sums<S, Rows, Registers>::vector::size;
  using D = simd::lanes<double, 2 * simd::register_lanes<double>>; // more at once spill
  constexpr std::size_t parts = columns / D::size;
  constexpr std::size_t untested = 16; // steps; one in 1000 such runs holds a false alarm
  D sums[Rows * parts];
  double saved[Rows * columns];
  const auto for_each_sum = [](auto&& f) DETOPS_INLINE_LAMBDA { unrolled<Rows * parts>(f); };
  const auto save = [&]() DETOPS_INLINE_LAMBDA {
    for_each_sum([&](auto s) DETOPS_INLINE_LAMBDA { sums[s].store(saved + s * D::size); });
  };
  const auto restore = [&]() DETOPS_INLINE_LAMBDA {
    for_each_sum([&](auto s) DETOPS_INLINE_LAMBDA { sums[s] = D::load(saved + s * D::size); });
  };
  for_each_sum([&](auto s) DETOPS_INLINE_LAMBDA { sums[s] = D::broadcast(0.0); });
  while (depth > 0) {
    const std::size_t steps = smaller(depth, untested);
    save();
    bool full = any_exponents;
    if (!full) {
      simd::float_grid_rounding<D::size> round;
      for (std::size_t k = 0; k < steps; ++k) {
        unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
          const D ak = D::broadcast(a[k * Rows + r]);
          const double* bk = opaque(b + k * columns); // loaded for each row, as registers are few
          unrolled<parts>([&](auto part) DETOPS_INLINE_LAMBDA {
            constexpr std::size_t s = r * parts + part;
            sums[s] = round(simd::add(simd::mul(D::load(bk + part * D::size), ak), sums[s]));
          });
        });
      }
      full = round.any_tie();
    }
    if (full) {
      sum_steps_in_full<Rows, columns>(a, b, steps, saved);
      restore();
    }
    a += steps * Rows;
    b += steps * columns;
    depth -= steps;
  }
  save();
  unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
    result.field[0][r] =
        simd::convert<float>(simd::lanes<double, columns>::load(saved + r * columns));
  });
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
