// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <Eigen/Core>

#include <detops/reduce.hpp>

#include "catch.hpp"
#include "plain.hpp"

using namespace detops;

namespace accumulator_tests {

template <class T>
std::vector<T> random_values(std::size_t n, std::mt19937_64& random) {
  std::vector<T> x(n);
  for (T& value : x) {
    value = static_cast<T>(std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                                      static_cast<int>(random() % 60) - 90));
  }
  return x;
}

template <class T>
bool same(T a, T b) {
  return detail::to_bits(a) == detail::to_bits(b);
}

/// add(first, count, spaced) for random chunks that cover [0, n).
template <class Random, class Add>
void in_chunks(std::size_t n, Random& random, const Add& add) {
  for (std::size_t i = 0; i < n;) {
    const std::size_t most = random() % 3 == 0 ? 5 : 200;
    const std::size_t count = std::min<std::size_t>(n - i, random() % most);
    add(i, count, random() % 2 == 0);
    i += count;
  }
}

/// Elements [first, first + count) of x, of which `storage` may hold a spaced copy.
template <class T>
vector_view<const T> chunk(const std::vector<T>& x, std::size_t first, std::size_t count,
                           bool spaced, std::vector<T>& storage) {
  if (!spaced) {
    return {x.data() + first, count};
  }
  storage.assign(3 * count + 1, T{7});
  for (std::size_t k = 0; k < count; ++k) {
    storage[3 * k] = x[first + k];
  }
  return {storage.data(), count, 3};
}

/// A right part may follow where the contract says so: bits of the whole; else nothing is changed.
template <class T, class Accumulator, class Fill>
void check_merge(std::size_t n, std::size_t cut, std::size_t lanes, const Fill& fill, T whole) {
  Accumulator left, right, part;
  fill(left, 0, cut);
  fill(part, 0, cut);
  fill(right, cut, n);
  std::size_t unit = lanes; // 1 element for a merge that is always allowed
  while (lanes > 1 && 2 * unit <= (n - cut + lanes - 1) / lanes * lanes) {
    unit *= 2;
  }
  INFO(cut << " + " << n - cut << " elements");
  if (n > cut && cut % unit != 0) {
    REQUIRE_THROWS_AS(left.merge(right), std::invalid_argument);
    REQUIRE(same(left.value(), part.value()));
    return;
  }
  left.merge(right);
  REQUIRE(same(left.value(), whole));
  fill(left, 0, n); // it goes on as if there had been no merge
  fill(part, cut, n);
  fill(part, 0, n);
  REQUIRE(same(left.value(), part.value()));
}

template <class T, class Policy>
constexpr std::size_t lanes_of = std::same_as<Policy, exact_t>                             ? 1
                                 : std::same_as<Policy, wide_t> || std::same_as<T, double> ? 8
                                                                                           : 16;

template <class T, class Policy>
void check_sums(Policy policy) {
  using sums = accumulator<T, Policy>;
  const unsigned seed = 20261122;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::vector<T> storage;
  for (int trial = 0; trial < 2000; ++trial) {
    const auto x = random_values<T>(random() % 900, random);
    sums chunks;
    in_chunks(x.size(), random, [&](std::size_t i, std::size_t count, bool spaced) {
      if (count == 1) {
        chunks.add(x[i]);
      } else {
        chunks.add(chunk(x, i, count, spaced, storage));
      }
    });
    const T whole = sum(x, policy);
    REQUIRE(same(chunks.value(), whole));
    const auto fill = [&](sums& to, std::size_t first, std::size_t last) {
      to.add(vector_view<const T>(x.data() + first, last - first));
    };
    const std::size_t cut =
        std::min<std::size_t>(x.size(), random() % 12 * (random() % 9 == 0 ? 7 : 16));
    check_merge<T, sums>(x.size(), cut, lanes_of<T, Policy>, fill, whole);
  }
}

