// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The register kernel: one block of at most fold_depth products for one tile of C, then its part of
// the fold. This is the only place whose shape depends on the ISA (through blocking.hpp and simd/).
//
//                      b: depth x columns            per k: `columns` of b are loaded into
//                      registers,
//                    +--------------------+          each of `rows` values of a is broadcast, and
//                    | k: b0 b1 b2 ...    |          every sum takes one fma
//                    +--------------------+
//     a: depth x rows
//     +----+         +--------------------+
//     | a0 |         |                    |
//     | a1 |         |  rows x columns    |
//     | .. |         |  sums in registers |
//     +----+         +--------------------+
#pragma once

#include <cstddef>
#include <cstdint>

#include <detops/matmul/blocking.hpp>
#include <detops/simd/arith.hpp>
#include <detops/simd/float_in_double.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// f(0), ..., f(N - 1) with compile-time arguments, unrolled at every optimisation level.
template <std::size_t N, class F>
DETOPS_ALWAYS_INLINE void unrolled(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<N>{});
}

/// Where the sums of a block go. The fold is a binary counter: block number t first takes in the
/// partial tiles at levels 0, 1, ... for each trailing 1 of t (they are older, so they stand on the
/// left), the last block those for every 1 of t; the result is the next level's partial tile, or C.
template <class T>
struct block_result {
  T* const* levels = nullptr; // partial tiles of this strip of C, by level
  std::size_t offset = 0;     // of this tile in each of them
  std::uint64_t merged = 0;   // bit l: level l is taken in
  T* out = nullptr;
  std::ptrdiff_t out_stride = 0;
  bool canonical = false;     // out is C itself
  bool any_exponents = false; // float in double: sums may be subnormal, infinite or NaN
};

template <class T, std::size_t Rows, std::size_t Registers>
struct tile_sums {
  using vector = simd::lanes<T, Registers * simd::register_lanes<T>>;
  vector row[Rows];
};

/// Sums of one block from +0.
template <class T, std::size_t Rows, std::size_t Registers>
DETOPS_ALWAYS_INLINE void sum_block(const T* a, const T* b, std::size_t depth,
                                    tile_sums<T, Rows, Registers>& sums) {
  using V = typename tile_sums<T, Rows, Registers>::vector;
  unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA { sums.row[r] = V::broadcast(T{0}); });
  const auto step = [&]() DETOPS_INLINE_LAMBDA {
    const V bk = V::load(b);
    unrolled<divide_up(V::size * sizeof(T), cache_line)>([&](auto line) DETOPS_INLINE_LAMBDA {
      __builtin_prefetch(b + prefetched_b * V::size + line * (cache_line / sizeof(T)));
    });
    __builtin_prefetch(a + prefetched_a * Rows);
    unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
      sums.row[r] = simd::fma(V::broadcast(a[r]), bk, sums.row[r]);
    });
    a += Rows;
    b += V::size;
  };
  if constexpr (has_fma) {
    for (; depth >= 2; depth -= 2) {
      unrolled<2>([&](auto) DETOPS_INLINE_LAMBDA { step(); });
    }
  }
  for (; depth > 0; --depth) {
    step();
  }
}

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
template <std::size_t Rows, std::size_t Registers>
DETOPS_ALWAYS_INLINE void sum_block_in_double(const double* a, const double* b, std::size_t depth,
                                              bool any_exponents,
                                              tile_sums<float, Rows, Registers>& result) {
  constexpr std::size_t columns = tile_sums<float, Rows, Registers>::vector::size;
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
    result.row[r] = simd::convert<float>(simd::lanes<double, columns>::load(saved + r * columns));
  });
}

template <class T, std::size_t Rows, std::size_t Registers>
DETOPS_NOINLINE void run_tile(const packed_t<T>* a, const packed_t<T>* b, std::size_t depth,
                              const block_result<T>& result) {
  using V = typename tile_sums<T, Rows, Registers>::vector;
  tile_sums<T, Rows, Registers> sums;
  T* out = result.out;
  unrolled<Rows>([&](auto) DETOPS_INLINE_LAMBDA { // rows of C may lie on pages of their own
    __builtin_prefetch(out, 1);
    __builtin_prefetch(out + V::size - 1, 1);
    out += result.out_stride;
  });
  if constexpr (float_in_double<T>) {
    sum_block_in_double(a, b, depth, result.any_exponents, sums);
  } else {
    sum_block(a, b, depth, sums);
  }
  for (std::uint64_t rest = result.merged; rest != 0; rest &= rest - 1) {
    const T* older = result.levels[__builtin_ctzll(rest)] + result.offset;
    unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
      sums.row[r] = simd::add(V::load(older + r * V::size), sums.row[r]);
    });
  }
  if (result.canonical) {
    unrolled<Rows>([&](auto r)
                       DETOPS_INLINE_LAMBDA { sums.row[r] = simd::canonical(sums.row[r]); });
  }
  out = result.out;
  unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
    sums.row[r].store(out);
    out += result.out_stride;
  });
}

template <class T>
using kernel = void (*)(const packed_t<T>*, const packed_t<T>*, std::size_t,
                        const block_result<T>&);

/// The kernel for a panel of A of `rows` and one of B of `columns`, both as pack_panels makes them.
template <class T>
DETOPS_ALWAYS_INLINE kernel<T> select_kernel(std::size_t rows, std::size_t columns) {
  using shape = tile<T>;
  constexpr std::size_t step = shape::row_step;
  const auto by_rows = [&]<std::size_t Registers>(std::integral_constant<std::size_t, Registers>)
                           DETOPS_INLINE_LAMBDA -> kernel<T> {
    if (rows == shape::rows) {
      return run_tile<T, shape::rows, Registers>;
    }
    if constexpr (shape::rows > 2 * step) {
      if (rows == 2 * step) {
        return run_tile<T, 2 * step, Registers>;
      }
    }
    return run_tile<T, step, Registers>;
  };
  if (columns == shape::columns) {
    return by_rows(std::integral_constant<std::size_t, shape::registers>{});
  }
  return by_rows(std::integral_constant<std::size_t, 1>{});
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
