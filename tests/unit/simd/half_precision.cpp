// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <vector>

#include <Eigen/Core>

#include <detops/simd/half_precision.hpp>

#include "catch.hpp"

using namespace detops;

namespace {

constexpr std::size_t width = simd::register_lanes<float>;

template <class T>
std::size_t count_wrong(const std::vector<float>& values) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i + width <= values.size(); i += width) {
    T rounded[width];
    simd::store_narrowed(simd::lanes<float, width>::load(values.data() + i), rounded);
    for (std::size_t k = 0; k < width; ++k) {
      wrong += detail::half_bits(rounded[k]) != detail::half_bits(detail::narrow<T>(values[i + k]));
    }
  }
  return wrong;
}

} // namespace

TEMPLATE_TEST_CASE("simd/half_precision: every element is widened as it is alone", "", Eigen::half,
                   Eigen::bfloat16) {
  std::size_t wrong = 0;
  for (std::uint64_t first = 0; first < 65536; first += width) {
    TestType elements[width];
    float wide[width];
    for (std::size_t k = 0; k < width; ++k) {
      elements[k] = detail::element_from_bits<TestType>(first + k);
    }
    simd::load_widened<width>(static_cast<const TestType*>(elements)).store(wide);
    for (std::size_t k = 0; k < width; ++k) {
      const float alone = detail::widen(elements[k]);
      // a signalling NaN may become quiet
      wrong +=
          detail::to_bits(detail::canonical(wide[k])) != detail::to_bits(detail::canonical(alone));
    }
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("simd/half_precision: floats are narrowed as they are alone", "", Eigen::half,
                   Eigen::bfloat16) {
  std::vector<float> values;
  // elements, what lies between two of them, and the floats beside both
  for (std::uint64_t bits = 0; bits < 65536; ++bits) {
    const std::uint32_t here =
        detail::to_bits(detail::widen(detail::element_from_bits<TestType>(bits)));
    const std::uint32_t next =
        detail::to_bits(detail::widen(detail::element_from_bits<TestType>(bits + 1)));
    const std::uint32_t between = here + (next - here) / 2;
    for (const std::uint32_t word : {here - 1, here, here + 1, between - 1, between, between + 1}) {
      values.push_back(detail::from_bits<float>(word));
    }
  }
  std::mt19937 random(5);
  for (int i = 0; i < 1 << 20; ++i) {
    values.push_back(detail::from_bits<float>(static_cast<std::uint32_t>(random())));
  }
  CHECK(count_wrong<TestType>(values) == 0);
}
