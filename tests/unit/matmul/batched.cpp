// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Batches against the plain loops for each matrix, bit by bit.
#include "products.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include <detops/adapt/eigen.hpp>
#include <detops/math.hpp>

namespace batched_tests {

using detops::matmul;
using detops::matrix_view;
using detops::nd_view;
using detops_test::contains;
using detops_test::same_bits;

/// [outer][inner][rows][cols] in memory, in one of several orders of the dimensions, with gaps.
template <class T>
struct stored_batch {
  stored_batch(std::mt19937& engine, std::size_t outer, std::size_t inner, std::size_t rows,
               std::size_t cols)
      : extents{outer, inner, rows, cols} {
    constexpr std::array<std::array<std::size_t, 4>, 4> orders = {
        {{0, 1, 2, 3}, {0, 2, 1, 3}, {1, 0, 3, 2}, {3, 2, 0, 1}}};
    const auto& order = orders[engine() % 4];
    const std::size_t gap = engine() % 3;
    std::size_t step = 1 + engine() % 2;
    for (std::size_t d = 4; d-- > 0;) {
      strides[order[d]] = static_cast<std::ptrdiff_t>(step);
      step = step * (extents[order[d]] == 0 ? 1 : extents[order[d]]) + gap;
    }
    storage.assign(step + 1, detops_test::filler<T>());
  }
  void fill(std::mt19937& engine, detops_test::values kind) {
    detops_test::random_value<T> some;
    for (T& value : storage) {
      value = some(engine, kind);
    }
  }
  nd_view<T> view(std::size_t rank = 4) {
    if (rank == 2) {
      return {storage.data(), {extents[2], extents[3]}, {strides[2], strides[3]}};
    }
    if (rank == 3) {
      return {storage.data(),
              {extents[1], extents[2], extents[3]},
              {strides[1], strides[2], strides[3]}};
    }
    nd_view<T> x(storage.data(), {1, 1, 1, 1});
    std::copy(extents.begin(), extents.end(), x.extents.begin());
    std::copy(strides.begin(), strides.end(), x.strides.begin());
    return x;
  }
  matrix_view<T> matrix(std::size_t i, std::size_t j) {
    return {storage.data() + static_cast<std::ptrdiff_t>(i) * strides[0] +
                static_cast<std::ptrdiff_t>(j) * strides[1],
            extents[2], extents[3], strides[2], strides[3]};
  }

  std::array<std::size_t, 4> extents;
  std::array<std::ptrdiff_t, 4> strides{};
  std::vector<T> storage;
};

template <class T>
std::vector<T> some_values(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  detops_test::random_value<T> some;
  std::vector<T> x(count);
  for (T& value : x) {
    value = some(engine, detops_test::values::normal);
  }
  return x;
}

TEST_CASE("matmul/batched: the plain loops, for any shape, strides and values") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(sizeof(T));
    for (int round = 0; round < (detops::has_fma ? 200 : 60); ++round) {
      const std::size_t rank = 3 + engine() % 2;
      const std::size_t outer = rank == 3 ? 1 : detops_test::pick(engine, 3);
      const std::size_t inner = detops_test::pick(engine, 6);
      const std::size_t m = detops_test::pick(engine, 20), n = detops_test::pick(engine, 40);
      const std::size_t k = detops_test::pick(engine, round % 8 == 0 ? 600 : 30);
      stored_batch<O> a(engine, outer, inner, m, k), b(engine, outer, inner, k, n);
      stored_batch<T> c(engine, outer, inner, m, n);
      if (engine() % 4 == 0) { // the same for all of a dimension
        a.strides[engine() % 2] = 0;
      }
      const auto kind = detops_test::pick_values(engine);
      a.fill(engine, kind);
      b.fill(engine, kind);
      const auto options = detops_test::pick_options<T>(engine);
      if (options.beta != 0) {
        c.fill(engine, detops_test::values::normal);
      }
      const bool one_b = engine() % 3 == 0;
      auto expected = c;
      matmul(a.view(rank), b.view(one_b ? 2 : rank), c.view(rank), options, P::policy);
      for (std::size_t i = 0; i < outer; ++i) {
        for (std::size_t j = 0; j < inner; ++j) {
          detops::matmul_reference(a.matrix(i, j), one_b ? b.matrix(0, 0) : b.matrix(i, j),
                                   expected.matrix(i, j), options, P::policy);
        }
      }
      if (!same_bits(c.storage, expected.storage)) {
        CAPTURE(round, rank, outer, inner, m, n, k, one_b, options.alpha, options.beta);
        FAIL_CHECK("bits differ from the plain loops");
      }
    }
  });
}

