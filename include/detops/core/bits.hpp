// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Bits of floating-point values: the canonical NaN, integer tests, and the pin that holds a value in
// a register against contraction.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA {

/// float or double: the types that the library computes in.
template <class T>
concept real = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

/// The unsigned and signed integer as wide as T.
template <class T>
using uint_of = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
using int_of = std::make_signed_t<uint_of<T>>;

template <real T>
inline constexpr uint_of<T> sign_bit = uint_of<T>{1} << (sizeof(T) * 8 - 1);
template <real T>
inline constexpr uint_of<T> infinity_bits =
    sizeof(T) == 8 ? static_cast<uint_of<T>>(0x7ff0000000000000u) : uint_of<T>{0x7f800000u};
template <real T>
inline constexpr uint_of<T> canonical_nan_bits =
    sizeof(T) == 8 ? static_cast<uint_of<T>>(0x7ff8000000000000u) : uint_of<T>{0x7fc00000u};

template <real T>
constexpr uint_of<T> to_bits(T value) {
  return std::bit_cast<uint_of<T>>(value);
}
template <real T>
constexpr T from_bits(uint_of<T> bits) {
  return std::bit_cast<T>(bits);
}

/// The NaN that every operation returns (contract, section 1).
template <real T>
constexpr T canonical_nan() {
  return from_bits<T>(canonical_nan_bits<T>);
}

template <real T>
constexpr bool is_nan(T value) {
  return (to_bits(value) & ~sign_bit<T>) > infinity_bits<T>;
}
template <real T>
constexpr bool is_finite(T value) {
  return (to_bits(value) & ~sign_bit<T>) < infinity_bits<T>;
}
template <real T>
constexpr T canonical(T value) {
  return is_nan(value) ? canonical_nan<T>() : value;
}

/// Holds `value` in a register at this point: the compiler can neither fuse the operation that made it
/// with the one that uses it, nor compute it earlier or in another precision. Costs no instruction.
template <real T>
DETOPS_ALWAYS_INLINE T pin(T value) {
#if defined(__AVX512F__)
  asm("" : "+v"(value));
#elif defined(__SSE2__)
  asm("" : "+x"(value));
#elif defined(__aarch64__)
  asm("" : "+w"(value));
#elif defined(__riscv) || defined(__s390x__)
  asm("" : "+f"(value));
#elif defined(__PPC64__)
  asm("" : "+d"(value));
#else
  asm("" : "+m"(value));
#endif
  return value;
}

/// Integers and pointers: the compiler forgets what it knows about the value.
template <class T>
  requires(std::integral<T> || std::is_pointer_v<T>)
DETOPS_ALWAYS_INLINE T opaque(T value) {
  asm("" : "+r"(value));
  return value;
}

/// No load or store moves across; values the caller has just computed are read from memory as stored.
DETOPS_ALWAYS_INLINE void memory_barrier() {
  asm volatile("" ::: "memory");
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
