// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Every element type in every policy: matmul has the bits of matmul_reference, whatever a result must not depend on; and
// by hand, what the policies are for.
#include "catch.hpp"

#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <Eigen/Core>

#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "matmul_ways.hpp"
#include "operands.hpp"

namespace policies_tests {

using detops::kahan;
using detops::matmul;
using detops::matmul_reference;
using detops::matrix_view;
using detops::pairwise;
using detops::wide;
using detops_test::layout;
using detops_test::product_of;
using detops_test::same_bits;
using detops_test::stored_matrix;
using detops_test::values;

template <class Check>
void for_each_product(const Check& check) {
  using namespace detops;
  const auto in_policies = [&]<class T>(const char* element, T) {
    const auto one = [&]<class Policy>(const char* policy, Policy) {
      INFO(element << ' ' << policy);
      check(product_of<T, Policy>());
    };
    one("pairwise", pairwise);
    if constexpr (floating<T>) {
      one("kahan", kahan);
      one("wide", wide);
    }
  };
  in_policies("float", float());
  in_policies("double", double());
  in_policies("half", Eigen::half());
  in_policies("bfloat16", Eigen::bfloat16());
  in_policies("int8", std::int32_t());
}

std::size_t pick(std::mt19937& engine, std::size_t most) {
  return engine() % (most + 1);
}

struct sizes {
  std::size_t m, n, k;
};
/// Small work, with each extent long at times; k around the blocks of 256.
sizes pick_sizes(std::mt19937& engine) {
  switch (engine() % 6) {
  case 0:
    return {pick(engine, 150), pick(engine, 9), pick(engine, 40)};
  case 1:
    return {pick(engine, 9), pick(engine, 150), pick(engine, 40)};
  case 2:
    return {pick(engine, 9), pick(engine, 40), 200 + pick(engine, 100)};
  case 3:
    return {pick(engine, 30), pick(engine, 70), pick(engine, 30)};
  case 4:
    return {pick(engine, 3), pick(engine, 5), pick(engine, 3000)};
  default:
    return {pick(engine, 14), pick(engine, 34), 254 + pick(engine, 4)};
  }
}

template <class P>
typename P::scalar pick_scale(std::mt19937& engine) {
  using S = typename P::scalar;
  if constexpr (std::integral<S>) {
    const S scales[] = {1, 0, -1, 3, std::numeric_limits<S>::min(), 0x12345679};
    return scales[engine() % 6];
  } else {
    const S scales[] = {S(1), S(0), S(-1), S(0.7), S(3), std::numeric_limits<S>::min()};
    return scales[engine() % 6];
  }
}

/// Operands of a product, and its result by matmul.
template <class P>
struct product {
  using T = typename P::result;
  using O = typename P::operand;

  product(sizes s, unsigned seed) : size(s), a(s.m * s.k), b(s.k * s.n) {
    std::mt19937 engine(seed);
    detops_test::random_value<O> some;
    for (std::vector<O>* x : {&a, &b}) {
      for (O& value : *x) {
        value = some(engine, values::normal);
      }
    }
  }
  matrix_view<const O> left() const { return {a.data(), size.m, size.k}; }
  matrix_view<const O> right() const { return {b.data(), size.k, size.n}; }

  template <class E>
  std::vector<T> on(const E& exec) const {
    std::vector<T> c(size.m * size.n);
    matmul(exec, left(), right(), matrix_view<T>(c.data(), size.m, size.n), {}, P::policy);
    return c;
  }
  std::vector<T> plain() const {
    std::vector<T> c(size.m * size.n);
    matmul_reference(left(), right(), matrix_view<T>(c.data(), size.m, size.n), {}, P::policy);
    return c;
  }