TEST_CASE("matmul/batched: the same bits for every executor, many small products and few large") {
  struct shape {
    std::size_t count, m, n, k;
  };
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    for (const auto& [count, m, n, k] :
         {shape{400, 30, 20, 40}, shape{33, 64, 128, 64}, shape{3, 200, 150, 300}}) {
      const auto a = some_values<O>(count * m * k, 1), b = some_values<O>(count * k * n, 2);
      std::vector<T> expected(count * m * n), c(count * m * n);
      for (std::size_t i = 0; i < count; ++i) {
        matmul({a.data() + i * m * k, m, k}, {b.data() + i * k * n, k, n},
               matrix_view<T>(expected.data() + i * m * n, m, n), {}, P::policy);
      }
      const auto run = [&](const auto& exec) {
        c.assign(c.size(), T(0));
        matmul(exec, {a.data(), {count, m, k}}, {b.data(), {count, k, n}},
               nd_view<T>(c.data(), {count, m, n}), {}, P::policy);
        return same_bits(c, expected);
      };
      CHECK(run(detops::seq));
      for (const std::size_t threads : {2u, 3u, 7u}) {
        CAPTURE(count, threads);
        CHECK(run(detops::thread_pool(threads)));
      }
    }
  });
}

TEST_CASE("matmul/batched: lists of matrices of any shapes") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(5);
    for (int round = 0; round < 20; ++round) {
      std::vector<detops_test::stored_matrix<O>> a, b;
      std::vector<detops_test::stored_matrix<T>> c;
      const auto options = detops_test::pick_options<T>(engine);
      const std::size_t count = detops_test::pick(engine, 30);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t m = detops_test::pick(engine, i == 3 ? 300 : 30);
        const std::size_t n = detops_test::pick(engine, 30), k = detops_test::pick(engine, 50);
        const auto kind = detops_test::pick_values(engine);
        const auto input = [&] { return detops_test::pick_input(engine); };
        a.push_back(detops_test::random_matrix<O>(engine, m, k, input(), kind));
        b.push_back(detops_test::random_matrix<O>(engine, k, n, input(), kind));
        c.push_back(
            detops_test::random_result<T>(engine, m, n, detops_test::pick_output(engine), options));
      }
      auto expected = c;
      std::vector<matrix_view<const O>> a_views;
      std::vector<matrix_view<O>> b_views;
      std::vector<matrix_view<T>> c_views;
      for (std::size_t i = 0; i < count; ++i) {
        a_views.push_back(a[i].view());
        b_views.push_back(b[i].view());
        c_views.push_back(c[i].view());
        detops::matmul_reference(a[i].view(), b[i].view(), expected[i].view(), options, P::policy);
      }
      if (round % 2 == 0) {
        matmul(a_views, std::span(b_views), c_views, options, P::policy);
      } else {
        matmul(detops::thread_pool(1 + engine() % 4), a_views, b_views, c_views, options,
               P::policy);
      }
      for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(round, i);
        CHECK(c[i].same_storage(expected[i]));
      }
    }
  });
}

