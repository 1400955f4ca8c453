// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One native register: xsimd's batch where xsimd has the architecture, else the compiler's 16-byte vector
// extension behind the same few members. Everything above uses only what both have.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <detops/core/bits.hpp>

#if !defined(DETOPS_NO_XSIMD) &&                                                                   \
    (defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON)))
#define DETOPS_WITH_XSIMD 1
// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#pragma GCC diagnostic pop
#else
#define DETOPS_WITH_XSIMD 0
#endif

namespace detops::inline DETOPS_ISA::simd {

#if DETOPS_WITH_XSIMD

template <class T>
using batch = xsimd::batch<T>;
template <class T>
using batch_mask = typename batch<T>::batch_bool_type;

template <class T>
DETOPS_ALWAYS_INLINE batch<T> choose(const batch_mask<T>& mask, const batch<T>& a,
                                     const batch<T>& b) {
  return xsimd::select(mask, a, b);
}
template <class T>
DETOPS_ALWAYS_INLINE bool any_of(const batch_mask<T>& mask) {
  return xsimd::any(mask);
}
// On NEON xsimd's quotient and root of floats are estimates with Newton steps, not rounded once.
template <class T>
DETOPS_ALWAYS_INLINE batch<T> quotient(const batch<T>& a, const batch<T>& b) {
#if defined(__aarch64__)
  if constexpr (std::is_same_v<T, float>) {
    return vdivq_f32(a.data, b.data);
  } else {
    return vdivq_f64(a.data, b.data);
  }
#else
  return a / b;
#endif
}
template <class T>
DETOPS_ALWAYS_INLINE batch<T> root(const batch<T>& a) {
#if defined(__aarch64__)
  if constexpr (std::is_same_v<T, float>) {
    return vsqrtq_f32(a.data);
  } else {
    return vsqrtq_f64(a.data);
  }
#else
  return xsimd::sqrt(a);
#endif
}

#else

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <class T>
struct vector16 {
  typedef T type __attribute__((vector_size(16)));
};

template <class T>
struct batch_mask {
  using register_type = typename vector16<detail::int_of<T>>::type;
  register_type data;
  friend batch_mask operator&(batch_mask a, batch_mask b) { return {a.data & b.data}; }
  friend batch_mask operator|(batch_mask a, batch_mask b) { return {a.data | b.data}; }
  batch_mask operator~() const { return {~data}; }
};

template <class T>
struct batch {
  using register_type = typename vector16<T>::type;
  using bits_type = typename vector16<detail::uint_of<T>>::type;
  static constexpr std::size_t size = 16 / sizeof(T);
  register_type data;

  batch() = default;
  batch(register_type value) : data(value) {}
  batch(T value) : data(value - register_type{}) {}
  static batch load_unaligned(const T* p) {
    batch r;
    std::memcpy(&r.data, p, sizeof r.data);
    return r;
  }
  void store_unaligned(T* p) const { std::memcpy(p, &data, sizeof data); }

  friend batch operator+(batch a, batch b) { return a.data + b.data; }
  friend batch operator-(batch a, batch b) { return a.data - b.data; }
  friend batch operator*(batch a, batch b) { return a.data * b.data; }
  friend batch operator/(batch a, batch b) { return a.data / b.data; }
  friend batch operator&(batch a, batch b) { return from_bits(a.bits() & b.bits()); }
  friend batch operator|(batch a, batch b) { return from_bits(a.bits() | b.bits()); }
  friend batch operator^(batch a, batch b) { return from_bits(a.bits() ^ b.bits()); }
  batch operator~() const { return from_bits(~bits()); }
  friend batch operator<<(batch a, int k) { return a.data << static_cast<T>(k); }
  friend batch operator>>(batch a, int k) { return a.data >> static_cast<T>(k); }
  friend batch_mask<T> operator<(batch a, batch b) { return {a.data < b.data}; }
  friend batch_mask<T> operator<=(batch a, batch b) { return {a.data <= b.data}; }
  friend batch_mask<T> operator==(batch a, batch b) { return {a.data == b.data}; }