  sizes size;
  std::vector<O> a, b;
};

/// The product of a row and a column.
template <class T, class Policy>
T line(const std::vector<detops::detail::gemm::operand_t<T>>& a,
       const std::vector<detops::detail::gemm::operand_t<T>>& b, Policy policy,
       detops::matmul_options<T> options = {}, T old = T(0)) {
  T plain = old;
  const std::size_t k = a.size();
  matmul_reference({a.data(), 1, k}, {b.data(), k, 1}, matrix_view<T>(&plain, 1, 1), options,
                   policy);
  matmul({a.data(), 1, k}, {b.data(), k, 1}, matrix_view<T>(&old, 1, 1), options, policy);
  CHECK(same_bits(old, plain));
  return old;
}

TEST_CASE("matmul/policies: equal the plain loops for any shape, layout and values") {
  for_each_product([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(sizeof(T));
    for (int round = 0; round < (detops::has_fma ? 600 : 200); ++round) {
      const auto [m, n, k] = pick_sizes(engine);
      const auto input = [&] { return static_cast<layout>(engine() % detops_test::input_layouts); };
      stored_matrix<O> a(m, k, input()), b(k, n, input());
      stored_matrix<T> c(m, n, static_cast<layout>(engine() % detops_test::output_layouts));
      const auto kind = static_cast<values>(engine() % 8 < 4 ? 0 : engine() % 4);
      a.fill(engine, kind);
      b.fill(engine, kind);
      if (engine() % 3 == 0) {
        detops_test::make_cancelling(a.view(), b.view());
      }
      detops::matmul_options<T> options;
      if (engine() % 2 == 0) {
        options = {pick_scale<P>(engine), pick_scale<P>(engine)};
      }
      // beta = 0 does not read c: it holds NaN then
      if (options.beta != 0) {
        c.fill(engine, values::normal);
      }
      const auto before = c;
      auto expected = c;
      matmul(a.view(), b.view(), c.view(), options, P::policy);
      matmul_reference(a.view(), b.view(), expected.view(), options, P::policy);
      if (!c.same_storage(expected)) {
        CAPTURE(round, m, n, k, options.alpha, options.beta, static_cast<int>(kind));
        FAIL_CHECK("bits differ from the reference");
      }
      detops_test::for_each_way(
          detops::seq, a.view(), b.view(), c.view(), options, P::policy, [&] { c = before; },
          [&] { CHECK(c.same_storage(expected)); });
    }
  });
}

TEST_CASE("matmul/policies: the same bits for every executor") {
  const sizes shapes[] = {
      {130, 257, 300}, {1, 900, 700}, {900, 1, 700}, {65, 65, 1300}, {13, 37, 20000}};
  for_each_product([&]<class P>(P) {
    for (const sizes& shape : shapes) {
      const product<P> p(shape, 1);
      const auto serial = p.on(detops::seq);
      for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
        CAPTURE(shape.m, shape.n, shape.k, threads);
        CHECK(same_bits(p.on(detops::thread_pool(threads)), serial));
      }
      if (detops::has_fma) { // elsewhere the plain loops are slow
        CHECK(same_bits(p.plain(), serial));
      }
    }
  });
}

TEST_CASE("matmul/policies: a row alone, and any split of rows and columns, equal the whole") {
  for_each_product([]<class P>(P) {
    using T = typename P::result;
    const std::size_t m = 29, n = 37, k = 530;
    const product<P> p({m, n, k}, 2);
    const auto whole = p.on(detops::seq);
    std::vector<T> parts(m * n);
    const matrix_view<T> c(parts.data(), m, n);
    const auto multiply = [&](std::size_t row, std::size_t rows, std::size_t col,
                              std::size_t cols) {
      matmul(p.left().submatrix(row, 0, rows, k), p.right().submatrix(0, col, k, cols),
             c.submatrix(row, col, rows, cols), {}, P::policy);
    };
    for (std::size_t i = 0; i < m; ++i) {
      multiply(i, 1, 0, n);
    }
    CHECK(same_bits(parts, whole));
    parts.assign(m * n, T(0));
    for (std::size_t j = 0; j < n; ++j) {
      multiply(0, m, j, 1);
    }
    CHECK(same_bits(parts, whole));
    for (std::size_t i = 1; i < m; ++i) {
      parts.assign(m * n, T(0));
      const std::size_t j = i * n / m;
      multiply(0, i, 0, j);
      multiply(0, i, j, n - j);
      multiply(i, m - i, 0, j);
      multiply(i, m - i, j, n - j);
      CHECK(same_bits(parts, whole));
    }
  });
}