/// Square products of these sizes, all of one element, for questions of how a list is run.
std::vector<detops::detail::gemm::problem<detops::detail::gemm::scheme<float, detops::pairwise_t>>>
squares(const std::vector<std::size_t>& sizes) {
  static float one = 1;
  std::vector<
      detops::detail::gemm::problem<detops::detail::gemm::scheme<float, detops::pairwise_t>>>
      all;
  for (const std::size_t n : sizes) {
    all.push_back({{&one, n, n}, {&one, n, n}, {&one, n, n}, {}});
  }
  return all;
}

TEST_CASE("matmul/batched: one large product does not keep one thread while others wait") {
  namespace gemm = detops::detail::gemm;
  using scheme = gemm::scheme<float, detops::pairwise_t>;
  const auto plan_of = [](const std::vector<std::size_t>& sizes, std::size_t threads) {
    const auto problems = squares(sizes);
    const auto at = [&](std::size_t i) { return problems[i]; };
    return gemm::make_batch_plan(gemm::batch_ref<scheme>(at, sizes.size(), false), threads);
  };
  const auto work = [](std::size_t n) { return static_cast<double>(n * n * n); };
  std::vector<std::size_t> sizes(10000, 16);
  sizes.back() = 512;
  for (const std::size_t threads : {2u, 16u}) {
    const auto plan = plan_of(sizes, threads);
    CHECK(plan.parts.most_alone < work(512));
    CHECK(plan.parts.most_alone >= work(16));
    CHECK(plan.threads == threads);
    CHECK(plan.group > 1);
  }
  // neighbours of which a group would be most of the work
  sizes.assign(10000, 4);
  std::fill_n(sizes.begin(), 30, 50);
  CHECK(plan_of(sizes, 2).group <= 4);
  // few large ones and many that second threads are not worth
  sizes.assign(1000, 64);
  std::fill_n(sizes.begin(), 100, 512);
  CHECK(plan_of(sizes, 16).parts.most_alone < work(512));
  CHECK(plan_of(sizes, 16).parts.most_alone >= work(64));
  // equal ones: across, or one after another
  CHECK(plan_of(std::vector<std::size_t>(64, 100), 2).parts.most_alone >= work(100));
  CHECK(plan_of(std::vector<std::size_t>(3, 1000), 2).parts.most_alone < work(1000));
  CHECK(plan_of({10, 10, 10}, 2).threads == 1);
  CHECK(plan_of({0, 0}, 2).threads == 1);
}

TEST_CASE("matmul/batched: lists of very different sizes, for every executor") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(11);
    for (const bool last : {false, true}) {
      std::vector<detops_test::stored_matrix<O>> a, b;
      std::vector<detops_test::stored_matrix<T>> c;
      std::vector<matrix_view<O>> a_views, b_views;
      for (std::size_t i = 0; i < 400; ++i) {
        const bool large = i % 150 == (last ? 149u : 0u);
        const std::size_t m = large ? 150 : 1 + detops_test::pick(engine, 12);
        const std::size_t n = large ? 120 : 1 + detops_test::pick(engine, 12);
        const std::size_t k = large ? 90 : detops_test::pick(engine, 20);
        a.push_back(detops_test::random_matrix<O>(engine, m, k, {}, {}));
        b.push_back(detops_test::random_matrix<O>(engine, k, n, {}, {}));
        c.push_back(detops_test::stored_matrix<T>(m, n, {}));
      }
      auto expected = c;
      for (std::size_t i = 0; i < c.size(); ++i) {
        a_views.push_back(a[i].view());
        b_views.push_back(b[i].view());
        matmul(a[i].view(), b[i].view(), expected[i].view(), {}, P::policy);
      }
      for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
        auto results = c;
        std::vector<matrix_view<T>> views;
        for (auto& each : results) {
          views.push_back(each.view());
        }
        matmul(detops::thread_pool(threads), a_views, b_views, views, {}, P::policy);
        bool same = true;
        for (std::size_t i = 0; i < c.size(); ++i) {
          same = same && results[i].same_storage(expected[i]);
        }
        CAPTURE(last, threads);
        CHECK(same);
      }
    }
  });
}

