// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <detops/simd/side_by_side.hpp>

#include "catch.hpp"

using namespace detops;

namespace {

template <class T>
struct rows_of {
  static constexpr std::size_t row = simd::row_lanes<T>, rows = simd::rows_side_by_side<T>,
                               size = row * rows;
  std::vector<T> values = std::vector<T>(size);

  rows_of() {
    // sums of these are exact and say which they are
    for (std::size_t i = 0; i < size; ++i) {
      values[i] = static_cast<T>(1 << (i % row)) + static_cast<T>(i / row) / 8;
    }
  }
  template <std::size_t Distance>
  void check_add_shifted() const {
    std::vector<T> result(size);
    simd::store_rows(simd::add_shifted_in_rows<Distance>(simd::load_rows(values.data())),
                     result.data());
    for (std::size_t i = 0; i < size; ++i) {
      INFO("distance " << Distance << ", row " << i / row << ", lane " << i % row);
      CHECK(result[i] == (i % row < Distance ? values[i] : values[i - Distance] + values[i]));
    }
    if constexpr (2 * Distance < row) {
      check_add_shifted<2 * Distance>();
    }
  }
};

} // namespace

TEMPLATE_TEST_CASE("simd/side_by_side: lanes are added inside their rows", "", float, double) {
  const rows_of<TestType> x;
  std::vector<TestType> copy(x.size);
  simd::store_rows(simd::load_rows(x.values.data()), copy.data());
  CHECK(copy == x.values);
  x.template check_add_shifted<1>();
}

TEMPLATE_TEST_CASE("simd/side_by_side: -0 stays where nothing is added", "", float, double) {
  constexpr std::size_t size = rows_of<TestType>::size;
  std::vector<TestType> x(size, -TestType{0});
  simd::store_rows(simd::add_shifted_in_rows<1>(simd::load_rows(x.data())), x.data());
  for (const TestType value : x) {
    CHECK(detail::to_bits(value) == detail::sign_bit<TestType>);
  }
}

TEMPLATE_TEST_CASE("simd/side_by_side: a sum goes from row to row", "", float, double) {
  using T = TestType;
  constexpr std::size_t width = simd::register_lanes<T>, group = 16 / sizeof(T);
  const rows_of<T> x;
  auto sum = simd::broadcast_in_group(T{1000});
  T before[width];
  simd::sums_before_rows(sum, simd::load_rows(x.values.data())).store(before);
  T expected = 1000;
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t l = 0; l < group; ++l) {
      CHECK(before[r * group + l] == expected);
    }
    expected += x.values[r * x.row + x.row - 1];
  }
  CHECK(sum[0] == expected);
}
