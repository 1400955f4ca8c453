// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <detops/verify.hpp>

#include "catch.hpp"

using namespace detops;

TEST_CASE("verify/digest: values and shape enter, layout does not") {
  const std::vector<float> x{1, 2, 3, 4, 5, 6};
  const std::vector<float> column_major{1, 4, 2, 5, 3, 6};
  const matrix_view<const float> a(x.data(), 2, 3);
  const matrix_view<const float> b(column_major.data(), 2, 3, 1, 2);
  CHECK(digest(a) == digest(b));
  CHECK(digest(a) != digest(matrix_view<const float>(x.data(), 3, 2)));
  CHECK(digest(a) != digest(x));
  std::vector<float> spread(3000);
  std::vector<float> dense(1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    dense[i] = spread[3 * i] = static_cast<float>(i);
  }
  CHECK(digest(dense) == digest(vector_view<float>(spread.data(), 1000, 3)));
  CHECK(digest(std::vector<float>{0.0f}) != digest(std::vector<float>{-0.0f}));
  CHECK(digest(std::vector<std::int32_t>{1}) != digest(std::vector<std::uint32_t>{1}));
  CHECK(digest(std::vector<float>{}) != digest(std::vector<double>{}));
  CHECK(digest(a).hex().size() == 32);
  CHECK_THROWS_AS(digest(vector_view<const float>(nullptr, 2)), std::invalid_argument);
}

TEST_CASE("verify/digest: hex puts the high half first") {
  CHECK(fingerprint{0x0123456789abcdefu, 0xfedcba9876543210u}.hex() ==
        "0123456789abcdeffedcba9876543210");
}

TEST_CASE("verify/compare: the first difference and its distance") {
  std::vector<float> a(12, 1.0f);
  std::vector<float> b = a;
  const matrix_view<float> x(a.data(), 3, 4);
  const matrix_view<float> y(b.data(), 3, 4);
  CHECK(!compare(a, b));
  b[6] = 1.0f + 3 * std::numeric_limits<float>::epsilon();
  b[11] = 2;
  const auto found = compare(x, y);
  REQUIRE(found);
  CHECK(found->row == 1);
  CHECK(found->col == 2);
  CHECK(found->ulp == 3);
  CHECK(found->count == 2);
  CHECK(found->text() ==
        "element (1, 2): 0x1p+0 and 0x1.000006p+0, 3 ulp apart; 2 elements differ in all");
  CHECK(compare(std::vector<float>{0.0f}, std::vector<float>{-0.0f})->ulp == 1);
  CHECK(
      compare(std::vector<double>{1}, std::vector<double>{std::numeric_limits<double>::quiet_NaN()})
          ->ulp == std::numeric_limits<std::uint64_t>::max());
  CHECK(compare(std::vector<float>{-0x1p-149f}, std::vector<float>{0x1p-149f})->ulp == 3);
  CHECK_THROWS_WITH(compare(a, std::vector<float>(3)),
                    "detops::compare: a [1x12] and b [1x3] differ in shape");
}