TEST_CASE("matmul/batched: lists of Eigen matrices; heads that lie side by side") {
  std::vector<Eigen::MatrixXf> a(3, Eigen::MatrixXf::Random(4, 5)), c(3, Eigen::MatrixXf(4, 6));
  const std::vector<Eigen::MatrixXf> b(3, Eigen::MatrixXf::Random(5, 6));
  matmul(a, b, c);
  Eigen::MatrixXf one(4, 6);
  matmul(a[0], b[0], one);
  CHECK(c[2] == one);
  // in reverse order, columns of one matrix, of which the others are operands
  const auto memory = some_values<float>(40 * 24, 3);
  auto written = memory, expected = memory;
  std::vector<matrix_view<const float>> left, right;
  std::vector<matrix_view<float>> out;
  for (std::size_t head = 4; head-- > 0;) {
    const matrix_view<float> all(written.data(), 40, 24);
    left.push_back(all.submatrix(0, 8, 40, 4));
    right.push_back(all.submatrix(4 * head, 12, 4, 2));
    out.push_back(all.submatrix(0, 2 * head, 40, 2));
    matmul({memory.data() + 8, 40, 4, 24, 1}, {memory.data() + 4 * head * 24 + 12, 4, 2, 24, 1},
           matrix_view<float>(expected.data() + 2 * head, 40, 2, 24, 1));
  }
  matmul(left, right, out);
  CHECK(written == expected);
  // results interleaved element by element
  std::vector<float> mixed(2 * 40 * 2, -1.0f);
  matmul({memory.data(), {40, 4}, {24, 1}}, {memory.data() + 8, {2, 4, 2}, {24, 48, 1}},
         nd_view<float>(mixed.data(), {2, 40, 2}, {1, 4, 2}));
  std::vector<float> second(80);
  matmul({memory.data(), 40, 4, 24, 1}, {memory.data() + 8 + 24, 4, 2, 48, 1},
         matrix_view<float>(second.data(), 40, 2));
  for (std::size_t i = 0; i < 80; ++i) {
    CHECK(same_bits(mixed[2 * i + 1], second[i]));
  }
}

/// A matrix after the steps of the test below: a bias for all, its own bias, tanh.
void apply_apart(const matrix_view<float>& c, const detops::vector_view<const float>& bias,
                 float own) {
  add(c, detops::broadcast_row(bias), c);
  add(c, own, c);
  detops::tanh(c, c);
}

TEST_CASE("matmul/batched: an epilogue is done on each matrix, which knows its number") {
  std::mt19937 engine(12);
  for (int round = 0; round < 60; ++round) {
    const std::size_t rank = 3 + engine() % 2;
    const std::size_t outer = rank == 3 ? 1 : detops_test::pick(engine, 3);
    const std::size_t inner = detops_test::pick(engine, round % 10 == 0 ? 40 : 6);
    const std::size_t m = detops_test::pick(engine, 20), n = detops_test::pick(engine, 70);
    const std::size_t k = detops_test::pick(engine, round % 8 == 0 ? 600 : 60);
    CAPTURE(round, rank, outer, inner, m, n, k);
    stored_batch<float> a(engine, outer, inner, m, k), b(engine, outer, inner, k, n);
    stored_batch<float> c(engine, outer, inner, m, n);
    a.fill(engine, {});
    b.fill(engine, {});
    auto row = detops_test::random_matrix<float>(engine, 1, n, detops_test::pick_input(engine), {});
    const detops::vector_view<const float> bias = row.view().row(0);
    const auto own = some_values<float>(outer * inner, 13);
    auto expected = c;
    std::vector<matrix_view<const float>> left, right;
    std::vector<matrix_view<float>> results;
    for (std::size_t i = 0; i < outer; ++i) {
      for (std::size_t j = 0; j < inner; ++j) {
        matmul(a.matrix(i, j), b.matrix(i, j), expected.matrix(i, j));
        apply_apart(expected.matrix(i, j), bias, own[i * inner + j]);
        left.push_back(a.matrix(i, j));
        right.push_back(b.matrix(i, j));
        results.push_back(c.matrix(i, j));
      }
    }
    const auto add_own = [&](const matrix_view<float>& part, std::size_t, std::size_t,
                             std::size_t i) { add(part, own[i], part); };
    const detops::epilogue then(detops::broadcast_row(bias), add_own, detops::activation::tanh);
    auto before = c;
    matmul(a.view(rank), b.view(rank), c.view(rank), then);
    CHECK(same_bits(c.storage, expected.storage));
    c.storage = before.storage;
    matmul(detops::thread_pool(3), a.view(rank), b.view(rank), c.view(rank), {}, detops::pairwise,
           then);
    CHECK(same_bits(c.storage, expected.storage));
    c.storage = before.storage;
    matmul(left, right, results, {}, detops::pairwise, then);
    CHECK(same_bits(c.storage, expected.storage));
    c.storage = before.storage;
    matmul(detops::thread_pool(2), left, right, results, then);
    CHECK(same_bits(c.storage, expected.storage));
  }
}

