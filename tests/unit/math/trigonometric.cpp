// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <detops/exec.hpp>
#include <detops/math.hpp>

#include "catch.hpp"
#include "float_function.hpp"

using namespace detops;

TEST_CASE("math/trigonometric: sinpi at special values and the hardest inputs") {
  test::check_float_function(
      [](float x) { return detops::sinpi(x); },
      [](const auto& in, auto&& out) { detops::sinpi(in, out); },
      [](const thread_pool& pool, const auto& in, auto& out) { detops::sinpi(pool, in, out); },
      {
          {0x00000000u, 0x00000000u},                             // +0
          {0x80000000u, 0x80000000u},                             // -0
          {0x7f800000u, 0x7fc00000u},                             // infinities
          {0xff800000u, 0x7fc00000u}, {0x7f800001u, 0x7fc00000u}, // signalling NaN
          {0x7fc00123u, 0x7fc00000u}, {0xffc00000u, 0x7fc00000u},
          {0xff800001u, 0x7fc00000u}, {0x3f800000u, 0x00000000u}, // 1
          {0xbf800000u, 0x80000000u},                             // -1
          {0x40000000u, 0x00000000u},                             // 2
          {0xc0400000u, 0x80000000u},                             // -3
          {0x3f000000u, 0x3f800000u},                             // 1/2
          {0xbf000000u, 0xbf800000u},                             // -1/2
          {0x3fc00000u, 0xbf800000u},                             // 3/2
          {0x40200000u, 0x3f800000u},                             // 5/2
          {0x4affffffu, 0xbf800000u},                             // 2^23 - 1/2
          {0xcafffffeu, 0x80000000u}, {0x4b000001u, 0x00000000u}, // odd, without fraction
          {0x4b7fffffu, 0x00000000u}, {0x4b800000u, 0x00000000u}, // 2^24
          {0x7f7fffffu, 0x00000000u}, {0xff7fffffu, 0x80000000u},
          {0x00000001u, 0x00000003u}, // smallest subnormal
          {0x80000001u, 0x80000003u}, {0x00800000u, 0x01490fdbu},
          {0x3dfd7f58u, 0x3ec21dd8u}, // near the middle between floats
          {0x3f605015u, 0x3ec21dd8u}, {0x34e54db5u, 0x35b41836u},
          {0x386acaf6u, 0x393867e5u}, {0x3ceeb990u, 0x3dbb3b76u},
          {0x3d80c8a4u, 0x3e48fad5u},
      });
}
TEST_CASE("math/trigonometric: cospi at special values and the hardest inputs") {
  test::check_float_function(
      [](float x) { return detops::cospi(x); },
      [](const auto& in, auto&& out) { detops::cospi(in, out); },
      [](const thread_pool& pool, const auto& in, auto& out) { detops::cospi(pool, in, out); },
      {
          {0x00000000u, 0x3f800000u},                             // +0
          {0x80000000u, 0x3f800000u},                             // -0
          {0x7f800000u, 0x7fc00000u},                             // infinities
          {0xff800000u, 0x7fc00000u}, {0x7f800001u, 0x7fc00000u}, // signalling NaN
          {0x7fc00123u, 0x7fc00000u}, {0xffc00000u, 0x7fc00000u},
          {0xff800001u, 0x7fc00000u}, {0x3f800000u, 0xbf800000u}, // 1
          {0xbf800000u, 0xbf800000u},                             // -1
          {0x40000000u, 0x3f800000u},                             // 2
          {0x3f000000u, 0x00000000u},                             // 1/2
          {0xbf000000u, 0x00000000u},                             // -1/2
          {0x3fc00000u, 0x00000000u},                             // 3/2
          {0xc0200000u, 0x00000000u},                             // -5/2
          {0x4affffffu, 0x00000000u},                             // 2^23 - 1/2
          {0x4b000001u, 0xbf800000u},                             // odd, without fraction
          {0x4b7fffffu, 0xbf800000u}, {0x4b800000u, 0x3f800000u}, // 2^24
          {0x7f7fffffu, 0x3f800000u}, {0xff7fffffu, 0x3f800000u},
          {0x00000001u, 0x3f800000u}, // smallest subnormal
          {0x3ec0a02au, 0x3ec21dd8u}, // near the middle between floats
          {0x3f1fafebu, 0xbec21dd8u}, {0x398721a7u, 0x3f7ffffbu},
          {0x3ef11467u, 0x3dbb3b76u}, {0x3edfcdd7u, 0x3e48fad5u},
          {0x390d23e4u, 0x3f7fffffu},
      });
}
