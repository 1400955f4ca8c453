// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Halves of 64-bit lanes: rotations, interleaving within 16 bytes, and integers as exact floats.
// What the random numbers need beside lanes.hpp.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <detops/simd/lanes.hpp>

namespace detops::inline DETOPS_ISA::simd {
namespace detail_integer {

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <class T, std::size_t Bytes>
struct vector_of {
  typedef T type __attribute__((vector_size(Bytes)));
};

/// Register a (and b behind it) seen as elements of T, in the order index(0), index(1), ...
template <class T, class Index, class R>
DETOPS_ALWAYS_INLINE R shuffled(const R& a, const R& b, Index index) {
  using V = typename vector_of<T, sizeof(R)>::type;
  return [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    return std::bit_cast<R>(__builtin_shufflevector(std::bit_cast<V>(a), std::bit_cast<V>(b),
                                                    static_cast<int>(decltype(index){}(I))...));
  }(std::make_index_sequence<sizeof(R) / sizeof(T)>{});
}

// Element i of a result within each 16 bytes; `total` is the number of elements in a register, so
// that elements of b are those from `total` on.
template <std::size_t Total, std::size_t First> // 64-bit: a[First], b[First]
struct interleaved_pairs {
  constexpr std::size_t operator()(std::size_t i) const {
    return i / 2 * 2 + First + (i % 2) * Total;
  }
};
template <std::size_t Total,
          std::size_t First> // 32-bit: a[First], b[First], a[First+1], b[First+1]
struct interleaved_words {
  constexpr std::size_t operator()(std::size_t i) const {
    return i / 4 * 4 + First + (i % 4) / 2 + (i % 2) * Total;
  }
};
template <std::size_t Total,
          std::size_t First> // 32-bit: a[First], a[First+2], b[First], b[First+2]
struct alternate_words {
  constexpr std::size_t operator()(std::size_t i) const {
    return i / 4 * 4 + (i % 2) * 2 + First + (i % 4) / 2 * Total;
  }
};
struct swapped_words {
  constexpr std::size_t operator()(std::size_t i) const { return i ^ 1; }
};

DETOPS_ALWAYS_INLINE batch<std::uint64_t> xor_high(const batch<std::uint64_t>& a,
                                                   const batch<std::uint64_t>& b,
                                                   const batch<std::uint64_t>& high) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return batch<std::uint64_t>(
      _mm512_mask_ternarylogic_epi32(a.data, 0xaaaa, b.data, high.data, 0x96));
#else
  return (a ^ high) ^ (b & batch<std::uint64_t>(std::uint64_t{0xffffffff00000000u}));
#endif
}

DETOPS_ALWAYS_INLINE batch<float> to_float(const batch<std::int32_t>& a) {
  using V = typename vector_of<float, sizeof(a.data)>::type;
  using I = typename vector_of<std::int32_t, sizeof(a.data)>::type;
  using R = typename batch<float>::register_type;
  return batch<float>(std::bit_cast<R>(__builtin_convertvector(std::bit_cast<I>(a.data), V)));
}

} // namespace detail_integer

/// Each 64-bit lane rotated by 32: its halves change places.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint64_t, N> swap_halves(const lanes<std::uint64_t, N>& a) {
  return lanes<std::uint64_t, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return batch<std::uint64_t>(detail_integer::shuffled<std::uint32_t>(
        a.part[k].data, a.part[k].data, detail_integer::swapped_words{}));
  });
}

/// a with its high halves xored with those of b and `high`; the low halves of `high` are 0.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint64_t, N> xor_high(const lanes<std::uint64_t, N>& a,
                                                      const lanes<std::uint64_t, N>& b,
                                                      const lanes<std::uint64_t, N>& high) {
  return lanes<std::uint64_t, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return detail_integer::xor_high(a.part[k], b.part[k], high.part[k]);
  });
}

/// Which element comes out of interleave(a, b) as pair p: a and b hold pair interleaved_pair(p)
/// there. Registers of a and b are joined pairwise, so that no element leaves its 16 bytes.
template <std::size_t N>
constexpr std::size_t interleaved_lane(std::size_t pair) {
  constexpr std::size_t width = register_lanes<std::uint64_t>;
  const std::size_t in_register = pair % width;
  const bool second_half = in_register >= width / 2;
  return pair - in_register + in_register % (width / 2) * 2 + second_half;
}

/// The pairs (a[l], b[l]) one after the other, l = interleaved_lane(0), interleaved_lane(1), ...
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint64_t, 2 * N> interleave(const lanes<std::uint64_t, N>& a,
                                                            const lanes<std::uint64_t, N>& b) {
  constexpr std::size_t width = register_lanes<std::uint64_t>;
  return lanes<std::uint64_t, 2 * N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return batch<std::uint64_t>(detail_integer::shuffled<std::uint64_t>(
        a.part[k / 2].data, b.part[k / 2].data, detail_integer::interleaved_pairs<width, k % 2>{}));
  });
}

/// The halves of each lane as two 32-bit elements, the low half first, whatever the byte order.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, 2 * N> words(const lanes<std::uint64_t, N>& a) {
  if constexpr (std::endian::native == std::endian::little) {
    return register_cast_to<std::uint32_t>(a);
  } else {
    return register_cast_to<std::uint32_t>(swap_halves(a));
  }
}

/// The even (First = 0) or odd (First = 1) elements of a, in an order that interleave_words
/// restores.
template <std::size_t First, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, N / 2> alternate(const lanes<std::uint32_t, N>& a) {
  constexpr std::size_t width = register_lanes<std::uint32_t>;
  return lanes<std::uint32_t, N / 2>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return batch<std::uint32_t>(
        detail_integer::shuffled<std::uint32_t>(a.part[2 * k].data, a.part[2 * k + 1].data,
                                                detail_integer::alternate_words<width, First>{}));
  });
}

/// interleave_words(f(alternate<0>(x)), g(alternate<1>(x))) has f(x[i]) at even i and g(x[i]) at
/// odd i.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<float, 2 * N> interleave_words(const lanes<float, N>& even,
                                                          const lanes<float, N>& odd) {
  constexpr std::size_t width = register_lanes<float>;
  return lanes<float, 2 * N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return batch<float>(
        detail_integer::shuffled<float>(even.part[k / 2].data, odd.part[k / 2].data,
                                        detail_integer::interleaved_words<width, 2 * (k % 2)>{}));
  });
}

/// Integers of at most 24 bits as floats: exact.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<float, N> to_float(const lanes<std::uint32_t, N>& a) {
  return lanes<float, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    using R = typename batch<std::int32_t>::register_type;
    return detail_integer::to_float(batch<std::int32_t>(std::bit_cast<R>(a.part[k].data)));
  });
}

} // namespace detops::inline DETOPS_ISA::simd
