// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The kernel of prefix sums: whole rows, side by side where a register holds more than one. The rows ahead are summed
// within themselves while the ones before them receive their carry and offset, so that neither waits for the other.
#pragma once

#include <detops/reduce/policies.hpp>
#include <detops/simd/side_by_side.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// What stands before an element: the compensated sum of the blocks' last values, the sum of the rows before it in its
/// block, how many these are; and the last result.
template <real C>
struct scan_state {
  kahan_t::node<C> total;
  bool empty = true;
  C carry = from_bits<C>(sign_bit<C>);
  std::size_t rows = 0;
  C previous = 0;

  C offset() const { return empty ? from_bits<C>(sign_bit<C>) : kahan_t::value(total); }
  /// Behind a whole block, whose last value is the carry.
  void begin_block() {
    const auto leaf = kahan_t::leaf(carry);
    total = empty ? leaf : kahan_t::combine(total, leaf);
    empty = false;
    carry = from_bits<C>(sign_bit<C>);
    rows = 0;
  }
};

template <real C>
class scan_kernel {
  using V = simd::row_lanes_side_by_side<C>;
  using R = simd::lanes<C, simd::register_lanes<C>>;
  static constexpr std::size_t at_once = simd::rows_side_by_side<C>;

public:
  static constexpr std::size_t row = simd::row_lanes<C>, block_rows = 64;
  /// Elements that are summed at once.
  static constexpr std::size_t step = V::size;

  /// The sums of x[0 .. count), a multiple of step. out may be x, or x + 1: elements are read a step ahead. `state` goes
  /// from call to call, `previous` aside.
  DETOPS_NOINLINE static void run(const C* x, std::size_t count, C* out, scan_state<C>& state) {
    if (count == 0) {
      return;
    }
    if (state.rows == block_rows) {
      state.begin_block();
    }
    std::size_t block_end = (block_rows - state.rows) * row;
    R offset = R::broadcast(state.offset());
    auto carry = simd::broadcast_in_group(state.carry);
    auto numbers = finite(offset);
    V sums = row_sums(simd::load_rows(x));
    R before = simd::sums_before_rows(carry, sums);
    const auto write = [&](std::size_t i) DETOPS_INLINE_LAMBDA {
      // pinned: g++ would add these twice, on the way into the loop and out of it
      const R pinned{{simd::pin<C>(before.part[0])}};
      const V results = plus(offset, plus(pinned, sums));
      numbers = simd::mask_and(numbers, ordered_upper_halves(results));
      simd::store_rows(results, out + i);
    };
    std::size_t i = 0, checked = 0;
    const auto check = [&](std::size_t end) DETOPS_INLINE_LAMBDA {
      if (!simd::all(numbers)) [[unlikely]] {
        make_canonical(out + checked, out + end);
      }
      checked = end;
    };
    for (; i + step != count; i += step) {
      const V ahead = row_sums(simd::load_rows(x + i + step));
      write(i);
      if (i + step == block_end) [[unlikely]] {
        check(block_end);
        state.carry = carry[0];
        state.begin_block();
        block_end += block_rows * row;
        offset = R::broadcast(state.offset());
        carry = simd::broadcast_in_group(state.carry);
        numbers = finite(offset);
      }
      before = simd::sums_before_rows(carry, ahead);
      sums = ahead;
    }
    write(i);
    check(count);
    state.carry = carry[0];
    state.rows = block_rows - (block_end - count) / row;
  }

private:
  template <std::size_t Distance = 1>
  static DETOPS_ALWAYS_INLINE V row_sums(const V& x) {
    if constexpr (Distance == row) {
      return x;
    } else {
      return row_sums<2 * Distance>(simd::add_shifted_in_rows<Distance>(x));
    }
  }
  static DETOPS_ALWAYS_INLINE V plus(const R& all, const V& x) {
    return V::make([&](auto k)
                       DETOPS_INLINE_LAMBDA { return simd::batch<C>(all.part[0] + x.part[k]); });
  }
  static DETOPS_ALWAYS_INLINE auto finite(const R& x) {
    return simd::less(simd::abs(x), R::broadcast(from_bits<C>(infinity_bits<C>)));
  }
  /// Where the upper halves of the rows are no NaN. Then neither are the lower ones, if the offset is finite: the last
  /// step of a row has added them to the upper ones, and a carry that makes NaN of an infinity does so there too.
  static DETOPS_ALWAYS_INLINE auto ordered_upper_halves(const V& x) {
    return simd::lane_mask<C, R::size>{{simd::compare_with_nan<true>(x.part[2], x.part[3])}};
  }
  DETOPS_NOINLINE static void make_canonical(C* first, C* last) {
    for (; first < last; ++first) {
      *first = canonical(*first);
    }
  }
};

} // namespace detops::inline DETOPS_ISA::detail
