// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The order of contract section 3 along k, revealed by probing matmul as a black box: each row of A
// (or column of B) is one vector to sum, the other operand is all ones.
#include <algorithm>
#include <vector>

#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "catch.hpp"
#include "summation_order.hpp"

using detops::matmul;
using detops::matrix_view;

namespace order_tests {

/// Section 3 as it reads: blocks of 256 from the left, combined by fold. (Each block starts from
/// +0, which leaves no trace in a tree.)
test::tree contract_tree(std::size_t k) {
  std::vector<test::tree> blocks;
  for (std::size_t first = 0; first < k; first += 256) {
    blocks.push_back(test::chain(first, std::min(k, first + 256)));
  }
  return test::sorted(test::fold(std::move(blocks)));
}

enum class values_in { a, b };

/// 60 pairs at a time against `others` columns (or rows) of ones, which must all say the same.
template <class T, class E>
auto probe_product(E& exec, std::size_t k, values_in side, std::size_t others) {
  return [&exec, k, side, others](const std::vector<test::leaf_pair>& pairs) {
    std::vector<std::size_t> sizes;
    std::vector<T> ones(others * k, T{1});
    for (std::size_t first = 0; first < pairs.size(); first += 60) {
      const std::size_t count = std::min<std::size_t>(60, pairs.size() - first);
      std::vector<T> values(count * k, T{1});
      std::vector<T> sums(count * others);
      for (std::size_t p = 0; p < count; ++p) {
        const auto& [i, j] = pairs[first + p];
        values[side == values_in::a ? p * k + i : i * count + p] = test::huge<T>;
        values[side == values_in::a ? p * k + j : j * count + p] = -test::huge<T>;
      }
      if (side == values_in::a) {
        matmul(exec, {values.data(), count, k}, {ones.data(), k, others},
               matrix_view<T>(sums.data(), count, others));
      } else {
        matmul(exec, {ones.data(), others, k}, {values.data(), k, count},
               matrix_view<T>(sums.data(), others, count));
      }
      const std::size_t step = side == values_in::a ? 1 : count;
      for (std::size_t p = 0; p < count; ++p) {
        const T* found = sums.data() + (side == values_in::a ? p * others : p);
        bool agree = true;
        for (std::size_t c = 0; c < others; ++c) {
          agree = agree && found[c * step] == found[0];
        }
        sizes.push_back(agree ? test::size_of_meeting(found[0], k) : 0);
      }
    }
    return sizes;
  };
}

std::vector<std::size_t> small_depths() {
  std::vector<std::size_t> depths(40);
  std::iota(depths.begin(), depths.end(), std::size_t{1});
  return depths;
}
constexpr std::size_t depths[] = {255, 256, 257,  258,  511,  512,  513,  767,  768,
                                  769, 770, 1023, 1024, 1025, 2047, 2048, 2049, 2050};

TEMPLATE_TEST_CASE("matmul/order: each pair of a few k meets where the contract says", "", float,
                   double) {
  using T = TestType;
  for (const std::size_t k : small_depths()) {
    for (const values_in side : {values_in::a, values_in::b}) {
      CAPTURE(k, static_cast<int>(side));
      const test::tree expected = contract_tree(k);
      auto probe = probe_product<T>(detops::seq, k, side, 3);
      CHECK(test::reveal(probe, k) == expected);
      CHECK(test::other_pairs(probe, expected) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("matmul/order: blocks of 256 from the left, combined by fold", "", float,
                   double) {
  using T = TestType;
  for (const std::size_t k : depths) {
    CAPTURE(k);
    auto probe = probe_product<T>(detops::seq, k, values_in::a, 2);
    CHECK(test::reveal(probe, k) == contract_tree(k));
    auto other_side = probe_product<T>(detops::seq, k, values_in::b, 3);
    CHECK(test::other_meetings(other_side, contract_tree(k)) == 0);
  }
}

TEMPLATE_TEST_CASE("matmul/order: tiles of several threads have the same order", "", float,
                   double) {
  using T = TestType;
  const detops::thread_pool pool(3);
  for (const std::size_t k : {258u, 770u, 1025u}) {
    CAPTURE(k);
    const std::size_t others = 3 * (std::size_t{1} << 19) / (60 * k) + 8; // work for three threads
    auto probe = probe_product<T>(pool, k, values_in::a, others);
    CHECK(test::other_meetings(probe, contract_tree(k)) == 0);
  }
}

TEMPLATE_TEST_CASE("matmul/order: other orders reveal other trees", "", float, double) {
  using T = TestType;
  const auto from_the_left = [](const std::vector<T>& x) {
    volatile T total = 0;
    for (const T value : x) {
      total = total + value;
    }
    return T(total);
  };
  const auto even_and_odd = [](const std::vector<T>& x) {
    volatile T totals[2] = {0, 0};
    for (std::size_t i = 0; i < x.size(); ++i) {
      totals[i % 2] = totals[i % 2] + x[i];
    }
    return T(totals[0] + totals[1]);
  };
  for (const std::size_t k : {3u, 40u, 256u, 257u, 258u, 770u}) {
    CAPTURE(k);
    const test::tree contract = contract_tree(k);
    auto left = test::probe_vectors<T>(k, from_the_left);
    CHECK(test::reveal(left, k) == test::sorted(test::chain(0, k)));
    // a second block of one element is the next link of the chain
    CHECK((test::reveal(left, k) != contract) == (k > 257));
    CHECK((test::other_meetings(left, contract) != 0) == (k > 257));
    auto two = test::probe_vectors<T>(k, even_and_odd);
    CHECK(test::reveal(two, k) != contract);
    CHECK(test::other_meetings(two, contract) != 0);
  }
}

} // namespace order_tests
