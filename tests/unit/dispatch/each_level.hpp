// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything at every level that this CPU runs, in one process.
#pragma once

#include <concepts>
#include <stdexcept>
#include <string>

#include <detops/dispatch/level.hpp>

#include "catch.hpp"

namespace detops_test {

/// check() at each level, from the lowest to the highest.
void at_each_level(std::invocable auto&& check) {
  for (int i = 0; i < detops::dispatch::levels; ++i) {
    const auto level = static_cast<detops::dispatch::level>(i);
    if (detops::dispatch::has_level(level)) {
      INFO("level " << detops::dispatch::name_of(level));
      detops::dispatch::use_level(level);
      REQUIRE(detops::dispatch::current_level() == level);
      check();
    }
  }
}

/// The message of the std::invalid_argument that a call throws.
std::string refusal_of(std::invocable auto&& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

} // namespace detops_test
