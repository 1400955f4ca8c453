// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The inner node of shuffle: a stable distribution of the elements into buckets by random digits.
#pragma once

#include <bit>
#include <limits>
#include <new>
#include <type_traits>

#include <detops/random/fisher_yates.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Nodes of at most this many elements are leaves; buckets aim at half of it (contract, section 6).
inline constexpr std::size_t largest_leaf = std::size_t{1} << 20;
inline constexpr std::size_t most_buckets = 256;

/// Memory without values, for elements that are copied as bytes.
template <class T>
class uninitialised {
public:
  uninitialised(const char* operation, std::size_t n) {
    if (n > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(T)) {
      invalid(operation, n, " elements are larger than the address space");
    }
    data_ = static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{alignment}));
  }
  ~uninitialised() { ::operator delete(data_, std::align_val_t{alignment}); }
  uninitialised(const uninitialised&) = delete;
  uninitialised& operator=(const uninitialised&) = delete;
  T* data() const { return data_; }

private:
  static constexpr std::size_t alignment = alignof(T) < 64 ? 64 : alignof(T);
  T* data_;
};

/// Bits of a digit for n > 2^20 elements.
constexpr unsigned digit_bits(std::size_t n) {
  constexpr std::size_t half_leaf = largest_leaf / 2;
  const auto total = static_cast<unsigned>(std::bit_width((n - 1) / half_leaf)); // ceil(log2(ceil))
  const unsigned levels = (total + 7) / 8;
  return (total + levels - 1) / levels;
}

/// digit(i, d) for begin <= i < end; begin is a multiple of 16.
template <class Visit>
DETOPS_ALWAYS_INLINE void for_each_digit(const random_key& key, unsigned bits, std::size_t begin,
                                         std::size_t end, Visit visit) {
  for_each_step<16>(
      key, begin, end - begin,
      [&](const philox_lanes::output& words, const step_part& part) DETOPS_INLINE_LAMBDA {
        std::uint64_t eight[2 * philox_lanes::count];
        words.store(eight);
        const std::size_t first = begin + part.done;
        std::size_t k = 0;
        for (; k + 8 <= part.take; k += 8) {
          std::uint64_t digits = eight[k / 8];
          for (std::size_t j = 0; j < 8; ++j, digits >>= 8) {
            visit(first + k + j, static_cast<std::size_t>((digits & 0xff) >> (8 - bits)));
          }
        }
        for (; k < part.take; ++k) {
          visit(first + k,
                static_cast<std::size_t>((eight[k / 8] >> (8 * (k % 8)) & 0xff) >> (8 - bits)));
        }
      });
}

/// work(i), which throws nothing, once for each i < count <= most_buckets: what the executor leaves
/// undone when it throws is done here, so that no element is lost.
template <class E, class Work>
void for_each_once(E& exec, std::size_t count, const Work& work) {
#if DETOPS_EXCEPTIONS
  bool done[most_buckets] = {};
  try {
    for_each_task(exec, count, [&](std::size_t i) {
      work(i);
      done[i] = true;
    });
  } catch (...) {
    for_each_task(seq, count, [&](std::size_t i) {
      if (!done[i]) {
        work(i);
      }
    });
  }
#else
  for_each_task(exec, count, work);
#endif
}

/// A node's digits: those of its elements from `begin` to `end` are counted, and later moved.
class digit_plan {
public:
  digit_plan(const random_key& key, std::size_t n)
      : key_(key), digit_key_(child_of(key, child_purpose::shuffle, 0)), bits_(digit_bits(n)) {}

  std::size_t buckets() const { return std::size_t{1} << bits_; }
  random_key bucket_key(std::size_t c) const {
    return child_of(key_, child_purpose::shuffle, 1 + c);
  }

  void count(std::size_t begin, std::size_t end, std::size_t* counts) const {
    for (std::size_t c = 0; c < most_buckets; ++c) {
      counts[c] = 0;
    }
    for_each_digit(digit_key_, bits_, begin, end,
                   [&](std::size_t, std::size_t c) DETOPS_INLINE_LAMBDA { ++counts[c]; });
  }

  /// y[next[c]++] = x[i] for i in order, c its digit; x keeps its elements.
  template <class X, class Y>
  void scatter(std::size_t begin, std::size_t end, const X& x, const Y& y,
               std::size_t* next) const {
    const X from = x;
    const Y to = y;
    for_each_digit(digit_key_, bits_, begin, end,
                   [&](std::size_t i, std::size_t c)
                       DETOPS_INLINE_LAMBDA { to[next[c]++] = from[i]; });
  }

private:
  random_key key_;
  random_key digit_key_;
  unsigned bits_;
};

/// Where a node's result goes: over its elements, or to the other memory.
enum class target { same, other };

/// Shuffles the n elements of x as a node, serially and without allocating; y is the other memory.
template <class X, class Y>
void shuffle_node(const random_key& key, const X& x, const Y& y, std::size_t n, target result) {
  if (n <= largest_leaf) {
    if (result == target::same) {
      fisher_yates(key, x, n);
    } else {
      fisher_yates_to(key, x, y, n);
    }
    return;
  }
  const digit_plan plan(key, n);
  std::size_t counts[most_buckets];
  std::size_t next[most_buckets];
  plan.count(0, n, counts);
  for (std::size_t c = 0, sum = 0; c < plan.buckets(); ++c) {
    next[c] = sum;
    sum += counts[c];
  }
  plan.scatter(0, n, x, y, next);
  for (std::size_t c = 0; c < plan.buckets(); ++c) {
    const std::size_t first = next[c] - counts[c];
    shuffle_node(plan.bucket_key(c), y.from(first), x.from(first), counts[c],
                 result == target::same ? target::other : target::same);
  }
}

/// The root, in parallel: chunks of elements are counted and moved to y, then each bucket is
/// shuffled and put back. Throws std::bad_alloc, and what the executor throws, only before x is
/// touched.
template <class E, class X, class Y>
void shuffle_root(E& exec, const random_key& key, const X& x, const Y& y, std::size_t n) {
  constexpr std::size_t chunk = std::size_t{1} << 18;
  const digit_plan plan(key, n);
  const std::size_t chunks = (n - 1) / chunk + 1;
  const uninitialised<std::size_t> memory("shuffle", chunks * most_buckets);
  std::size_t* const offsets = memory.data();
  for_each_block(exec, n, chunk, [&](std::size_t begin, std::size_t end) {
    plan.count(begin, end, offsets + begin / chunk * most_buckets);
  });
  std::size_t bucket_begin[most_buckets + 1] = {};
  std::size_t next = 0;
  for (std::size_t c = 0; c < plan.buckets(); ++c) {
    bucket_begin[c] = next;
    for (std::size_t i = 0; i < chunks; ++i) {
      const std::size_t count = offsets[i * most_buckets + c];
      offsets[i * most_buckets + c] = next;
      next += count;
    }
  }
  bucket_begin[plan.buckets()] = n;
  for_each_block(exec, n, chunk, [&](std::size_t begin, std::size_t end) {
    plan.scatter(begin, end, x, y, offsets + begin / chunk * most_buckets);
  });
  for_each_once(exec, plan.buckets(), [&](std::size_t c) {
    const std::size_t first = bucket_begin[c];
    shuffle_node(plan.bucket_key(c), y.from(first), x.from(first), bucket_begin[c + 1] - first,
                 target::other);
  });
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