template <class T, class Policy>
void check_dots(Policy policy) {
  using dots = dot_accumulator<T, Policy>;
  const unsigned seed = 20261126;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::vector<T> storage_x, storage_y;
  for (int trial = 0; trial < 1000; ++trial) {
    const auto x = random_values<T>(random() % 900, random);
    const auto y = random_values<T>(x.size(), random);
    dots chunks;
    in_chunks(x.size(), random, [&](std::size_t i, std::size_t count, bool spaced) {
      if (count == 1) {
        chunks.add(x[i], y[i]);
      } else {
        chunks.add(chunk(x, i, count, spaced, storage_x),
                   chunk(y, i, count, random() % 2 == 0, storage_y));
      }
    });
    const T whole = dot(x, y, policy);
    REQUIRE(chunks.count() == x.size());
    REQUIRE(same(chunks.value(), whole));
    if constexpr (std::same_as<Policy, pairwise_t> || std::same_as<Policy, kahan_t>) {
      REQUIRE(same(whole, test::plain_dot(x, y, std::same_as<Policy, kahan_t>)));
    }
    const auto fill = [&](dots& to, std::size_t first, std::size_t last) {
      to.add(vector_view<const T>(x.data() + first, last - first),
             vector_view<const T>(y.data() + first, last - first));
    };
    check_merge<T, dots>(x.size(), std::min<std::size_t>(x.size(), random() % 12 * 16),
                         lanes_of<T, Policy>, fill, whole);
  }
}

TEMPLATE_TEST_CASE("reduce/accumulator chunks", "", float, double) {
  check_sums<TestType>(pairwise);
  check_sums<TestType>(kahan);
  check_sums<TestType>(wide);
  check_sums<TestType>(exact);
}

TEMPLATE_TEST_CASE("reduce/accumulator chunks of a dot product", "", float, double) {
  check_dots<TestType>(pairwise);
  check_dots<TestType>(kahan);
  check_dots<TestType>(wide);
  check_dots<TestType>(exact);
}

TEMPLATE_TEST_CASE("reduce/accumulator chunks of a product", "", float, double) {
  using T = TestType;
  using products = prod_accumulator<T>;
  std::mt19937_64 random(5);
  std::vector<T> storage;
  for (int trial = 0; trial < 1000; ++trial) {
    std::vector<T> x(random() % 900);
    for (T& value : x) { // their product stays in range
      value = static_cast<T>(static_cast<double>(random() % 4096 + 4096) / 6000) *
              (random() % 2 == 0 ? T{1} : T{-1});
    }
    products chunks;
    in_chunks(x.size(), random, [&](std::size_t i, std::size_t count, bool spaced) {
      if (count == 1) {
        chunks.add(x[i]);
      } else {
        chunks.add(chunk(x, i, count, spaced, storage));
      }
    });
    const T whole = test::plain_prod(x);
    REQUIRE(chunks.count() == x.size());
    REQUIRE(same(chunks.value(), whole));
    REQUIRE(same(prod(x), whole));
    const auto fill = [&](products& to, std::size_t first, std::size_t last) {
      to.add(vector_view<const T>(x.data() + first, last - first));
    };
    check_merge<T, products>(x.size(), std::min<std::size_t>(x.size(), random() % 12 * 16),
                             lanes_of<T, pairwise_t>, fill, whole);
  }
}