TEST_CASE("matmul/policies: k in parts of packed B") {
  for_each_product([]<class P>(P) {
    if (!std::is_same_v<P, product_of<float, detops::pairwise_t>> &&
        !std::is_same_v<P, product_of<double, detops::pairwise_t>>) { // those: matmul.cpp
      const std::size_t k = !detops::has_fma                   ? 70001
                            : sizeof(typename P::operand) == 1 ? 1200001
                                                               : 600001;
      const product<P> p({2, 3, k}, 3);
      const auto expected = p.plain();
      CHECK(same_bits(p.on(detops::seq), expected));
      CHECK(same_bits(p.on(detops::thread_pool(3)), expected));
    }
  });
}

TEST_CASE("matmul/policies: few rows and columns of long k, which several threads share") {
  namespace gemm = detops::detail::gemm;
  for_each_product([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(5);
    const detops::thread_pool pool(3);
    for (const auto& [m, n, k] : {sizes{1, 1, 9001}, {7, 1, 6145}, {5, 19, 8192}, {14, 33, 6500}}) {
      CAPTURE(m, n, k);
      for (const auto kind : {values::normal, values::special}) {
        stored_matrix<O> a(m, k, static_cast<layout>(engine() % 2));
        stored_matrix<O> b(k, n, static_cast<layout>(engine() % 2));
        stored_matrix<T> c(m, n, static_cast<layout>(engine() % detops_test::output_layouts));
        a.fill(engine, kind);
        b.fill(engine, kind);
        c.fill(engine, values::normal);
        const detops::matmul_options<T> options = {pick_scale<P>(engine), pick_scale<P>(engine)};
        const auto before = c;
        auto expected = c;
        matmul_reference(a.view(), b.view(), expected.view(), options, P::policy);
        detops_test::for_each_way(
            pool, a.view(), b.view(), c.view(), options, P::policy, [&] { c = before; },
            [&] { CHECK(c.same_storage(expected)); });
      }
    }
    stored_matrix<O> a(16, 1 << 16, layout::row_major), b(1 << 16, 16, layout::row_major);
    stored_matrix<T> c(16, 16, layout::row_major);
    const gemm::problem<gemm::scheme<T, std::remove_const_t<decltype(P::policy)>>> p{
        a.view(), b.view(), c.view(), {}};
    CHECK(gemm::best_way(p, 3) == gemm::way::spans);
    CHECK(gemm::best_way(p, 1) != gemm::way::spans);
    CHECK(gemm::span_threads(p, 1000) <= 64); // as many as k is long enough for
  });
}

TEST_CASE("matmul/policies: k around the ends of the spans, for every executor") {
  for_each_product([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(6);
    const std::vector<sizes> shapes = detops::has_fma
                                          ? std::vector<sizes>{{1, 1, 1 << 17},
                                                               {1, 5, 1 << 17},
                                                               {3, 9, 1 << 15},
                                                               {33, 16, 1 << 13},
                                                               {20, 11, (1 << 14) + 2048}}
                                          : std::vector<sizes>{{1, 5, 1 << 13}, {9, 33, 1 << 12}};
    for (const auto& [m, n, around] : shapes) {
      for (const std::size_t k : {around - 1, around, around + 1}) {
        stored_matrix<O> a(m, k, layout::row_major);
        stored_matrix<O> b(k, n, static_cast<layout>(engine() % 2));
        stored_matrix<T> c(m, n, static_cast<layout>(engine() % detops_test::output_layouts));
        a.fill(engine, values::normal);
        b.fill(engine, values::normal);
        c.fill(engine, values::normal);
        const detops::matmul_options<T> options = {pick_scale<P>(engine), pick_scale<P>(engine)};
        auto expected = c;
        matmul_reference(a.view(), b.view(), expected.view(), options, P::policy);
        for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
          CAPTURE(m, n, k, threads);
          auto result = c;
          matmul(detops::thread_pool(threads), a.view(), b.view(), result.view(), options,
                 P::policy);
          CHECK(result.same_storage(expected));
        }
      }
    }
  });
}

