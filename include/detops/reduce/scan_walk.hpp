// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The loops of prefix sums. With threads blocks are summed first, then their offsets, then every block again.
#pragma once

#include <limits>

#include <detops/core/scratch.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/integers.hpp>
#include <detops/reduce/scan_kernel.hpp>
#include <detops/simd/half_precision.hpp>
#include <detops/simd/stream.hpp>
#include <detops/simd/widen.hpp>

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

/// Where x and out are contiguous numbers the kernel works on them, else on a copy of some rows at a time.
template <floating T, bool Exclusive>
class scan_walk {
  using C = compute_t<T>;
  using V = simd::lanes<C, simd::row_lanes<C>>;
  using R = simd::lanes<C, simd::register_lanes<C>>;
  using kernel = scan_kernel<C>;
  static constexpr std::size_t row = kernel::row, block = kernel::block_rows * row,
                               chunk = 64 * block;
  /// Few enough rows for the stores of one piece to leave while the next is summed.
  static constexpr std::size_t streamed_piece = 16 * row;

public:
  /// An output of so many bytes outgrows most caches: it is not kept in them, where that pays.
  static std::size_t large_output() {
    return simd::stream_pays() ? std::size_t{1} << 26 : std::numeric_limits<std::size_t>::max();
  }

  scan_walk(const vector_view<const T>& x, const vector_view<T>& out,
            std::size_t streamed_bytes = large_output())
      : x_(x), out_(out), plain_(std::same_as<T, C> && x.stride == 1 && out.stride == 1),
        streamed_(simd::has_stream && plain_ && x.data != out.data &&
                  x.size >= streamed_bytes / sizeof(T)) {}

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
        state.carry = lasts[b];
        state.begin_block();
      }
    }
    for_each_block(exec, n, chunk, [&](std::size_t first, std::size_t last) {
      scan_state<C> before = states[first / chunk];
      scan(first, last, before);
    });
  }

private:
  /// Elements [first, last); first begins a block.
  void scan(std::size_t first, std::size_t last, scan_state<C>& state) const {
    if constexpr (std::same_as<T, C>) {
      if (plain_ && !streamed_) {
        scan_plain(x_.data + first, last - first, out_.data + first, state);
        return;
      }
    }
    scan_blocks(first, last, state);
  }

  DETOPS_NOINLINE static void scan_plain(const C* x, std::size_t n, C* out, scan_state<C>& state) {
    if (n == 0) {
      return;
    }
    const std::size_t whole = (n - Exclusive) / kernel::step * kernel::step, rest = n - whole;
    // read first: exclusive sums in place are written over it
    C end[kernel::step] = {};
    std::memcpy(end, x + whole, rest * sizeof(C));
    kernel::run(x, whole, out + Exclusive, state);
    if (rest > Exclusive) {
      kernel::run(end, kernel::step, end, state);
      std::memcpy(out + whole + Exclusive, end, (rest - Exclusive) * sizeof(C));
    }
    if constexpr (Exclusive) {
      out[0] = state.previous;
    }
  }

  DETOPS_NOINLINE void scan_blocks(std::size_t first, std::size_t last,
                                   scan_state<C>& state) const {
    alignas(64) C elements[block];
    alignas(64) C results[row + block];
    C* const sums = results + row;
    const std::size_t piece = streamed_ ? streamed_piece : block;
    for (; first < last; first += piece) {
      const std::size_t count = std::min(piece, last - first);
      const C* x = elements;
      if constexpr (std::same_as<T, C>) {
        if (x_.stride == 1 && count == piece) {
          x = x_.data + first;
        }
      }
      if (x == elements) {
        read(first, count, elements);
      }
      kernel::run(x, (count + kernel::step - 1) / kernel::step * kernel::step, sums, state);
      sums[-1] = state.previous;
      state.previous = sums[count - 1];
      write(first, count, sums - Exclusive);
    }
    if (streamed_) {
      simd::stream_fence();
    }
  }

  /// Zeros behind the last.
  void read(std::size_t first, std::size_t count, C* elements) const {
    std::size_t i = 0;
    if (x_.stride == 1) {
      for (; count - i >= row; i += row) {
        simd::load_as<C, row>(x_.data + first + i).store(elements + i);
      }
    }
    for (; i < count; ++i) {
      elements[i] = widen(x_[first + i]);
    }
    for (; i % kernel::step != 0; ++i) {
      elements[i] = 0;
    }
  }
  void write(std::size_t first, std::size_t count, const C* sums) const {
    std::size_t i = 0;
    if (out_.stride == 1) {
      if constexpr (std::same_as<T, C>) {
        if (streamed_) {
          const std::size_t ahead = 2 * streamed_piece;
          const bool inside = first + ahead + streamed_piece <= x_.size;
          simd::stream(sums, out_.data + first, count, x_.data + (inside ? first + ahead : 0));
        } else {
          std::memcpy(out_.data + first, sums, count * sizeof(C));
        }
        return;
      } else {
        for (; count - i >= row; i += row) {
          simd::store_narrowed(V::load(sums + i), out_.data + first + i);
        }
      }
    }
    for (; i < count; ++i) {
      out_[first + i] = narrow<T>(sums[i]);
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
    return x_.stride == 1 ? simd::load_as<C, row>(x_.data + first)
                          : simd::load_as_strided<C, row>(&x_[first], x_.stride, row);
  }

  vector_view<const T> x_;
  vector_view<T> out_;
  bool plain_, streamed_;
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
