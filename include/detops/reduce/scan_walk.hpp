// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The loops of prefix sums. With threads blocks are summed first, then their offsets, then every block again.
#pragma once

#include <detops/core/scratch.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/integers.hpp>
#include <detops/reduce/policies.hpp>
#include <detops/reduce/source.hpp>
#include <detops/simd/shift.hpp>

namespace detops::inline DETOPS_ISA::detail {

template <class T>
struct scan_result {};
template <floating T>
struct scan_result<T> {
  using type = T;
};
template <std::integral T>
struct scan_result<T> {
  using type = integer_sum_t<T>;
};

/// What stands before a block: the compensated sum of the blocks' last values; and the last result.
template <real C>
struct scan_state {
  kahan_t::node<C> total;
  bool empty = true;
  C previous = 0;

  C offset() const { return empty ? -C{0} : kahan_t::value(total); }
  void add(C last) {
    const auto leaf = kahan_t::leaf(last);
    total = empty ? leaf : kahan_t::combine(total, leaf);
    empty = false;
  }
};

template <floating T, bool Exclusive, bool Contiguous>
class scan_walk {
  using C = compute_t<T>;
  using V = simd::lanes<C, simd::row_lanes<C>>;
  using R = simd::lanes<C, simd::register_lanes<C>>;
  static constexpr std::size_t row = V::size, block = 64 * row, chunk = 64 * block;

public:
  scan_walk(const vector_view<const T>& x, const vector_view<T>& out) : x_(x), out_(out) {}

  template <executor E>
  void run(E& exec) const {
    const std::size_t n = x_.size;
    if (n <= chunk || exec.concurrency() <= 1) {
      scan_state<C> state;
      scan(0, n, state);
      return;
    }
    const std::size_t chunks = (n - 1) / chunk + 1;
    const scratch<C> lasts((chunks - 1) * (chunk / block));
    for_each_task(exec, chunks - 1, [&](std::size_t i) {
      for (std::size_t b = i * (chunk / block); b < (i + 1) * (chunk / block); ++b) {
        lasts[b] = last_of_block(b * block);
      }
    });
    const scratch<scan_state<C>> states(chunks);
    scan_state<C> state;
    for (std::size_t i = 0; i < chunks; ++i) {
      states[i] = state;
      for (std::size_t b = i * (chunk / block); i + 1 < chunks && b < (i + 1) * (chunk / block);
           ++b) {
        state.previous = canonical(state.offset() + lasts[b]);
        state.add(lasts[b]);
      }
    }
    for_each_block(exec, n, chunk, [&](std::size_t first, std::size_t last) {
      scan_state<C> before = states[first / chunk];
      scan(first, last, before);
    });
  }

private:
  static DETOPS_ALWAYS_INLINE V nothing() { return V::broadcast(from_bits<C>(sign_bit<C>)); }
  template <std::size_t Distance = 1>
  static DETOPS_ALWAYS_INLINE V row_sums(const V& x) {
    if constexpr (Distance == row) {
      return x;
    } else {
      return row_sums<2 * Distance>(simd::add(simd::shift_lanes_up<Distance>(nothing(), x), x));
    }
  }
  static DETOPS_ALWAYS_INLINE V plus(const R& all, const V& x) {
    return V::make([&](auto k)
                       DETOPS_INLINE_LAMBDA { return simd::batch<C>(all.part[0] + x.part[k]); });
  }

  /// Elements [first, last); first begins a block.
  DETOPS_NOINLINE void scan(std::size_t first, std::size_t last, scan_state<C>& state) const {
    V previous = V::broadcast(state.previous); // only its last lane counts
    V marks;                                   // NaN after a result that is
    const auto results = [&](const V& sums, const R& carry, const R& offset) DETOPS_INLINE_LAMBDA {
      const V inclusive = plus(offset, plus(carry, sums));
      marks = simd::add(marks, inclusive);
      if constexpr (Exclusive) {
        const V exclusive = simd::shift_lanes_up<1>(previous, inclusive);
        previous = inclusive;
        return exclusive;
      } else {
        return inclusive;
      }
    };
    while (first < last) {
      marks = V::broadcast(0);
      const std::size_t begin = first, end = std::min(last, first + block);
      const R offset = R::broadcast(state.offset());
      R carry = R::broadcast(from_bits<C>(sign_bit<C>));
      for (; end - first >= row; first += row) {
        const V sums = row_sums(load(first));
        store(first, results(sums, carry, offset));
        carry = simd::add(carry, simd::broadcast_last(sums));
      }
      if (simd::any(simd::not_equal(marks, marks))) [[unlikely]] {
        make_canonical(begin, first);
        previous = simd::canonical(previous);
      }
      if (first < end) {
        const V x = simd::load_as_strided<C, row>(&x_[first], x_.stride, end - first);
        store_partial(first, results(row_sums(x), carry, offset), end - first);
        return;
      }
      state.add(carry.get(0));
    }
  }