TEST_CASE("matmul/policies: one row and few columns of long k are cut along k") {
  namespace gemm = detops::detail::gemm;
  if constexpr (detops::has_fma) {
    const std::size_t k = 1 << 18;
    const std::vector<float> x(4 * k, 1.0f);
    std::vector<float> y(4);
    const gemm::problem<gemm::scheme<float, detops::pairwise_t>> one{
        {x.data(), 1, k}, {x.data(), k, 4, 1, k}, {y.data(), 1, 4}, {}};
    CHECK(gemm::best_way(one, 1) == gemm::way::row);
    CHECK(gemm::best_way(one, 2) == gemm::way::spans);
    auto fewer = one; // of which two threads are not worth their waking
    fewer.a.cols = fewer.b.rows = 1 << 14;
    CHECK(gemm::best_way(fewer, 2) == gemm::way::row);
    const gemm::problem<gemm::scheme<float, detops::pairwise_t>> many{
        {x.data(), 1, 4096}, {x.data(), 4096, 256, 1, 4096}, {y.data(), 1, 256}, {}};
    CHECK(gemm::best_way(many, 2) == gemm::way::row);
  }
}

TEST_CASE("matmul/policies: the caller's floating-point environment does not matter") {
  for_each_product([]<class P>(P) {
    product<P> p({11, 40, 300}, 4);
    if constexpr (!std::integral<typename P::operand>) {
      for (std::size_t i = 0; i < 300; ++i) { // subnormal results in row 0
        p.a[i] *= std::numeric_limits<typename P::operand>::min();
      }
    }
    const auto expected = p.on(detops::seq);
    const auto word = detops::detail::read_fp_control();
    std::fesetround(FE_UPWARD);
#if defined(__SSE2__)
    detops::detail::write_fp_control(detops::detail::read_fp_control() | 0x8040u); // FTZ, DAZ
#endif
    const auto c = p.on(detops::seq);
    const auto plain = p.plain();
    std::fesetround(FE_TONEAREST);
    detops::detail::write_fp_control(word);
    CHECK(same_bits(c, expected));
    CHECK(same_bits(plain, expected));
  });
}

TEST_CASE("matmul/policies: k = 0, and NaN, of every type") {
  for_each_product([]<class P>(P) {
    using T = typename P::result;
    using S = typename P::scalar;
    CHECK(same_bits(line<T>({}, {}, P::policy, {}, detops_test::filler<T>()), T(0)));
    CHECK(line<T>({}, {}, P::policy, {.alpha = S(5), .beta = S(2)}, T(3)) == T(6));
    if constexpr (!std::integral<T>) {
      const T nan = detops::detail::narrow<T>(std::numeric_limits<float>::quiet_NaN());
      const T payload = detops::detail::element_from_bits<T>(
          sizeof(T) == 8   ? 0xfff8000000000123u
          : sizeof(T) == 4 ? 0xffc00123u
                           : detops::detail::float_format<T>::nan + 0x8003u);
      CHECK(same_bits(line<T>({}, {}, P::policy, {.alpha = S(-1)}), -T(0)));
      CHECK(same_bits(line<T>({payload}, {T(1)}, P::policy), nan));
      CHECK(same_bits(line<T>({T(1), T(1)}, {T(1), payload}, P::policy), nan));
      CHECK(same_bits(line<T>({T(1)}, {T(1)}, P::policy, {.beta = S(1)}, payload), nan));
      CHECK(same_bits(line<T>({T(1)}, {T(1)}, P::policy, {.beta = S(0)}, payload), T(1)));
      CHECK(same_bits(line<T>({payload}, {T(1)}, P::policy, {.alpha = S(0)}), nan));
    }
  });
}

