// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sections 5 and 6 of the contract as plain loops over words.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <detops/math/log.hpp>
#include <detops/math/trigonometric.hpp>
#include <detops/random/key.hpp>

namespace test {

using detops::random_key;

inline std::array<std::uint32_t, 4> plain_block(std::uint64_t key, std::uint64_t low,
                                                std::uint64_t high) {
  std::uint32_t c[4] = {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
                        static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)};
  std::uint32_t k[2] = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ull * c[0];
    const std::uint64_t p1 = 0xCD9E8D57ull * c[2];
    const std::uint32_t next[4] = {
        static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
    for (int w = 0; w < 4; ++w) {
      c[w] = next[w];
    }
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return {c[0], c[1], c[2], c[3]};
}

inline std::uint32_t plain_bits32(random_key key, std::uint64_t i) {
  return plain_block(key.seed, i / 4, key.stream)[i % 4];
}
inline std::uint64_t plain_bits64(random_key key, std::uint64_t i) {
  const auto w = plain_block(key.seed, i / 2, key.stream);
  return w[2 * (i % 2)] | std::uint64_t{w[2 * (i % 2) + 1]} << 32;
}
inline random_key plain_child(random_key key, std::uint64_t purpose, std::uint64_t id) {
  const auto w = plain_block(key.seed, id | purpose << 56, key.stream | std::uint64_t{1} << 63);
  return {w[0] | std::uint64_t{w[1]} << 32, (w[2] | std::uint64_t{w[3]} << 32) << 1 >> 1};
}

template <class T>
T plain_uniform(random_key key, std::uint64_t i) {
  return sizeof(T) == 4 ? static_cast<T>(static_cast<float>(plain_bits32(key, i) >> 8) * 0x1p-24f)
                        : static_cast<T>(static_cast<double>(plain_bits64(key, i) >> 11) * 0x1p-53);
}
inline float plain_normal(random_key key, std::uint64_t i) {
  const std::uint64_t j = i / 2;
  const auto w = plain_block(key.seed, j / 2, key.stream);
  const double a = w[2 * (j % 2)];
  const auto b = static_cast<float>(w[2 * (j % 2) + 1] >> 8);
  const auto u = static_cast<float>((a + 1) * 0x1p-32);
  const volatile float square = -2.0f * detops::log(u);
  const volatile float radius = __builtin_sqrtf(square);
  const float t = 2.0f * (b * 0x1p-24f);
  const volatile float z = radius * (i % 2 == 0 ? detops::cospi(t) : detops::sinpi(t));
  return z;
}
/// n = 0 is 2^64.
inline std::uint64_t plain_bounded(random_key key, std::uint64_t i, std::uint64_t n) {
  __extension__ using wide = unsigned __int128;
  const bool narrow = n != 0 && n <= std::uint64_t{1} << 32;
  const wide size = wide{1} << (narrow ? 32 : 64);
  const wide width = n == 0 ? size : wide{n};
  wide m = (narrow ? plain_bits32(key, i) : plain_bits64(key, i)) * width;
  const random_key retries = plain_child(key, 3, i);
  for (std::uint64_t t = 0; m % size < size % width; ++t) {
    m = (narrow ? plain_bits32(retries, t) : plain_bits64(retries, t)) * width;
  }
  return static_cast<std::uint64_t>(m / size);
}

template <class T>
void plain_node(random_key key, std::vector<T>& x) {
  const std::size_t n = x.size();
  if (n <= std::size_t{1} << 20) {
    for (std::size_t i = n; i-- > 1;) {
      std::swap(x[i], x[plain_bounded(key, i, i + 1)]);
    }
    return;
  }
  const std::size_t half_leaves = (n + (1 << 19) - 1) >> 19;
  unsigned total = 0;
  while (std::size_t{1} << total < half_leaves) {
    ++total;
  }
  const unsigned levels = (total + 7) / 8;
  const unsigned bits = (total + levels - 1) / levels;
  const random_key digits = plain_child(key, 1, 0);
  std::vector<std::vector<T>> buckets(std::size_t{1} << bits);
  for (std::size_t block = 0; block * 16 < n; ++block) {
    const auto w = plain_block(digits.seed, block, digits.stream);
    for (std::size_t byte = 0; byte < 16 && block * 16 + byte < n; ++byte) {
      const std::uint32_t value = w[byte / 4] >> (8 * (byte % 4)) & 0xff;
      buckets[value >> (8 - bits)].push_back(std::move(x[block * 16 + byte]));
    }
  }
  std::size_t next = 0;
  for (std::size_t c = 0; c < buckets.size(); ++c) {
    plain_node(plain_child(key, 1, 1 + c), buckets[c]);
    for (T& value : buckets[c]) {
      x[next++] = std::move(value);
    }
  }
}
template <class T>
void plain_shuffle(random_key key, std::vector<T>& x) {
  plain_node(plain_child(key, 1, 0), x);
}

// Ordinary, extreme, and with every word of the counter in use.
inline const random_key keys[] = {
    {0, 0}, {1, 0}, {0x123456789abcdef0u, 0x7fffffffffffffffu}, {~std::uint64_t{0}, 77}};

// Where a step of blocks meets a carry into the counter's upper word, and the ends of the index
// space.
inline const std::uint64_t far_indices[] = {
    std::uint64_t{1} << 33, (std::uint64_t{1} << 34) - 20, (std::uint64_t{3} << 33) - 7,
    (std::uint64_t{1} << 63) - 100, ~std::uint64_t{0} - 1199};

} // namespace test
