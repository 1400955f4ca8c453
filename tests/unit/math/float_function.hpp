// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What holds for every function of one float, given a table of inputs and correctly rounded
// results.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include <detops/exec.hpp>
#include <detops/math/map.hpp>

#include "catch.hpp"
#include "values.hpp"

namespace test {

struct row {
  std::uint32_t in;
  std::uint32_t out;
};

template <class Scalar, class Array, class Pooled>
void check_float_function(Scalar scalar, Array array, Pooled pooled,
                          const std::vector<row>& table) {
  std::vector<float> in;
  std::vector<float> expected;
  for (const row& r : table) {
    const float x = std::bit_cast<float>(r.in);
    const float y = std::bit_cast<float>(r.out);
    INFO("x = " << x << ", bits " << std::hex << r.in << ", expected " << r.out << ", got "
                << std::bit_cast<std::uint32_t>(scalar(x)));
    CHECK(same(scalar(x), y));
    in.push_back(x);
    expected.push_back(y);
  }

  // Any place in an array of any length: ordinary values around it, or the rest of the table.
  for (const float filler : {0.5f, 1.25f, std::numeric_limits<float>::quiet_NaN()}) {
    for (std::size_t n = 1; n <= 67; ++n) {
      std::vector<float> x(n, filler);
      std::vector<float> y(n);
      for (std::size_t k = 0; k < in.size(); ++k) {
        const std::size_t place = (k * 7 + n) % n;
        x[place] = in[k];
        array(x, y);
        if (!same(y[place], expected[k]) || (n > 1 && !same(y[(place + 1) % n], scalar(filler)))) {
          FAIL("row " << k << " at " << place << " of " << n);
        }
        x[place] = filler;
      }
    }
  }

  // many values: array = scalar, in place, strided, by rows and columns, and with any number of
  // threads
  std::vector<float> x = any_values<float>(20000, 1);
  const std::vector<float> near = ordinary_values<float>(20000, 2);
  x.insert(x.end(), near.begin(), near.end());
  std::vector<float> y(x.size());
  std::vector<float> from_scalars(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    from_scalars[i] = scalar(x[i]);
  }
  array(x, y);
  CHECK(same(y, from_scalars));
  for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
    const detops::thread_pool pool(threads);
    std::vector<float> z(x.size());
    pooled(pool, x, z);
    CHECK(same(z, from_scalars));
  }
  std::vector<float> z = x;
  array(z, z);
  CHECK(same(z, from_scalars));
  z = x;
  const detops::matrix_view<float> by_columns(z.data(), 200, 200, 1, 200);
  array(by_columns, by_columns);
  CHECK(same(z, from_scalars));
  std::vector<float> transposed(x.size());
  array(detops::matrix_view<const float>(x.data(), 200, 200),
        detops::matrix_view<float>(transposed.data(), 200, 200, 1, 200));
  array(detops::matrix_view<const float>(x.data(), 200, 200).transposed(),
        detops::matrix_view<float>(z.data(), 200, 200));
  CHECK(same(z, transposed));
  CHECK(same(z[1], from_scalars[200]));
  z = x;
  const detops::vector_view<float> odd(z.data() + 1, z.size() / 2, 2);
  array(odd, odd);
  bool right = true;
  for (std::size_t i = 0; i < z.size(); ++i) {
    right = right && same(z[i], i % 2 == 1 ? from_scalars[i] : x[i]);
  }
  CHECK(right);
}

} // namespace test
