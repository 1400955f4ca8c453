// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The register kernel: one block of at most fold_depth steps for one tile of C, then its part of
// the fold. S is an arithmetic. This is the only place whose shape depends on the ISA (through blocking.hpp and simd/).
//
//                      b: depth x columns            per step: `columns` of b are loaded into
//                      registers,
//                    +--------------------+          each of `rows` values of a is broadcast, and
//                    | k: b0 b1 b2 ...    |          every sum takes one product
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

#include <detops/matmul/kernel_in_double.hpp>
#include <detops/matmul/pack.hpp>
#include <detops/matmul/tile_sums.hpp>
#include <detops/simd/widen.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

// What a kernel reads: value r of A and a row of B, step by step. Packed, as pack.hpp lays them out, or where the
// operands lie.

template <class T, std::size_t Rows>
struct packed_a {
  const T* data;
  DETOPS_ALWAYS_INLINE T at(std::size_t r) const { return data[r]; }
  DETOPS_ALWAYS_INLINE void advance() {
    __builtin_prefetch(data + prefetched_a * Rows);
    data += Rows;
  }
  void skip(std::size_t steps) { data += steps * Rows; }
};
template <class T>
struct strided_a {
  const T* data;
  std::ptrdiff_t row;
  std::ptrdiff_t step;
  DETOPS_ALWAYS_INLINE T at(std::size_t r) const {
    return data[static_cast<std::ptrdiff_t>(r) * row];
  }
  DETOPS_ALWAYS_INLINE void advance() { data += step; }
  void skip(std::size_t steps) { data += static_cast<std::ptrdiff_t>(steps) * step; }
};

template <class T>
struct packed_b {
  const T* data;
  template <class V>
  DETOPS_ALWAYS_INLINE V next() {
    unrolled<divide_up(V::size * sizeof(T), cache_line)>([&](auto line) DETOPS_INLINE_LAMBDA {
      __builtin_prefetch(data + prefetched_b * V::size + line * (cache_line / sizeof(T)));
    });
    const V row = V::load(data);
    data += V::size;
    return row;
  }
};
template <class T>
struct strided_b {
  const T* data;
  std::ptrdiff_t step;
  template <class V>
  DETOPS_ALWAYS_INLINE V next() {
    const V row = simd::load_as<typename V::value_type, V::size>(data);
    data += step;
    return row;
  }
  void skip(std::size_t steps) { data += static_cast<std::ptrdiff_t>(steps) * step; }
};

/// Where the sums of a block go: into the next level's partial tile (place_in_fold), or C. A partial tile
/// holds the sums, then the errors where they are kept.
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

/// `depth` steps in order.
template <class S, std::size_t Rows, std::size_t Registers, class A, class B>
DETOPS_ALWAYS_INLINE void run_steps(A a, B b, std::size_t depth,
                                    tile_sums<S, Rows, Registers>& sums) {
  using V = typename tile_sums<S, Rows, Registers>::vector;
  const auto step = [&]() DETOPS_INLINE_LAMBDA {
    const V bk = b.template next<V>();
    unrolled<Rows>([&](auto r)
                       DETOPS_INLINE_LAMBDA { sums.multiply_add(r, V::broadcast(a.at(r)), bk); });
    a.advance();
  };
  if constexpr (S::fields == 1 && (has_fma || S::exact_products)) {
    for (; depth >= 2; depth -= 2) {
      step();
      step();
    }
  }
  for (; depth > 0; --depth) {
    step();
  }
}

/// The same with columns of B that are contiguous along k: one row of sums takes them from registers.
template <class S, std::size_t Registers, class A, class T, std::size_t Width>
DETOPS_ALWAYS_INLINE void run_steps(A a, const contiguous_vectors<T, Width>& b, std::size_t depth,
                                    tile_sums<S, 1, Registers>& sums) {
  using V = simd::lanes<T, tile<S>::lanes>;
  constexpr std::size_t few = simd::transposed_columns<T>;
  tile_sums<S, 1, 1> parts[Registers];
  unrolled<Registers>([&](auto g) DETOPS_INLINE_LAMBDA {
    parts[g].field[0][0].part[0] = sums.field[0][0].part[g];
  });
  std::size_t k = 0;
  for (; k + 2 * few <= depth; k += 2 * few) {
    unrolled<2 * Registers>([&](auto part) DETOPS_INLINE_LAMBDA {
      constexpr std::size_t g = part / 2;
      const std::size_t first = k + part % 2 * few;
      const auto column = [&](std::size_t x)
                              DETOPS_INLINE_LAMBDA { return b.vectors[g * V::size + x] + first; };
      simd::transpose_columns<T>(column, [&](auto i, const auto& row) DETOPS_INLINE_LAMBDA {
        parts[g].multiply_add(0, V::broadcast(a.data[first + i]), V{{row}});
      });
    });
  }
  for (; k < depth; ++k) {
    T row[Width];
    b.transpose_one(k, row);
    unrolled<Registers>([&](auto g) DETOPS_INLINE_LAMBDA {
      parts[g].multiply_add(0, V::broadcast(a.data[k]), V::load(row + g * V::size));
    });
  }
  unrolled<Registers>([&](auto g) DETOPS_INLINE_LAMBDA {
    sums.field[0][0].part[g] = parts[g].field[0][0].part[0];
  });
}

