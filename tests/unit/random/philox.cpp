// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <sstream>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <detops/random.hpp>

#include "catch.hpp"
#include "plain.hpp"

using namespace detops;

static_assert(std::uniform_random_bit_generator<philox4x32>);
static_assert(std::is_same_v<philox4x32::result_type, std::uint32_t>);
static_assert(philox4x32::min() == 0 && philox4x32::max() == 0xffffffffu);
static_assert(!std::is_convertible_v<std::uint32_t, philox4x32> &&
              !std::is_convertible_v<random_key, philox4x32>);

namespace {

std::vector<std::uint32_t> draw(philox4x32 engine, std::size_t count) {
  std::vector<std::uint32_t> values(count);
  for (auto& value : values) {
    value = engine();
  }
  return values;
}

} // namespace

TEST_CASE("random/philox: Random123's known answers") {
  struct known_answer {
    std::uint32_t counter[4], key[2], output[4];
  };
  const known_answer answers[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const auto& [counter, key, output] : answers) {
    const std::uint64_t k = key[0] | std::uint64_t{key[1]} << 32;
    const std::uint64_t low = counter[0] | std::uint64_t{counter[1]} << 32;
    const std::uint64_t high = counter[2] | std::uint64_t{counter[3]} << 32;
    const detail::philox_words words = detail::philox_block(k, low, high);
    const auto plain = test::plain_block(k, low, high);
    std::uint64_t lanes[detail::philox_lanes::output::size];
    detail::philox_lanes(k, high)(low).store(lanes);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(words.word[i] == output[i]);
      CHECK(plain[i] == output[i]);
    }
    CHECK(lanes[0] == words.low());
    CHECK(lanes[1] == words.high());
  }
}

TEST_CASE("random/philox: lanes give the blocks of the scalar function") {
  for (const random_key& key : test::keys) {
    detail::philox_lanes blocks(key.seed, key.stream);
    for (std::uint64_t first :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xffffffff}, std::uint64_t{0xfffffff0},
          std::uint64_t{1} << 32, std::uint64_t{5}, ~std::uint64_t{0} - 3}) {
      std::uint64_t lanes[detail::philox_lanes::output::size];
      blocks(first).store(lanes);
      bool equal = true;
      for (std::size_t b = 0; b < detail::philox_lanes::count; ++b) {
        const detail::philox_words words = detail::philox_block(key.seed, first + b, key.stream);
        equal = equal && lanes[2 * b] == words.low() && lanes[2 * b + 1] == words.high();
      }
      CHECK(equal);
    }
  }
}

TEST_CASE("random/philox: the engine has the values of std::philox4x32") {
  philox4x32 engine;
  std::uint32_t value = 0;
  for (int i = 0; i < 10000; ++i) {
    value = engine();
  }
  CHECK(value == 1955073260u);
  CHECK(draw(philox4x32(), 8) == draw(philox4x32(philox4x32::default_seed), 8));
  engine.seed();
  CHECK(engine == philox4x32());
  engine.seed(7);
  CHECK(engine == philox4x32(7));
  CHECK(engine != philox4x32(8));
}

TEST_CASE("random/philox: seeds, keys and counters") {
  const auto values = draw(philox4x32(random_key{7, 9}), 100);
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(values[i] == bits32({7, 9}, i));
  }
  CHECK(draw(philox4x32(7), 20) == draw(philox4x32(random_key{7}), 20));
  CHECK_THROWS_AS(philox4x32(random_key{7, std::uint64_t{1} << 63}), std::invalid_argument);

  std::seed_seq sequence{1, 2, 3};
  std::uint32_t words[2];
  sequence.generate(words + 0, words + 2);
  const auto seed = words[0] | std::uint64_t{words[1]} << 32;
  CHECK(draw(philox4x32(sequence), 20) == draw(philox4x32(random_key{seed}), 20));
  philox4x32 reseeded(1);
  reseeded();
  reseeded.seed(sequence);
  CHECK(reseeded == philox4x32(sequence));

  // the most significant word comes first
  philox4x32 engine(5);
  engine();
  engine.set_counter({0x11, 0x22, 0x33, 0x44});
  const auto block = test::plain_block(5, 0x44 | 0x33ull << 32, 0x22 | 0x11ull << 32);
  CHECK(draw(engine, 4) == std::vector<std::uint32_t>(block.begin(), block.end()));
  // the counter carries through all words
  engine.set_counter({0, 1, 0xffffffff, 0xffffffff});
  const auto carried = draw(engine, 8);
  CHECK(carried[4] == test::plain_block(5, 0, 2)[0]);
  engine.set_counter({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff});
  CHECK(draw(engine, 5)[4] == test::plain_block(5, 0, 0)[0]);
}

TEST_CASE("random/philox: discard is the same as calls") {
  for (std::size_t before = 0; before < 6; ++before) {
    for (std::size_t skipped = 0; skipped < 20; ++skipped) {
      philox4x32 called(3);
      called.discard(before);
      philox4x32 jumped = called;
      for (std::size_t i = 0; i < skipped; ++i) {
        called();
      }
      jumped.discard(skipped);
      CHECK(called == jumped);
      CHECK(draw(called, 6) == draw(jumped, 6));
    }
  }
  philox4x32 far(random_key{3, 4});
  far.discard(~0ull);
  CHECK(far() == bits32({3, 4}, ~std::uint64_t{0}));
  CHECK(far() == test::plain_block(3, std::uint64_t{1} << 62, 4)[0]);
}

TEST_CASE("random/philox: text keeps the state") {
  philox4x32 engine(42);
  engine.set_counter({1, 2, 3, 4});
  for (int drawn = 0; drawn < 9; ++drawn) {
    std::stringstream text;
    text << std::hex << engine;
    philox4x32 copy(1);
    text >> copy;
    CHECK(copy == engine);
    CHECK(draw(copy, 7) == draw(engine, 7));
    engine();
  }
  std::ostringstream fresh;
  fresh << philox4x32(9);
  CHECK(fresh.str() == "9 0 0 0 0 0 3");
  for (const char* wrong :
       {"", "1 2 3", "1 2 3 4 5 6 4", "1 2 3 4 5 4294967296 0", "a 2 3 4 5 6 1"}) {
    std::istringstream text(wrong);
    philox4x32 kept(8);
    text >> kept;
    CHECK(text.fail());
    CHECK(kept == philox4x32(8));
  }
}

TEST_CASE("random/philox: children") {
  for (const random_key& key : test::keys) {
    for (std::uint64_t id : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32,
                             (std::uint64_t{1} << 56) - 1}) {
      CHECK(child(key, id) == test::plain_child(key, 0, id));
      CHECK(child(key, id).stream >> 63 == 0);
    }
  }
  CHECK(child({1, 2}, 3) != child({1, 2}, 4));
  CHECK_THROWS_AS(child({1, 2}, std::uint64_t{1} << 56), std::invalid_argument);
  CHECK_THROWS_WITH(child({1, 2}, std::uint64_t{1} << 56),
                    detops_test::contains("detops::child: id 72057594037927936"));
  CHECK_THROWS_WITH(child({1, std::uint64_t{1} << 63}, 0),
                    detops_test::contains("detops::child: stream 9223372036854775808"));
}
