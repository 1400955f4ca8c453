// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The tree of contract section 2, revealed by probing sum and dot as black boxes.
#include <algorithm>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"
#include "summation_order.hpp"

using namespace detops;

namespace order_tests {

/// Section 2 as it reads: rows of 64 bytes, down the rows lane by lane, across the lanes in halves.
test::tree contract_tree(std::size_t n, std::size_t element_bytes) {
  const std::size_t width = 64 / element_bytes;
  std::vector<test::tree> lanes;
  for (std::size_t lane = 0; lane < std::min(width, n); ++lane) {
    std::vector<test::tree> column;
    for (std::size_t i = lane; i < n; i += width) {
      column.push_back(test::leaf(i));
    }
    lanes.push_back(test::fold(std::move(column)));
  }
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half && lane + half < lanes.size(); ++lane) {
      lanes[lane] = test::node(std::move(lanes[lane]), lanes[lane + half]);
    }
  }
  return test::sorted(lanes[0]);
}

std::vector<std::size_t> sizes_up_to(std::size_t last) {
  std::vector<std::size_t> sizes(70);
  std::iota(sizes.begin(), sizes.end(), std::size_t{1});
  for (const std::size_t n : {127u, 128u, 129u, 130u, 255u, 256u, 257u, 258u, 511u, 512u, 513u,
                              1023u, 1024u, 1025u, 4095u, 4096u, 4097u}) {
    if (n <= last) {
      sizes.push_back(n);
    }
  }
  return sizes;
}

/// A probe against the contract: the whole tree revealed, and of few leaves each pair.
template <class T, class Probe>
void check_tree(std::size_t n, Probe probe) {
  INFO("n = " << n);
  const test::tree expected = contract_tree(n, sizeof(T));
  CHECK(test::reveal(probe, n) == expected);
  if (n <= 70) {
    CHECK(test::other_pairs(probe, expected) == 0);
  }
}

/// Lines of a matrix for many pairs at once: the sums along `axis`.
template <class T, class E>
auto probe_axis(E& exec, std::size_t n, std::size_t axis) {
  return [&exec, n, axis](const std::vector<test::leaf_pair>& pairs) {
    std::vector<std::size_t> sizes;
    for (std::size_t first = 0; first < pairs.size(); first += 100) {
      const std::size_t count = std::min<std::size_t>(100, pairs.size() - first);
      std::vector<T> data(n * count, T{1});
      std::vector<T> sums(count);
      const matrix_view<T> x =
          axis == 0 ? matrix_view<T>(data.data(), n, count) : matrix_view<T>(data.data(), count, n);
      for (std::size_t k = 0; k < count; ++k) {
        const vector_view<T> line = axis == 0 ? x.col(k) : x.row(k);
        line[pairs[first + k].i] = test::huge<T>;
        line[pairs[first + k].j] = -test::huge<T>;
      }
      sum(exec, x, axis, sums);
      for (const T value : sums) {
        sizes.push_back(test::size_of_meeting(value, n));
      }
    }
    return sizes;
  };
}

TEMPLATE_TEST_CASE("reduce/order: sum is the contract's tree", "", float, double) {
  using T = TestType;
  const thread_pool pool(3);
  for (const std::size_t n : sizes_up_to(4097)) {
    check_tree<T>(n, test::probe_vectors<T>(n, [](const std::vector<T>& x) { return sum(x); }));
    if (n <= 1025) {
      check_tree<T>(
          n, test::probe_vectors<T>(n, [&](const std::vector<T>& x) { return sum(pool, x); }));
    }
  }
}

TEMPLATE_TEST_CASE("reduce/order: strided vectors and matrices have the same tree", "", float,
                   double) {
  using T = TestType;
  for (const std::size_t n : sizes_up_to(258)) {
    check_tree<T>(n, test::probe_vectors<T>(n, [&](const std::vector<T>& x) {
                    std::vector<T> spread(3 * x.size(), T{1});
                    for (std::size_t i = 0; i < x.size(); ++i) {
                      spread[3 * (x.size() - 1 - i)] = x[i];
                    }
                    return sum(vector_view<T>(spread.data() + 3 * (x.size() - 1), x.size(), -3));
                  }));
    if (n % 2 == 0) { // two columns, stored column by column
      check_tree<T>(n, test::probe_vectors<T>(n, [&](const std::vector<T>& x) {
                      std::vector<T> columns(x.size());
                      for (std::size_t i = 0; i < x.size(); ++i) {
                        columns[i % 2 * (x.size() / 2) + i / 2] = x[i];
                      }
                      return sum(matrix_view<T>(columns.data(), x.size() / 2, 2, 1,
                                                static_cast<std::ptrdiff_t>(x.size() / 2)));
                    }));
    }
  }
}