/// The same for a tile: a cache line of each column is transposed into memory first.
template <class S, std::size_t Rows, std::size_t Registers, class A, class T, std::size_t Width>
DETOPS_ALWAYS_INLINE void run_steps(A a, const contiguous_vectors<T, Width>& b, std::size_t depth,
                                    tile_sums<S, Rows, Registers>& sums) {
  constexpr std::size_t line = contiguous_vectors<T, Width>::line;
  T rows[line * Width];
  std::size_t k = 0;
  for (; k + line <= depth; k += line) {
    b.template transpose<line>(k, rows);
    run_steps(a, strided_b<T>{rows, Width}, line, sums);
    a.data += line * Rows;
  }
  for (; k < depth; ++k) {
    b.transpose_one(k, rows);
    run_steps(a, strided_b<T>{rows, Width}, 1, sums);
    a.data += Rows;
  }
}

/// The sums of a block into the fold: what is older is taken in, the result stored.
template <class S, std::size_t Rows, std::size_t Registers>
DETOPS_ALWAYS_INLINE void finish_block(tile_sums<S, Rows, Registers>& sums,
                                       const block_result<typename S::sum>& result) {
  using T = typename S::sum;
  for (std::uint64_t rest = result.merged; rest != 0; rest &= rest - 1) {
    const T* older = result.levels[__builtin_ctzll(rest)] + result.offset;
    unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
      constexpr std::size_t width = tile_sums<S, Rows, Registers>::vector::size;
      sums.combine(r, older + r * width, Rows * width);
    });
  }
  if constexpr (!S::integer) {
    if (result.canonical && sums.any_nan()) [[unlikely]] {
      sums.for_each([](auto& v) DETOPS_INLINE_LAMBDA { v = simd::canonical(v); });
    }
  }
  T* out = result.out;
  sums.for_each([&](const auto& v) DETOPS_INLINE_LAMBDA {
    v.store(out);
    out += result.out_stride;
  });
}

/// One block of one tile.
template <class S, std::size_t Rows, std::size_t Registers, class A, class B>
DETOPS_NOINLINE void run_tile(A a, const B& b, std::size_t depth,
                              const block_result<typename S::sum>& result) {
  tile_sums<S, Rows, Registers> sums;
  if constexpr (S::float_in_double) {
    sum_block_in_double<S, Rows, Registers>(a.data, b.data, depth, result.any_exponents, sums);
  } else {
    sums.clear();
    run_steps(a, b, depth, sums);
  }
  finish_block(sums, result);
}

/// f(rows, registers) with compile-time arguments, for a panel of A of `rows` (a single row, or as pack_panels makes
/// them) and one of B of `columns`.
template <class S, class F>
DETOPS_ALWAYS_INLINE void with_packed_shape(std::size_t rows, std::size_t columns, F&& f) {
  using shape = tile<S>;
  constexpr std::size_t step = shape::row_step;
  const auto by_rows = [&](auto registers) DETOPS_INLINE_LAMBDA {
    if (rows == shape::rows) {
      return f(std::integral_constant<std::size_t, shape::rows>{}, registers);
    }
    if constexpr (shape::rows > 2 * step) {
      if (rows == 2 * step) {
        return f(std::integral_constant<std::size_t, 2 * step>{}, registers);
      }
    }
    if (rows == 1) {
      return f(std::integral_constant<std::size_t, 1>{}, registers);
    }
    if constexpr (shape::rows > step) {
      return f(std::integral_constant<std::size_t, step>{}, registers);
    }
  };
  if (columns == shape::columns) {
    return by_rows(std::integral_constant<std::size_t, shape::registers>{});
  }
  return by_rows(std::integral_constant<std::size_t, 1>{});
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