  DETOPS_NOINLINE void make_canonical(std::size_t first, std::size_t last) const {
    for (; first < last; ++first) {
      out_[first] = narrow<T>(widen(out_[first]));
    }
  }

  /// The last sum of a whole block without those before it. Only the last lane of each row is needed: neighbours are
  /// added, then neighbours of those.
  DETOPS_NOINLINE C last_of_block(std::size_t first) const {
    R carry = R::broadcast(from_bits<C>(sign_bit<C>));
    for (std::size_t r = 0; r < 64; ++r) {
      carry = simd::add(carry, row_total(load(first + r * row)));
    }
    return carry.get(0);
  }
  /// In lane 0.
  static DETOPS_ALWAYS_INLINE R row_total(const V& x) {
    V sums = neighbours<1>(x);
    for (std::size_t count = V::registers; count > 1; count /= 2) {
      for (std::size_t k = 0; k < count / 2; ++k) {
        sums.part[k] = sums.part[2 * k] + sums.part[2 * k + 1];
      }
    }
    return {{sums.part[0]}};
  }
  template <std::size_t Distance>
  static DETOPS_ALWAYS_INLINE V neighbours(const V& x) {
    if constexpr (Distance == V::width) {
      return x;
    } else {
      return neighbours<2 * Distance>(V::make([&](auto k) DETOPS_INLINE_LAMBDA {
        return simd::batch<C>(x.part[k] + simd::shift_lanes_down<Distance>(x.part[k]));
      }));
    }
  }

  DETOPS_ALWAYS_INLINE V load(std::size_t first) const {
    if constexpr (Contiguous) {
      return simd::load_as<C, row>(x_.data + first);
    } else {
      return simd::load_as_strided<C, row>(&x_[first], x_.stride, row);
    }
  }
  DETOPS_ALWAYS_INLINE void store(std::size_t first, const V& sums) const {
    if constexpr (Contiguous && std::same_as<T, C>) {
      sums.store(out_.data + first);
    } else {
      store_partial(first, sums, row);
    }
  }
  DETOPS_ALWAYS_INLINE void store_partial(std::size_t first, const V& sums,
                                          std::size_t count) const {
    C values[row];
    sums.store(values);
    for (std::size_t i = 0; i < count; ++i) {
      out_[first + i] = narrow<T>(values[i]);
    }
  }

  vector_view<const T> x_;
  vector_view<T> out_;
};

/// Prefix sums modulo 2^64.
template <bool Exclusive, executor E, std::integral T>
void scan_integers(E& exec, const vector_view<const T>& x,
                   const vector_view<integer_sum_t<T>>& out) {
  constexpr std::size_t chunk = 65536;
  const auto scan = [&](std::size_t first, std::size_t last, std::uint64_t total) {
    for (std::size_t i = first; i < last; ++i) {
      const std::uint64_t next = total + word(x[i]);
      out[i] = static_cast<integer_sum_t<T>>(Exclusive ? total : next);
      total = next;
    }
  };
  if (x.size <= chunk || exec.concurrency() <= 1) {
    scan(0, x.size, 0);
    return;
  }
  const scratch<std::uint64_t> totals((x.size - 1) / chunk + 1);
  for_each_block(exec, x.size, chunk, [&](std::size_t first, std::size_t last) {
    std::uint64_t total = 0;
    for (std::size_t i = first; i < last; ++i) {
      total += word(x[i]);
    }
    totals[first / chunk] = total;
  });
  std::uint64_t before = 0;
  for (std::size_t i = 0; i * chunk < x.size; ++i) {
    const std::uint64_t total = totals[i];
    totals[i] = before;
    before += total;
  }
  for_each_block(exec, x.size, chunk, [&](std::size_t first, std::size_t last) {
    scan(first, last, totals[first / chunk]);
  });
}

} // namespace detops::inline DETOPS_ISA::detail
