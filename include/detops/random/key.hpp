// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys: which stream of numbers, and independent streams made from it.
#pragma once

#include <cstdint>

#include <detops/core/check.hpp>
#include <detops/random/philox_block.hpp>

namespace detops::inline DETOPS_ISA {

/// Names one stream of random numbers: every value is a function of (key, index). 2^64 seeds of
/// 2^63 streams each; the top bit of `stream` belongs to child() and is refused everywhere else.
struct random_key {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;

  friend constexpr bool operator==(const random_key&, const random_key&) = default;
};

namespace detail {

inline constexpr std::uint64_t top_bit = std::uint64_t{1} << 63;
inline constexpr std::uint64_t child_ids = std::uint64_t{1} << 56;

/// The top byte of an id below the user's 56 bits (contract, section 5).
enum class child_purpose : std::uint64_t {
  user = 0,
  shuffle = 1,
  rejection = 2,
  bounded_retry = 3
};

inline void check_key(const char* operation, const random_key& key) {
  if ((key.stream & top_bit) != 0) [[unlikely]] {
    invalid(operation, "stream ", key.stream,
            " has its top bit set; streams of 0 to 2^63 - 1 are possible");
  }
}
inline void check_id(const char* operation, const char* name, std::uint64_t id) {
  if (id >= child_ids) [[unlikely]] {
    invalid(operation, name, " ", id, " is out of range; 0 to 2^56 - 1 are possible");
  }
}

inline random_key child_of(const random_key& key, child_purpose purpose, std::uint64_t id) {
  const std::uint64_t block = static_cast<std::uint64_t>(purpose) << 56 | id;
  const philox_words w = philox_block(key.seed, block, key.stream | top_bit);
  return {w.low(), w.high() & ~top_bit};
}

} // namespace detail

/// An independent stream for a part of the work: a layer, an epoch, a worker's item. Children have
/// children. 0 <= id < 2^56. Contract, section 5.
/// Throws std::invalid_argument for a larger id and for a stream with its top bit set. Constant
/// time.
[[nodiscard]] inline random_key child(const random_key& key, std::uint64_t id) {
  detail::check_key("child", key);
  detail::check_id("child", "id", id);
  return detail::child_of(key, detail::child_purpose::user, id);
}

} // namespace detops::inline DETOPS_ISA