TEMPLATE_TEST_CASE("matmul/policies: kahan and wide find a sum that cancels", "", float, double) {
  using T = TestType;
  const T large = 1 / std::numeric_limits<T>::epsilon();
  SECTION("in a chain, and across blocks") {
    for (const std::size_t k : {3u, 257u, 1000u}) {
      std::vector<T> a(k, T(0)), b(k, T(1));
      a[0] = large * 4;
      a[1] = 1;
      a[k - 1] = -large * 4;
      CHECK(line<T>(a, b, pairwise) == 0);
      CHECK(line<T>(a, b, kahan) == 1);
      CHECK(line<T>(a, b, wide) == 1);
    }
  }
  SECTION("where the bits are in the rounding of the products") {
    // (1 + u)^2 - (1 + 2u) = u^2
    const T u = std::numeric_limits<T>::epsilon();
    const std::vector<T> a = {1 + u, -(1 + 2 * u)}, b = {1 + u, 1};
    const std::vector<T> a2 = {-(1 + 2 * u), 1 + u}, b2 = {1, 1 + u};
    CHECK(line<T>(a, b, pairwise) == 0);       // the product is rounded as it is added to 0
    CHECK(line<T>(a2, b2, pairwise) == u * u); // here it is not
    CHECK(line<T>(a, b, kahan) == u * u);
    CHECK(line<T>(a2, b2, kahan) == u * u);
    CHECK(line<T>(a, b, wide) == u * u);
  }
  SECTION("many ones beside a large number") {
    std::vector<T> a(2000, T(1)), b(2000, T(1));
    a[0] = 4 * large;
    CHECK(line<T>(a, b, pairwise) < 4 * large + 1900);
    CHECK(line<T>(a, b, kahan) == 4 * large + 2000);
    CHECK(line<T>(a, b, wide) == 4 * large + 2000);
  }
  SECTION("alpha and beta act on the value") {
    const std::vector<T> a = {4 * large, 3, -4 * large}, b = {1, 1, 1};
    CHECK(line<T>(a, b, kahan, {.alpha = 2, .beta = 1}, T(0.5)) == 6.5);
    CHECK(line<T>(a, b, wide, {.alpha = 2, .beta = 1}, T(0.5)) == 6.5);
  }
}

TEST_CASE("matmul/policies: overflow on the way") {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> ones = {1, 1, 1};
  const std::vector<float> a = {3e38f, 3e38f, -3e38f};
  CHECK(line<float>(a, ones, pairwise) == inf);
  CHECK(line<float>(a, ones, kahan) == inf);
  CHECK(line<float>(a, ones, wide) == 3e38f);
  CHECK(line<float>({1e30f}, {1e30f}, pairwise, {.alpha = 1e-30f}) == inf);
  CHECK(line<float>({1e30f}, {1e30f}, kahan, {.alpha = 1e-30f}) == inf);
  CHECK(line<float>({1e30f}, {1e30f}, wide, {.alpha = 1e-30f}) == 1e30f);
  CHECK(line<float>({1e30f}, {1e30f}, wide, {.alpha = 2, .beta = -1}, inf) == -inf);
  CHECK(line<float>({inf, 1}, {1, 1}, kahan) == inf); // the errors are NaN
  CHECK(std::isnan(line<float>({inf, -inf}, {1, 1}, kahan)));
  // half is summed in float
  const Eigen::half large(60000.0f), one(1.0f);
  CHECK(static_cast<float>(line<Eigen::half>({large, large}, {one, one}, pairwise)) == inf);
  CHECK(static_cast<float>(line<Eigen::half>({large, large}, {one, -one}, pairwise)) == 0);
  CHECK(static_cast<float>(line<Eigen::half>({large}, {large}, pairwise, {.alpha = 0x1p-20f})) ==
        3434);
}

