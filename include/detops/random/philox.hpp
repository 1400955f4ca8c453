// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// philox4x32: the sequential engine, for code written against <random>.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <istream>
#include <limits>
#include <ostream>
#include <type_traits>

#include <detops/random/key.hpp>

namespace detops::inline DETOPS_ISA {

class philox4x32;

namespace detail {
template <class S>
concept seed_sequence =
    !std::convertible_to<S&, std::uint32_t> && !std::same_as<std::remove_cv_t<S>, philox4x32> &&
    !std::same_as<std::remove_cv_t<S>, random_key> &&
    requires(S& sequence, std::uint32_t* word) { sequence.generate(word, word); };
} // namespace detail

/// Philox4x32-10 (Salmon et al., 2011) as a uniform random bit generator: the values, the order and
/// the states of C++26's std::philox4x32. The 10000th value of a default-constructed engine is
/// 1955073260. Made from a random_key its values are bits32(key, 0), bits32(key, 1), ...
class philox4x32 {
public:
  using result_type = std::uint32_t;
  static constexpr std::size_t word_size = 32;
  static constexpr std::size_t word_count = 4;
  static constexpr std::size_t round_count = detail::philox_rounds;
  static constexpr std::array<result_type, 2> multipliers{detail::philox_multiplier_0,
                                                          detail::philox_multiplier_1};
  static constexpr std::array<result_type, 2> round_consts{detail::philox_weyl_0,
                                                           detail::philox_weyl_1};
  static constexpr result_type default_seed = 20111115u;

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  philox4x32() : philox4x32(default_seed) {}
  /// Key (value, 0), counter 0.
  explicit philox4x32(result_type value) { seed(value); }
  /// Key from the two words that the seed sequence generates, counter 0.
  template <detail::seed_sequence Sequence>
  explicit philox4x32(Sequence& sequence) {
    seed(sequence);
  }
  /// Throws std::invalid_argument for a stream with its top bit set.
  explicit philox4x32(const random_key& key) {
    detail::check_key("philox4x32", key);
    key_ = key.seed;
    counter_high_ = key.stream;
  }

  void seed(result_type value = default_seed) { restart(value); }
  template <detail::seed_sequence Sequence>
  void seed(Sequence& sequence) {
    std::uint32_t word[2];
    sequence.generate(word + 0, word + 2);
    restart(word[0] | std::uint64_t{word[1]} << 32);
  }

  /// The counter of the next block, most significant word first.
  void set_counter(const std::array<result_type, word_count>& counter) {
    counter_high_ = std::uint64_t{counter[0]} << 32 | counter[1];
    counter_low_ = std::uint64_t{counter[2]} << 32 | counter[3];
    index_ = last;
  }

  result_type operator()() {
    if (index_ == last) {
      block_ = detail::philox_block(key_, counter_low_, counter_high_);
      advance(1);
      index_ = 0;
    } else {
      ++index_;
    }
    return block_.word[index_];
  }

  /// As if called `count` times, in constant time.
  void discard(unsigned long long count) {
    if (count <= last - index_) {
      index_ += static_cast<std::uint32_t>(count);
      return;
    }
    count -= last - index_ + 1; // the rest starts with the first word of the next block
    advance(count / word_count);
    block_ = detail::philox_block(key_, counter_low_, counter_high_);
    advance(1);
    index_ = static_cast<std::uint32_t>(count % word_count);
  }

  /// Equal states: the same values from here on.
  friend bool operator==(const philox4x32& a, const philox4x32& b) {
    return a.key_ == b.key_ && a.counter_low_ == b.counter_low_ &&
           a.counter_high_ == b.counter_high_ && a.index_ == b.index_;
  }

  /// Seven decimal numbers: the words of the key, of the counter of the next block, and the index
  /// of the last word that was returned.
  template <class Char, class Traits>
  friend std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& stream,
                                                      const philox4x32& engine) {
    const auto flags = stream.flags(std::ios_base::dec | std::ios_base::left);
    const Char space = stream.widen(' ');
    const Char fill = stream.fill(space);
    for (const std::uint64_t pair : {engine.key_, engine.counter_low_, engine.counter_high_}) {
      stream << (pair & 0xffffffffu) << space << (pair >> 32) << space;
    }
    stream << engine.index_;
    stream.flags(flags);
    stream.fill(fill);
    return stream;
  }
  /// Reads what << wrote; on other text sets failbit and leaves the engine as it was.
  template <class Char, class Traits>
  friend std::basic_istream<Char, Traits>& operator>>(std::basic_istream<Char, Traits>& stream,
                                                      philox4x32& engine) {
    const auto flags = stream.flags(std::ios_base::dec | std::ios_base::skipws);
    std::uint64_t word[7] = {};
    bool fits = true;
    for (std::uint64_t& one : word) {
      stream >> one;
      fits = fits && one <= max();
    }
    stream.flags(flags);
    if (!fits || word[6] > last) {
      stream.setstate(std::ios_base::failbit);
    }
    if (!stream.fail()) {
      engine.key_ = word[0] | word[1] << 32;
      engine.counter_low_ = word[2] | word[3] << 32;
      engine.counter_high_ = word[4] | word[5] << 32;
      engine.index_ = static_cast<std::uint32_t>(word[6]);
      const std::uint64_t borrow = engine.counter_low_ == 0;
      engine.block_ =
          detail::philox_block(engine.key_, engine.counter_low_ - 1, engine.counter_high_ - borrow);
    }
    return stream;
  }

private:
  static constexpr std::uint32_t last = word_count - 1;

  void restart(std::uint64_t key) {
    key_ = key;
    counter_low_ = 0;
    counter_high_ = 0;
    index_ = last;
  }
  void advance(std::uint64_t blocks) {
    counter_low_ += blocks;
    counter_high_ += counter_low_ < blocks;
  }

  std::uint64_t key_ = 0;
  std::uint64_t counter_low_ = 0;
  std::uint64_t counter_high_ = 0;
  detail::philox_words block_{};
  std::uint32_t index_ = last; // of the word returned last; nothing of a block is left at `last`
};

} // namespace detops::inline DETOPS_ISA
