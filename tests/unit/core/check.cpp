// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Messages of errors: what they are made of, and that they end.
#include "catch.hpp"

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include <detops/core/view.hpp>

namespace {

using detops::detail::invalid;

TEST_CASE("core/check: words, numbers and shapes in one message") {
  const float x[6] = {};
  const detops::matrix_view<const float> view(x, 2, 3);
  CHECK_THROWS_AS(invalid("op"), std::invalid_argument);
  CHECK_THROWS_WITH(invalid("op", "A ", detops::detail::text(view), " at ", std::int8_t{-3}, " of ",
                            std::numeric_limits<std::uint64_t>::max(), " with ", 0.1f),
                    "detops::op: A [2x3] at -3 of 18446744073709551615 with 0.100000001");
  CHECK_THROWS_WITH(invalid("op", std::numeric_limits<std::int64_t>::min(), " and ", 1e300),
                    "detops::op: -9223372036854775808 and 1e+300");
}

TEST_CASE("core/check: a long message is cut, not lost") {
  const std::string words(5000, 'x');
  std::string message;
  try {
    invalid("op", words.c_str(), " the end");
  } catch (const std::invalid_argument& error) {
    message = error.what();
  }
  CHECK(message.substr(0, 14) == "detops::op: xx");
  CHECK(message.size() > 500);
  CHECK(message.size() < 5000);
}

} // namespace
