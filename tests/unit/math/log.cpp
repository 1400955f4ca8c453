// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <detops/exec.hpp>
#include <detops/math.hpp>

#include "catch.hpp"
#include "float_function.hpp"

using namespace detops;

TEST_CASE("math/log: special values and the hardest inputs") {
  test::check_float_function(
      [](float x) { return detops::log(x); },
      [](const auto& in, auto&& out) { detops::log(in, out); },
      [](const thread_pool& pool, const auto& in, auto& out) { detops::log(pool, in, out); },
      {
          {0x00000000u, 0xff800000u}, // +0
          {0x80000000u, 0xff800000u}, // -0
          {0x7f800000u, 0x7f800000u}, // +inf
          {0xff800000u, 0x7fc00000u}, // -inf
          {0x7f800001u, 0x7fc00000u}, // signalling NaN
          {0x7fc00123u, 0x7fc00000u}, {0xffc00000u, 0x7fc00000u},
          {0xff800001u, 0x7fc00000u}, {0x3f800000u, 0x00000000u}, // log(1) = +0
          {0x3f7fffffu, 0xb3800000u}, {0x3f800001u, 0x33ffffffu},
          {0xbf800000u, 0x7fc00000u}, {0x80000001u, 0x7fc00000u},
          {0xff7fffffu, 0x7fc00000u}, {0x00000001u, 0xc2ce8ed0u}, // smallest subnormal
          {0x007fffffu, 0xc2aeac50u}, {0x00800000u, 0xc2aeac50u},
          {0x7f7fffffu, 0x42b17218u}, {0x3f3504f3u, 0xbeb17219u}, // about sqrt(1/2)
          {0x3f3504f4u, 0xbeb17216u}, {0x3fb504f3u, 0x3eb17217u}, // about sqrt(2)
          {0x3fb504f4u, 0x3eb1721au}, {0x65d890d3u, 0x4254d1f9u}, // near the middle between floats
          {0x4c5d65a5u, 0x418f034bu}, {0x4d604ebeu, 0x419a352cu},
          {0x41178febu, 0x400fe5e7u}, {0x1f116ab8u, 0xc233b53eu},
          {0x66a8c860u, 0x42595e46u}, {0x3c413d3au, 0xc08e158fu},
          {0x6f31a8ecu, 0x42845a89u},
      });
}