TEMPLATE_TEST_CASE("reduce/order: dot is the same tree over products", "", float, double) {
  using T = TestType;
  for (const std::size_t n : sizes_up_to(1025)) {
    const std::vector<T> ones(n, T{1});
    check_tree<T>(n,
                  test::probe_vectors<T>(n, [&](const std::vector<T>& x) { return dot(x, ones); }));
  }
}

TEMPLATE_TEST_CASE("reduce/order: sums along an axis are the same tree", "", float, double) {
  using T = TestType;
  const thread_pool pool(3);
  for (const std::size_t axis : {0u, 1u}) {
    INFO("axis " << axis);
    for (const std::size_t n : sizes_up_to(513)) {
      check_tree<T>(n, probe_axis<T>(seq, n, axis));
    }
    for (const std::size_t n : {1023u, 1024u, 1025u, 4095u, 4096u, 4097u}) {
      INFO("n = " << n);
      auto probe = probe_axis<T>(pool, n, axis);
      CHECK(test::other_meetings(probe, contract_tree(n, sizeof(T))) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("reduce/order: blocks of several threads are nodes of the same tree", "", float,
                   double) {
  using T = TestType;
  const thread_pool pool(3);
  const std::size_t block = 1024 * 64 / sizeof(T); // two of them are handed out, or four
  for (const std::size_t n : {2 * block, 2 * block + 1, 4 * block - 1, 4 * block + 77}) {
    INFO("n = " << n);
    const test::tree expected = contract_tree(n, sizeof(T));
    auto serial = test::probe_vectors<T>(n, [](const std::vector<T>& x) { return sum(x); });
    auto threads = test::probe_vectors<T>(n, [&](const std::vector<T>& x) { return sum(pool, x); });
    CHECK(test::other_meetings(serial, expected, 31) == 0);
    CHECK(test::other_meetings(threads, expected, 31) == 0);
  }
}

TEMPLATE_TEST_CASE("reduce/order: other orders reveal other trees", "", float, double) {
  using T = TestType;
  const auto from_the_left = [](const std::vector<T>& x) {
    volatile T total = 0;
    for (const T value : x) {
      total = total + value;
    }
    return T(total);
  };
  const auto half_the_lanes = [](const std::vector<T>& x) { // as if rows had 32 bytes
    std::vector<T> lanes(32 / sizeof(T));
    for (std::size_t i = 0; i < x.size(); ++i) {
      volatile T total = lanes[i % lanes.size()] + x[i];
      lanes[i % lanes.size()] = total;
    }
    for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
      for (std::size_t lane = 0; lane < half; ++lane) {
        volatile T total = lanes[lane] + lanes[lane + half];
        lanes[lane] = total;
      }
    }
    return lanes[0];
  };
  for (const std::size_t n : {3u, 5u, 17u, 33u, 70u, 257u}) {
    INFO("n = " << n);
    const test::tree contract = contract_tree(n, sizeof(T));
    auto left = test::probe_vectors<T>(n, from_the_left);
    CHECK(test::reveal(left, n) == test::sorted(test::chain(0, n)));
    CHECK(test::reveal(left, n) != contract);
    CHECK(test::other_meetings(left, contract) != 0);
    CHECK(test::other_pairs(left, contract) != 0);
    auto narrow = test::probe_vectors<T>(n, half_the_lanes);
    // one row in two halves is what the contract does across the lanes
    CHECK((test::reveal(narrow, n) != contract) == (n > 64 / sizeof(T)));
    CHECK((test::other_meetings(narrow, contract) != 0) == (n > 64 / sizeof(T)));
  }
}

} // namespace order_tests