TEMPLATE_TEST_CASE("reduce/accumulator of nothing, of zeros, of NaN", "", float, double) {
  using T = TestType;
  const T nan = detail::from_bits<T>(detail::to_bits(std::numeric_limits<T>::quiet_NaN()) | 5);
  const auto check = [&](auto accumulator, T nothing, T of_zeros) {
    REQUIRE(same(accumulator.value(), nothing));
    accumulator.merge(decltype(accumulator){});
    REQUIRE(same(accumulator.value(), nothing));
    const auto add = [&](T value) {
      if constexpr (requires { accumulator.add(value, T{1}); }) {
        accumulator.add(value, T{1});
      } else {
        accumulator.add(value);
      }
    };
    for (int i = 0; i < 40; ++i) { // rows that are full, and one that is not
      add(-T{0});
      if (i % 2 == 0) {
        REQUIRE(same(accumulator.value(), of_zeros));
      }
    }
    add(nan);
    REQUIRE(same(accumulator.value(), detail::canonical_nan<T>()));
  };
  check(accumulator<T>{}, T{0}, -T{0});
  check(accumulator<T, kahan_t>{}, T{0}, -T{0});
  check(accumulator<T, wide_t>{}, T{0}, -T{0});
  check(accumulator<T, exact_t>{}, T{0}, -T{0});
  check(dot_accumulator<T>{}, T{0}, -T{0});
  check(dot_accumulator<T, kahan_t>{}, T{0}, -T{0});
  check(dot_accumulator<T, wide_t>{}, T{0}, -T{0});
  check(dot_accumulator<T, exact_t>{}, T{0}, -T{0});
  check(prod_accumulator<T>{}, T{1}, -T{0}); // of an odd count
}

TEMPLATE_TEST_CASE("reduce/accumulator of 16-bit elements, and of rows of a matrix", "",
                   Eigen::half, Eigen::bfloat16) {
  using T = TestType;
  std::mt19937_64 random(6);
  std::vector<T> x(12 * 31), y(12 * 31);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<T>(1.0f + static_cast<float>(random() % 64) / 256);
    y[i] = detail::element_from_bits<T>(random() % 0x300 + 1); // subnormal ones among them
  }
  const auto half = [](const auto& accumulator) { return detail::half_bits(accumulator.value()); };
  const matrix_view<const T> a(x.data(), 31, 12, 1, 31), b(y.data(), 31, 12); // a: by columns
  const auto check = [&](auto policy) {
    using P = decltype(policy);
    accumulator<T, P> sums;
    dot_accumulator<T, P> dots;
    for (std::size_t i = 0; i < 31; ++i) {
      sums.add(b.row(i));
      dots.add(a.row(i), b.row(i));
    }
    REQUIRE(half(sums) == detail::half_bits(sum(b, policy)));
    REQUIRE(half(dots) == detail::half_bits(dot(a, b, policy)));
    accumulator<T, P> whole;
    dot_accumulator<T, P> both;
    whole.add(a);
    both.add(a, b);
    REQUIRE(half(whole) == detail::half_bits(sum(a, policy)));
    REQUIRE(half(both) == detail::half_bits(dot(a, b, policy)));
  };
  check(pairwise);
  check(kahan);
  check(wide);
  check(exact);
  prod_accumulator<T> products;
  for (std::size_t i = 0; i < 20; ++i) {
    products.add(x[i]);
  }
  REQUIRE(half(products) == detail::half_bits(prod(vector_view<const T>(x.data(), 20))));
}

TEST_CASE("reduce/accumulator misuse names the operation and the shapes") {
  const std::vector<float> three(3, 2), four(4, 2);
  dot_accumulator<float> dots, right;
  CHECK_THROWS_WITH(dots.add(three, four),
                    "detops::dot_accumulator::add: x [1x3] and y [1x4] differ in shape");
  CHECK_THROWS_WITH(dots.add(vector_view<const float>(nullptr, 3), three),
                    "detops::dot_accumulator::add: x [1x3] has null data");
  CHECK_THROWS_WITH(accumulator<float>().add(vector_view<const float>(nullptr, 3)),
                    "detops::accumulator::add: x [1x3] has null data");
  CHECK_THROWS_WITH(prod_accumulator<float>().add(vector_view<const float>(nullptr, 3)),
                    "detops::prod_accumulator::add: x [1x3] has null data");
  dots.add(three, three);
  right.add(four, four);
  CHECK_THROWS_WITH(dots.merge(right),
                    "detops::dot_accumulator::merge: the right part of 4 elements "
                    "can follow only a multiple of 16 elements, not 3");
  CHECK(dots.value() == 12);
  prod_accumulator<double> left_product, right_product;
  left_product.add(2.0);
  right_product.add(3.0);
  CHECK_THROWS_WITH(left_product.merge(right_product),
                    detops_test::contains("prod_accumulator::merge"));
  CHECK(left_product.value() == 2);
}

