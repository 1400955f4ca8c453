// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Which levels there are. (What DETOPS_ISA does is in tests/dispatch.)
#include <stdexcept>
#include <string>

#include "each_level.hpp"

namespace {

using detops::dispatch::has_level;
using detops::dispatch::level;
using detops::dispatch::name_of;
using detops::dispatch::use_level;
using detops_test::contains;

TEST_CASE("dispatch/level: each includes those below it") {
  CHECK(has_level(level::baseline));
  CHECK((has_level(level::v3) || !has_level(level::v4)));
  CHECK(std::string(name_of(level::baseline)) == "baseline");
  CHECK(std::string(name_of(level::v3)) == "v3");
  CHECK(std::string(name_of(level::v4)) == "v4");
}

TEST_CASE("dispatch/level: v3 is had where the CPU runs what the compiler makes for it") {
#if defined(__AVX2__) && defined(__FMA__)
  CHECK(has_level(level::v3));
#endif
#if defined(__AVX512F__) && defined(__AVX512VL__)
  CHECK(has_level(level::v4));
#endif
  SUCCEED();
}

TEST_CASE("dispatch/level: one that the CPU lacks is refused, and the one in use stays") {
  for (const level missing : {level::v3, level::v4}) {
    if (!has_level(missing)) {
      use_level(level::baseline);
      CHECK_THROWS_AS(use_level(missing), std::invalid_argument);
      CHECK_THROWS_WITH(use_level(missing),
                        contains(std::string("does not run ") + name_of(missing)));
      CHECK(detops::dispatch::current_level() == level::baseline);
    }
  }
}

} // namespace
