// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The sums of one tile of C in registers: what a product adds to them, and how two blocks of k are combined.
#pragma once

#include <cstddef>
#include <cstdint>

#include <detops/core/unrolled.hpp>
#include <detops/matmul/blocking.hpp>
#include <detops/simd/arith.hpp>
#include <detops/simd/short_pairs.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// The sums of a tile, and their errors where the scheme keeps them.
template <class S, std::size_t Rows, std::size_t Registers>
struct tile_sums {
  using sum = typename S::sum;
  using vector = simd::lanes<sum, Registers * simd::register_lanes<sum>>;
  vector field[S::fields][Rows];

  DETOPS_ALWAYS_INLINE void clear() {
    for_each([](vector& v) DETOPS_INLINE_LAMBDA { v = vector::broadcast(0); });
  }
  /// Row r takes in the product of a and b.
  template <class Row>
  DETOPS_ALWAYS_INLINE void multiply_add(Row r, const vector& a, const vector& b) {
    vector& s = field[0][r];
    if constexpr (S::integer) {
      s = simd::add_short_products(s, a, b);
    } else if constexpr (S::fields == 2) {
      // register by register, because g++ copies whole lanes through memory
      using one = simd::lanes<sum, simd::register_lanes<sum>>;
      vector::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
        const one x{{a.part[k]}}, y{{b.part[k]}};
        const one product = simd::mul(x, y);
        const one rest = simd::fma(x, y, simd::neg(product));
        const auto exact = simd::two_sum(one{{s.part[k]}}, product);
        s.part[k] = exact.sum.part[0];
        auto& error = field[1][r].part[k];
        error = simd::add(one{{error}}, simd::add(rest, exact.error)).part[0];
      });
    } else if constexpr (S::exact_products) {
      s = simd::mul_add(a, b, s);
    } else {
      s = simd::fma(a, b, s);
    }
  }
  /// The node of the fold with the older sums at `older` on the left, their errors `errors` further.
  template <class Row>
  DETOPS_ALWAYS_INLINE void combine(Row r, const sum* older, std::size_t errors) {
    const vector left = vector::load(older);
    if constexpr (S::fields == 2) {
      using node = kahan_t::node<vector>;
      const node both = kahan_t::combine(node{{left, vector::load(older + errors)}},
                                         node{{field[0][r], field[1][r]}});
      field[0][r] = both.field[0];
      field[1][r] = both.field[1];
    } else {
      field[0][r] = simd::add(left, field[0][r]);
    }
  }
  /// Whether one of the sums is NaN, asked for two at a time.
  DETOPS_ALWAYS_INLINE bool any_nan() const {
    auto numbers = simd::both_numbers(field[0][0], field[0][Rows - 1]);
    unrolled<(Rows - 1) / 2>([&](auto pair) DETOPS_INLINE_LAMBDA {
      numbers = simd::mask_and(numbers,
                               simd::both_numbers(field[0][2 * pair + 1], field[0][2 * pair + 2]));
    });
    return !simd::all(numbers);
  }
  template <class F>
  DETOPS_ALWAYS_INLINE void for_each(F&& f) {
    unrolled<S::fields>([&](auto plane) DETOPS_INLINE_LAMBDA {
      unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA { f(field[plane][r]); });
    });
  }
};

/// The node of the fold of `count` sums with those of the levels in `merged` (fold_depth.hpp) on its left, in memory: each
/// field `count` elements after the one before. `out` may be where one of them lies.
template <class S>
void fold_sums(typename S::sum* sums, typename S::sum* levels, std::size_t count,
               std::uint64_t merged, typename S::sum* out) {
  tile_sums<S, 1, 1> t;
  using V = typename tile_sums<S, 1, 1>::vector;
  for (std::size_t i = 0; i < count; i += V::size) {
    for (std::size_t f = 0; f < S::fields; ++f) {
      t.field[f][0] = V::load(sums + f * count + i);
    }
    for (std::uint64_t rest = merged; rest != 0; rest &= rest - 1) {
      const auto level = static_cast<std::size_t>(__builtin_ctzll(rest));
      t.combine(std::size_t{0}, levels + level * S::fields * count + i, count);
    }
    for (std::size_t f = 0; f < S::fields; ++f) {
      t.field[f][0].store(out + f * count + i);
    }
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
