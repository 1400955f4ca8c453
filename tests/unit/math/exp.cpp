// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <detops/exec.hpp>
#include <detops/math.hpp>

#include "catch.hpp"
#include "float_function.hpp"

using namespace detops;

TEST_CASE("math/exp: special values and the hardest inputs") {
  test::check_float_function(
      [](float x) { return detops::exp(x); },
      [](const auto& in, auto&& out) { detops::exp(in, out); },
      [](const thread_pool& pool, const auto& in, auto& out) { detops::exp(pool, in, out); },
      {
          {0x00000000u, 0x3f800000u}, // +0
          {0x80000000u, 0x3f800000u}, // -0
          {0x7f800000u, 0x7f800000u}, // +inf
          {0xff800000u, 0x00000000u}, // -inf
          {0x7f800001u, 0x7fc00000u}, // signalling NaN
          {0x7fc00123u, 0x7fc00000u}, {0xffc00000u, 0x7fc00000u},
          {0xff800001u, 0x7fc00000u}, {0x00000001u, 0x3f800000u}, // smallest subnormal
          {0x80000001u, 0x3f800000u}, {0x3f800000u, 0x402df854u}, // 1
          {0xbf800000u, 0x3ebc5ab2u},                             // -1
          {0x42b17217u, 0x7f7fff84u},                             // the last finite result
          {0x42b17218u, 0x7f800000u},                             // the first overflow
          {0x7f7fffffu, 0x7f800000u}, {0x43ffffffu, 0x7f800000u},
          {0x44000000u, 0x7f800000u},                             // 512
          {0xc2aeac50u, 0x007fffe6u},                             // the first subnormal results
          {0xc2ce8ed0u, 0x00000001u}, {0xc2cff1b4u, 0x00000001u}, // the last that is not 0
          {0xc2cff1b5u, 0x00000000u},                             // the first 0
          {0xc4000000u, 0x00000000u}, {0xff7fffffu, 0x00000000u},
          {0x33800000u, 0x3f800001u}, // 2^-24: above the middle by the next term
          {0x33800001u, 0x3f800001u}, {0xb3000000u, 0x3f800000u}, // -2^-25: likewise
          {0xc16912cdu, 0x34fd331bu},                             // near the middle between floats
          {0xbbf0edf1u, 0x3f7e1fe9u}, {0xc2b2e798u, 0x000f6dceu}, // and subnormal
          {0x377eff81u, 0x3f800080u}, {0xbae0e25cu, 0x3f7f8fa7u},
          {0x4288942bu, 0x70b7a4c5u},
      });
}
