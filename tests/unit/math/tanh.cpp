// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <detops/exec.hpp>
#include <detops/math.hpp>

#include "catch.hpp"
#include "float_function.hpp"

using namespace detops;

TEST_CASE("math/tanh: special values and the hardest inputs") {
  test::check_float_function(
      [](float x) { return detops::tanh(x); },
      [](const auto& in, auto&& out) { detops::tanh(in, out); },
      [](const thread_pool& pool, const auto& in, auto& out) { detops::tanh(pool, in, out); },
      {
          {0x00000000u, 0x00000000u}, // +0
          {0x80000000u, 0x80000000u}, // -0
          {0x7f800000u, 0x3f800000u}, // +inf
          {0xff800000u, 0xbf800000u}, // -inf
          {0x7f800001u, 0x7fc00000u}, // signalling NaN
          {0x7fc00123u, 0x7fc00000u}, {0xffc00000u, 0x7fc00000u},
          {0xff800001u, 0x7fc00000u}, {0x00000001u, 0x00000001u}, // smallest subnormal
          {0x80000001u, 0x80000001u}, {0x00800000u, 0x00800000u},
          {0x39000000u, 0x39000000u}, {0x3f800000u, 0x3f42f7d6u}, // 1
          {0xbf800000u, 0xbf42f7d6u},                             // -1
          {0x41102cb3u, 0x3f7fffffu},                             // the last below 1
          {0x41102cb4u, 0x3f800000u}, {0x41200000u, 0x3f800000u}, // 10
          {0x7f7fffffu, 0x3f800000u}, {0xff7fffffu, 0xbf800000u},
          {0x3ac37de2u, 0x3ac37dd9u}, // near the middle between floats
          {0x3eee0566u, 0x3ede3cbeu}, {0x3cd41b91u, 0x3cd40f70u},
          {0x40acb4d0u, 0x3f7ffd50u}, {0x40c5e8cau, 0x3f7fff71u},
          {0x3d7c3055u, 0x3d7bdee1u}, {0xc0a6ef82u, 0xbf7ffc25u},
      });
}
