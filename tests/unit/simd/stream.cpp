// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <detops/simd/stream.hpp>

#include "catch.hpp"

using namespace detops;

TEMPLATE_TEST_CASE("simd/stream: copies as many as it is told to, wherever a line begins", "",
                   float, double) {
  std::vector<TestType> from(300);
  for (std::size_t i = 0; i < from.size(); ++i) {
    from[i] = static_cast<TestType>(i + 1);
  }
  for (std::size_t first = 0; first < 20; ++first) {
    for (const std::size_t count : {0u, 1u, 7u, 15u, 16u, 17u, 64u, 100u, 200u}) {
      std::vector<TestType> to(300), expected(300);
      std::copy_n(from.begin(), count, expected.begin() + static_cast<std::ptrdiff_t>(first));
      simd::stream(from.data(), to.data() + first, count, from.data());
      simd::stream_fence();
      INFO("from " << first << " on " << count);
      CHECK(to == expected);
    }
  }
}