TEST_CASE("matmul/batched: an epilogue of each type and policy sees each element once") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    struct shape {
      std::size_t count, m, n, k;
    };
    for (const auto& [count, m, n, k] :
         {shape{300, 9, 20, 40}, shape{40, 30, 1, 50}, shape{3, 150, 90, 100}, shape{4, 3, 5, 0}}) {
      const auto a = some_values<O>(count * m * k, 1), b = some_values<O>(count * k * n, 2);
      std::vector<T> c(count * m * n), expected(count * m * n);
      matmul({a.data(), {count, m, k}}, {b.data(), {count, k, n}},
             nd_view<T>(expected.data(), {count, m, n}), {}, P::policy);
      for (const std::size_t threads : {1u, 3u}) {
        std::vector<unsigned char> seen(c.size());
        const auto once = [&, m = m, n = n](const matrix_view<T>& part, std::size_t row,
                                            std::size_t col, std::size_t number) {
          for (std::size_t i = 0; i < part.rows; ++i) {
            for (std::size_t j = 0; j < part.cols; ++j) {
              const std::size_t at = (number * m + row + i) * n + col + j;
              seen[at] = static_cast<unsigned char>(
                  seen[at] +
                  (&part(i, j) == &c[at] && same_bits(part(i, j), expected[at]) ? 1 : 2));
            }
          }
        };
        matmul(detops::thread_pool(threads), {a.data(), {count, m, k}}, {b.data(), {count, k, n}},
               nd_view<T>(c.data(), {count, m, n}), {}, P::policy, once);
        CAPTURE(count, m, n, k, threads);
        CHECK(same_bits(seen, std::vector<unsigned char>(c.size(), 1)));
      }
    }
  });
}

