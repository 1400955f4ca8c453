// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The fingerprint of values and shape (contract, section 7).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
// Before xxHash does, as what follows is for its functions alone.
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif
// g++ 12 reports uninitialised registers inside its own AVX-512 header, from the functions here; and g++ -Og, which no
// macro tells from -O1, cannot inline what they mark as always inlined.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC push_options
#pragma GCC optimize("O2")
#endif
#include <xxhash.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
#pragma GCC diagnostic pop

#include <detops/core/element.hpp>
#include <detops/core/view.hpp>

namespace detops::inline DETOPS_ISA {

/// 128 bits that name values and shape; the same on every machine.
struct fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const fingerprint&, const fingerprint&) = default;

  /// 32 hexadecimal digits, the high half first.
  std::string hex() const {
    std::string digits(32, '0');
    for (std::size_t i = 0; i < 32; ++i) {
      const std::uint64_t half = i < 16 ? high : low;
      digits[i] = "0123456789abcdef"[half >> (60 - 4 * (i % 16)) & 15];
    }
    return digits;
  }
};

namespace detail {

template <class T>
concept digestible = floating<T> || (std::integral<T> && !std::same_as<T, bool>);

/// 1 signed integer, 2 unsigned integer, 3 IEEE binary floating point, 4 bfloat16, which is the one of 8 bits precision.
template <digestible T>
constexpr std::uint64_t type_kind() {
  if constexpr (floating<T>) {
    return float_format<T>::precision == 8 ? 4 : 3;
  } else {
    return std::signed_integral<T> ? 1 : 2;
  }
}
template <digestible T>
inline constexpr std::uint64_t type_tag = 256 * type_kind<T>() + 8 * sizeof(T);

/// The value's bytes, the least significant first.
template <class T>
void write_little_endian(const T& value, unsigned char* bytes) {
  std::memcpy(bytes, static_cast<const void*>(&value), sizeof(T));
  if constexpr (std::endian::native == std::endian::big) {
    std::reverse(bytes, bytes + sizeof(T));
  }
}

/// The running hash; without heap memory, so that it cannot fail.
class digest_stream {
public:
  digest_stream() { XXH3_128bits_reset(&state_); }

  void add_word(std::uint64_t word) {
    unsigned char bytes[sizeof word];
    write_little_endian(word, bytes);
    XXH3_128bits_update(&state_, bytes, sizeof bytes);
  }
  template <class T>
  void add_line(const vector_view<const T>& x) {
    if (x.stride == 1 && std::endian::native == std::endian::little) {
      XXH3_128bits_update(&state_, x.data, x.size * sizeof(T));
      return;
    }
    unsigned char buffer[256 * sizeof(T)];
    for (std::size_t first = 0; first < x.size; first += 256) {
      const std::size_t count = std::min<std::size_t>(256, x.size - first);
      for (std::size_t i = 0; i < count; ++i) {
        write_little_endian(x[first + i], buffer + i * sizeof(T));
      }
      XXH3_128bits_update(&state_, buffer, count * sizeof(T));
    }
  }
  fingerprint value() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return {hash.high64, hash.low64};
  }

private:
  XXH3_state_t state_;
};

} // namespace detail

/// The fingerprint of an array: XXH3 (128 bits, seed 0) over its type tag, rank and extents, each as a 64-bit
/// little-endian word, and its elements in row-major order, little-endian.
///
///   x   a vector or matrix of float, double, Eigen::half, Eigen::bfloat16 or integers, any strides; the layout does
///       not enter
///
/// Bits are hashed as they are: -0 and +0 differ, and so do NaNs of different payload. O(n). Throws
/// std::invalid_argument for null data with a size. XXH3 is Yann Collet's; equal fingerprints by chance are
/// out of the question, by intent they are not.
template <array_like X>
  requires detail::digestible<element_t<X>>
fingerprint digest(const X& x) {
  using T = element_t<X>;
  detail::digest_stream stream;
  stream.add_word(detail::type_tag<T>);
  if constexpr (vector_like<const X>) {
    const auto view = detail::as_vector(x);
    detail::check_view("digest", "x", view);
    stream.add_word(1);
    stream.add_word(view.size);
    if (view.size != 0) {
      stream.add_line(view);
    }
  } else {
    const auto view = detail::as_matrix(x);
    detail::check_view("digest", "x", view);
    stream.add_word(2);
    stream.add_word(view.rows);
    stream.add_word(view.cols);
    for (std::size_t i = 0; i < view.rows && view.cols != 0; ++i) {
      stream.add_line(view.row(i));
    }
  }
  return stream.value();
}

} // namespace detops::inline DETOPS_ISA