TEST_CASE("matmul/policies: wide rounds to float before 16 bits") {
  using B = Eigen::bfloat16;
  const auto b = [](double value) { return detops_test::from_double<B>(value); };
  // 1 + 2^-8 + 2^-40 is next to a tie of bfloat16, and as a float on it
  const std::vector<B> x = {b(1), b(0x1p-8), b(0x1p-20)}, y = {b(1), b(1), b(0x1p-20)};
  CHECK(same_bits(line<B>(x, y, wide), b(1)));
  const std::vector<B> z = {b(1), b(0x1p-8), b(0x1p-15)}, w = {b(1), b(1), b(0x1p-5)};
  CHECK(same_bits(line<B>(z, w, wide), b(1 + 0x1p-7))); // 2^-20 is seen by a float
}

TEST_CASE("matmul/policies: int8 is exact, modulo 2^32") {
  using bytes = std::vector<std::int8_t>;
  const auto times = [](std::int8_t x, std::int8_t y, std::size_t k,
                        detops::matmul_options<std::int32_t> options = {}, std::int32_t old = 0) {
    return line<std::int32_t>(bytes(k, x), bytes(k, y), pairwise, options, old);
  };
  for (const std::size_t k : {1u, 2u, 3u, 4u, 7u, 64u, 255u, 1025u}) {
    const auto count = static_cast<std::int32_t>(k);
    CHECK(times(-128, -128, k) == 16384 * count);
    CHECK(times(-128, 127, k) == -16256 * count);
    CHECK(times(127, 127, k) == 16129 * count);
    CHECK(times(-1, 1, k) == -count);
  }
  CHECK(times(-128, -128, 131071) == 2147467264);
  CHECK(times(-128, -128, 131072) == std::numeric_limits<std::int32_t>::min());
  CHECK(times(-128, -128, 262145) == 16384);
  CHECK(times(2, 3, 5, {.alpha = 100000000}) == -1294967296);
  CHECK(times(2, 3, 5, {.alpha = -1, .beta = 1 << 30}, 6) == 2147483618);
  CHECK(times(2, 3, 5, {.alpha = 0, .beta = -1}, std::numeric_limits<std::int32_t>::min()) ==
        std::numeric_limits<std::int32_t>::min());
}

TEST_CASE("matmul/policies: what is refused, of other types too") {
  std::vector<std::int32_t> memory(64, 7);
  auto* bytes = reinterpret_cast<std::int8_t*>(memory.data());
  const matrix_view<const std::int8_t> a(bytes, 2, 3), b(bytes + 6, 3, 4);
  CHECK_THROWS_AS(matmul(a, b, matrix_view<std::int32_t>(memory.data() + 4, 2, 3)),
                  std::invalid_argument);
  CHECK_THROWS_WITH(matmul(a, b, matrix_view<std::int32_t>(memory.data() + 1, 2, 4)),
                    detops_test::contains("overlaps A"));
  CHECK_THROWS_WITH(matmul_reference(a, b, matrix_view<std::int32_t>(memory.data() + 2, 2, 4)),
                    detops_test::contains("overlaps B"));
  CHECK(memory == std::vector<std::int32_t>(64, 7));
  matmul(a, b, matrix_view<std::int32_t>(memory.data() + 5, 2, 4));
  std::vector<Eigen::half> x(20, Eigen::half(1));
  const matrix_view<const Eigen::half> h(x.data(), 3, 3);
  CHECK_THROWS_WITH(matmul(h, h, matrix_view<Eigen::half>(x.data() + 8, 3, 3), {}, wide),
                    detops_test::contains("overlaps A"));
  CHECK_THROWS_WITH(matmul(h, h, matrix_view<Eigen::half>(x.data() + 10, 3, 3, 0, 1), {}, kahan),
                    detops_test::contains("share"));
}

} // namespace policies_tests