TEST_CASE("matmul/batched: what is refused, before anything is written") {
  std::vector<double> memory(300, 1.0), out(100, 2.0);
  const nd_view<const double> a(memory.data(), {4, 2, 3}), b(memory.data() + 50, {4, 3, 5});
  const nd_view<double> c(out.data(), {4, 2, 5});
  const auto refused = [&](const nd_view<const double>& x, const nd_view<const double>& y,
                           const nd_view<double>& z, const char* what) {
    CHECK_THROWS_AS(matmul(x, y, z), std::invalid_argument);
    CHECK_THROWS_WITH(matmul(detops::par, x, y, z), contains("detops::matmul: ") && contains(what));
  };
  refused(b, a, c, "A [4x3x5] times B [4x2x3] does not give C [4x2x5]");
  refused({memory.data(), {3, 2, 3}}, b, c, "A [3x2x3]");
  refused({memory.data(), {3}}, b, c, "A [3]");
  refused({memory.data(), {1, 4, 2, 3}}, b, c, "A [1x4x2x3]");
  refused({nullptr, {4, 2, 3}}, b, c, "A [4x2x3] has null data");
  refused(a, {memory.data(), {4, 3, 5}, {std::ptrdiff_t{1} << 60, 5, 1}}, c, "larger than");
  refused(a, b, {out.data(), {4, 2, 5}, {10, 4, 1}}, "share");
  refused(a, b, {out.data(), {4, 2, 5}, {0, 5, 1}}, "C 1 [2x5] overlaps C 0 [2x5]");
  refused(a, b, {out.data(), {4, 2, 5}, {9, 5, 1}}, "overlaps C");
  refused(a, b, {memory.data() + 8, {4, 2, 5}}, "C 0 [2x5] overlaps A 1 [2x3]");
  refused(a, b, {memory.data() + 100, {4, 2, 5}}, "overlaps B");
  const std::vector<matrix_view<const double>> as(2, {memory.data(), 2, 3});
  const std::vector<matrix_view<const double>> bs(2, {memory.data() + 50, 3, 5});
  std::vector<matrix_view<double>> cs = {{out.data(), 2, 5}, {out.data() + 10, 2, 5}};
  CHECK_THROWS_WITH(matmul(as, std::span(bs).first(1), cs),
                    contains("a batch of 2 A times 1 B does not give 2 C"));
  CHECK_THROWS_WITH(matmul(bs, as, cs), contains("number 0 of the batch: A [3x5] times B [2x3]"));
  cs[1].data = out.data() + 9;
  CHECK_THROWS_WITH(matmul(as, bs, cs), contains("C 1 [2x5] overlaps C 0 [2x5]"));
  cs[1].data = nullptr;
  CHECK_THROWS_WITH(matmul(as, bs, cs), contains("C of the batch [2x5] has null data"));
  cs[1] = {out.data() + 10, 2, 5, 1, 1};
  CHECK_THROWS_WITH(matmul(as, bs, cs), contains("share"));
  cs[1] = {memory.data() + 60, 2, 5};
  CHECK_THROWS_WITH(matmul(as, bs, cs), contains("C 1 [2x5] overlaps B 0 [3x5]"));
  const auto bias_refused = [&](const detops::vector_view<const double>& bias, const char* what) {
    cs = {{out.data(), 2, 5}, {out.data() + 10, 2, 5}};
    const auto then = detops::epilogue(detops::activation::relu, detops::broadcast_row(bias));
    CHECK_THROWS_WITH(matmul(a, b, c, then), contains("detops::matmul: ") && contains(what));
    CHECK_THROWS_WITH(matmul(detops::par, as, bs, cs, then), contains(what));
  };
  bias_refused({memory.data(), 4}, "the bias [1x4] does not fit C [2x5]");
  bias_refused({nullptr, 5}, "the bias [1x5] has null data");
  bias_refused({out.data() + 12, 5}, "C [2x5] overlaps the bias [1x5]");
  CHECK_THROWS_WITH(matmul({nullptr, {2, 0, 3}}, b, nd_view<double>(nullptr, {2, 0, 5}),
                           detops::broadcast_row(memory)),
                    contains("A [2x0x3]"));
  CHECK_THROWS_WITH(matmul({nullptr, {4, 0, 3}}, b, nd_view<double>(nullptr, {4, 0, 5}),
                           detops::broadcast_row(memory)),
                    contains("the bias [1x300] does not fit C [0x5]"));
  const auto fails = [](const matrix_view<double>&) { throw std::runtime_error("of the caller"); };
  std::vector<double> written(40);
  CHECK_THROWS_WITH(matmul(detops::par, a, b, nd_view<double>(written.data(), {4, 2, 5}), fails),
                    "of the caller");
  CHECK(memory == std::vector<double>(300, 1.0));
  CHECK(out == std::vector<double>(100, 2.0));
  matmul(std::span(as).first(0), std::span(bs).first(0), std::span(cs).first(0));
}

} // namespace batched_tests
