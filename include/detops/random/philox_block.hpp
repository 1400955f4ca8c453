// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011):
// one block in scalars, and many consecutive blocks in lanes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <detops/simd/basic_arith.hpp>
#include <detops/simd/convert.hpp>
#include <detops/simd/integer.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

inline constexpr std::uint32_t philox_multiplier_0 = 0xd2511f53u;
inline constexpr std::uint32_t philox_multiplier_1 = 0xcd9e8d57u;
inline constexpr std::uint32_t philox_weyl_0 = 0x9e3779b9u;
inline constexpr std::uint32_t philox_weyl_1 = 0xbb67ae85u;
inline constexpr int philox_rounds = 10;

/// Four words of a block: two little-endian pairs.
struct philox_words {
  std::uint32_t word[4];

  constexpr std::uint64_t low() const { return word[0] | std::uint64_t{word[1]} << 32; }
  constexpr std::uint64_t high() const { return word[2] | std::uint64_t{word[3]} << 32; }
};

/// The block with counter (counter_low, counter_high), each two words, low word first.
constexpr philox_words philox_block(std::uint64_t key, std::uint64_t counter_low,
                                    std::uint64_t counter_high) {
  auto x0 = static_cast<std::uint32_t>(counter_low);
  auto x1 = static_cast<std::uint32_t>(counter_low >> 32);
  auto x2 = static_cast<std::uint32_t>(counter_high);
  auto x3 = static_cast<std::uint32_t>(counter_high >> 32);
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < philox_rounds; ++round) {
    const std::uint64_t p0 = std::uint64_t{philox_multiplier_0} * x0;
    const std::uint64_t p1 = std::uint64_t{philox_multiplier_1} * x2;
    x0 = static_cast<std::uint32_t>(p1 >> 32) ^ x1 ^ k0;
    x1 = static_cast<std::uint32_t>(p1);
    x2 = static_cast<std::uint32_t>(p0 >> 32) ^ x3 ^ k1;
    x3 = static_cast<std::uint32_t>(p0);
    k0 += philox_weyl_0;
    k1 += philox_weyl_1;
  }
  return {{x0, x1, x2, x3}};
}

/// Consecutive blocks of one stream, `count` at a time.
class philox_lanes {
  using V = simd::lanes<std::uint64_t, 4 * simd::register_lanes<std::uint64_t>>;

public:
  /// Four registers of word pairs: enough independent chains to hide the multiplier's latency.
  static constexpr std::size_t count = V::size;
  /// Elements of bits64 in order: two for each block.
  using output = simd::lanes<std::uint64_t, 2 * count>;

  philox_lanes(std::uint64_t seed, std::uint64_t stream) : stream_(stream) {
    auto k0 = static_cast<std::uint32_t>(seed);
    auto k1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < philox_rounds; ++round) {
      round_key_[round][0] = std::uint64_t{k0} << 32;
      round_key_[round][1] = std::uint64_t{k1} << 32;
      k0 += philox_weyl_0;
      k1 += philox_weyl_1;
    }
    for (std::size_t pair = 0; pair < count; ++pair) {
      offset_[simd::interleaved_lane<count>(pair)] = pair;
    }
    set_high_word(0);
  }

  /// Blocks first .. first + count - 1 (modulo 2^64).
  DETOPS_ALWAYS_INLINE output operator()(std::uint64_t first) {
    const V m0 = V::broadcast(philox_multiplier_0);
    const V m1 = V::broadcast(philox_multiplier_1);
    const V high_half = V::broadcast(std::uint64_t{0xffffffffu} << 32);
    // x: words 0 and 1 of a block, y: words 2 and 3, in the low and high half of a lane.
    V x = simd::add(V::load(offset_), V::broadcast(first));
    V y = V::broadcast(stream_);
    const auto round_from = [&](int round) DETOPS_INLINE_LAMBDA {
      const V p0 = simd::mul_even(x, m0);
      const V p1 = simd::mul_even(y, m1);
      x = simd::swap_halves(simd::xor_high(p1, x, V::broadcast(round_key_[round][0])));
      y = simd::swap_halves(simd::xor_high(p0, y, V::broadcast(round_key_[round][1])));
    };
    if (first >> 32 != high_word_) [[unlikely]] {
      set_high_word(first >> 32);
    }
    if ((first + count - 1) >> 32 == high_word_) [[likely]] {
      // Words 1, 2 and 3 of the counters are equal, so half of two rounds is known beforehand.
      y = simd::swap_halves(simd::bit_xor(simd::mul_even(x, m0), V::broadcast(known_[0])));
      x = simd::swap_halves(simd::bit_xor(simd::mul_even(y, m1), V::broadcast(known_[1])));
      y = simd::swap_halves(simd::bit_xor(simd::bit_and(y, high_half), V::broadcast(known_[2])));
    } else {
      round_from(0);
      round_from(1);
    }
    for (int round = 2; round < philox_rounds;
         round += 2) { // by two: no register is copied at its end
      round_from(round);
      round_from(round + 1);
    }
    return simd::interleave(x, y);
  }

private:
  static constexpr std::uint64_t high_of(std::uint64_t x) { return x >> 32 << 32; }

  void set_high_word(std::uint64_t high_word) {
    high_word_ = high_word;
    const std::uint64_t p1 = philox_multiplier_1 * (stream_ & 0xffffffffu);
    const std::uint64_t x = std::rotl(p1 ^ high_word << 32 ^ round_key_[0][0], 32);
    known_[0] = high_of(stream_) ^ round_key_[0][1];
    known_[1] = high_of(x) ^ round_key_[1][0];
    known_[2] = philox_multiplier_0 * (x & 0xffffffffu) ^ round_key_[1][1];
  }

  std::uint64_t round_key_[philox_rounds][2]; // in the high half
  std::uint64_t offset_[count];
  std::uint64_t stream_;
  std::uint64_t high_word_;
  std::uint64_t known_[3];
};

} // namespace detail
} // namespace detops::inline DETOPS_ISA