TEST_CASE("reduce/accumulator merged with itself") {
  const std::vector<float> x(64, 1.5f);
  accumulator<float> sums;
  sums.add(x);
  sums.merge(sums);
  CHECK(sums.value() == 192);
  CHECK(sums.count() == 128);
}

TEST_CASE("reduce/accumulator merge states its condition") {
  accumulator<float> left, right;
  left.add(1.0f);
  right.add(2.0f);
  REQUIRE_THROWS_WITH(left.merge(right), Catch::Contains("a multiple of 16"));
  REQUIRE(left.value() == 1);
  REQUIRE(left.count() == 1);
}

TEMPLATE_TEST_CASE("reduce/accumulator exact: any order, removal, bytes", "", float, double) {
  using T = TestType;
  const unsigned seed = 7;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int trial = 0; trial < 300; ++trial) {
    auto x = random_values<T>(random() % 300, random);
    x.insert(x.end(), {std::numeric_limits<T>::max(), std::numeric_limits<T>::max(),
                       -std::numeric_limits<T>::max(), std::numeric_limits<T>::denorm_min()});
    accumulator<T, exact_t> forward, backward, parts[3];
    forward.add(x);
    const auto expected = forward.save();
    std::shuffle(x.begin(), x.end(), random);
    for (const T& value : x) {
      backward.add(value);
      parts[random() % 3].add(value);
    }
    parts[2].merge(parts[0]);
    parts[1].merge(parts[2]);
    REQUIRE(backward.save() == expected);
    REQUIRE(parts[1].save() == expected);
    REQUIRE(same(backward.value(), sum(x, exact)));

    auto loaded = accumulator<T, exact_t>::load(expected);
    loaded.add(std::numeric_limits<T>::infinity());
    loaded.add(std::numeric_limits<T>::quiet_NaN());
    REQUIRE(std::isnan(loaded.value()));
    loaded.remove(std::numeric_limits<T>::quiet_NaN());
    REQUIRE(std::isinf(loaded.value()));
    loaded.remove(std::numeric_limits<T>::infinity());
    REQUIRE(loaded.save() == expected);
    for (const T& value : x) {
      loaded.remove(value);
    }
    REQUIRE(same(loaded.value(), T{0}));
    loaded.add_products(x, x);
    REQUIRE(same(loaded.value(), dot(x, x, exact)));
    for (const T& value : x) {
      loaded.remove_product(value, value);
    }
    REQUIRE(same(loaded.value(), T{0}));
  }
}

TEST_CASE("reduce/accumulator refuses foreign bytes") {
  using exact_float = accumulator<float, exact_t>;
  auto bytes = exact_float().save();
  REQUIRE(exact_float::load(bytes).save() == bytes);
  REQUIRE_THROWS_AS(exact_float::load(std::span(bytes).first(bytes.size() - 1)),
                    std::invalid_argument);
  REQUIRE_THROWS_AS((accumulator<double, exact_t>::load(bytes)), std::invalid_argument);
  bytes[0] = std::byte{0};
  REQUIRE_THROWS_AS(exact_float::load(bytes), std::invalid_argument);
}

TEST_CASE("reduce/accumulator exact: many equal values") {
  accumulator<float, exact_t> total;
  const std::vector<float> tenth(1 << 16, 0.1f);
  for (int i = 0; i < 1 << 8; ++i) {
    total.add(tenth);
  }
  REQUIRE(total.value() == 0.1f * 16777216.0f); // 2^24 copies: exact, as a power of two times 0.1f
}

} // namespace accumulator_tests