  bits_type bits() const { return (bits_type)data; }
  static batch from_bits(bits_type b) { return (register_type)b; }
};

template <class T>
inline batch<T> choose(const batch_mask<T>& mask, const batch<T>& a, const batch<T>& b) {
  using bits_type = typename batch<T>::bits_type;
  const bits_type m = (bits_type)mask.data;
  return batch<T>::from_bits((a.bits() & m) | (b.bits() & ~m));
}
template <class T>
inline bool any_of(const batch_mask<T>& mask) {
  std::uint64_t words[2];
  std::memcpy(words, &mask.data, sizeof words);
  return (words[0] | words[1]) != 0;
}
template <class T>
inline batch<T> quotient(const batch<T>& a, const batch<T>& b) {
  return a / b;
}
template <class T>
inline batch<T> root(batch<T> a) {
  for (std::size_t i = 0; i < batch<T>::size; ++i) {
    a.data[i] = sizeof(T) == 4 ? static_cast<T>(__builtin_sqrtf(static_cast<float>(a.data[i])))
                               : static_cast<T>(__builtin_sqrt(static_cast<double>(a.data[i])));
  }
  return a;
}

#endif

/// Elements of T in one register.
template <class T>
inline constexpr std::size_t register_lanes = batch<T>::size;

/// Where neither is a NaN or, with Numbers false, where one is.
template <bool Numbers, class T>
DETOPS_ALWAYS_INLINE batch_mask<T> compare_with_nan(const batch<T>& a, const batch<T>& b) {
#if DETOPS_WITH_XSIMD && defined(__AVX__)
  constexpr int how = Numbers ? _CMP_ORD_Q : _CMP_UNORD_Q;
#endif
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    return _mm512_cmp_ps_mask(a.data, b.data, how);
  } else {
    return _mm512_cmp_pd_mask(a.data, b.data, how);
  }
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  if constexpr (sizeof(T) == 4) {
    return _mm256_cmp_ps(a.data, b.data, how);
  } else {
    return _mm256_cmp_pd(a.data, b.data, how);
  }
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  if constexpr (sizeof(T) == 4) {
    return Numbers ? _mm_cmpord_ps(a.data, b.data) : _mm_cmpunord_ps(a.data, b.data);
  } else {
    return Numbers ? _mm_cmpord_pd(a.data, b.data) : _mm_cmpunord_pd(a.data, b.data);
  }
#else
  const batch_mask<T> numbers = (a == a) & (b == b);
  return Numbers ? numbers : ~numbers;
#endif
}

/// detail::pin for a register.
template <class T>
DETOPS_ALWAYS_INLINE batch<T> pin(batch<T> a) {
#if defined(__AVX512F__)
  asm("" : "+v"(a.data));
#elif defined(__SSE2__)
  asm("" : "+x"(a.data));
#elif defined(__aarch64__)
  asm("" : "+w"(a.data));
#elif defined(__VSX__)
  asm("" : "+wa"(a.data));
#elif defined(__VEC__) || defined(__s390x__) && defined(__VX__)
  asm("" : "+v"(a.data));
#else
  asm("" : "+m"(a.data));
#endif
  return a;
}

/// One rounding, in one instruction; only where has_fma.
template <class T>
DETOPS_ALWAYS_INLINE batch<T> native_fma(const batch<T>& a, const batch<T>& b, const batch<T>& c) {
  using R = typename batch<T>::register_type;
  if constexpr (!has_fma) {
    return c; // not reached: fma in arith.hpp emulates
#if DETOPS_WITH_XSIMD && defined(__FMA__)
  } else if constexpr (std::is_same_v<T, float>) {
    if constexpr (sizeof(R) == 16) {
      return R(_mm_fmadd_ps(a.data, b.data, c.data));
#if defined(__AVX__)
    } else if constexpr (sizeof(R) == 32) {
      return R(_mm256_fmadd_ps(a.data, b.data, c.data));
#endif
#if defined(__AVX512F__)
    } else {
      return R(_mm512_fmadd_ps(a.data, b.data, c.data));
#endif
    }
  } else {
    if constexpr (sizeof(R) == 16) {
      return R(_mm_fmadd_pd(a.data, b.data, c.data));
#if defined(__AVX__)
    } else if constexpr (sizeof(R) == 32) {
      return R(_mm256_fmadd_pd(a.data, b.data, c.data));
#endif
#if defined(__AVX512F__)
    } else {
      return R(_mm512_fmadd_pd(a.data, b.data, c.data));
#endif
    }
#elif defined(__aarch64__) && DETOPS_WITH_XSIMD
  } else if constexpr (std::is_same_v<T, float>) {
    return R(vfmaq_f32(c.data, a.data, b.data));
  } else {
    return R(vfmaq_f64(c.data, a.data, b.data));
#else
  } else {
    R r = c.data;
    for (std::size_t i = 0; i < batch<T>::size; ++i) {
      if constexpr (sizeof(T) == 4) {
        r[i] = __builtin_fmaf(a.data[i], b.data[i], c.data[i]);
      } else {
        r[i] = __builtin_fma(a.data[i], b.data[i], c.data[i]);
      }
    }
    return r;
#endif
  }
}

} // namespace detops::inline DETOPS_ISA::simd
