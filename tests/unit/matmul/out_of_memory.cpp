// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Memory that cannot be had: the error comes before anything is written, and the next call works.
#include <cstdlib>
#include <new>
#include <span>
#include <vector>

#include <detops/core/kept_memory.hpp>
#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "catch.hpp"

namespace {

bool refusing = false;
std::size_t refused = 0;

/// While it lives working memory cannot be had: none is kept, and none is given.
struct without_memory {
  without_memory() { refusing = true; }
  ~without_memory() { refusing = false; }
  const detops::detail::kept_memory kept[4] = {
      detops::detail::kept_memory(1), detops::detail::kept_memory(1),
      detops::detail::kept_memory(1), detops::detail::kept_memory(1)};
};

} // namespace

// What kept_memory and scratch ask.
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  if (refusing) {
    ++refused;
    throw std::bad_alloc();
  }
  const auto step = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(step, (bytes + step - 1) / step * step)) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace {

/// call(c) with too little memory, then with enough.
template <class Call>
void check_call(std::size_t size, const Call& call) {
  std::vector<float> c(size, 7.0f);
  {
    const without_memory here;
    refused = 0;
    CHECK_THROWS_AS(call(c), std::bad_alloc);
  }
  CHECK(refused == 1);
  CHECK(c == std::vector<float>(size, 7.0f));
  call(c);
  CHECK(c != std::vector<float>(size, 7.0f));
}

} // namespace

TEST_CASE("matmul/out_of_memory: nothing is written") {
  using namespace detops;
  constexpr std::size_t n = 200, k = 700;
  const std::vector<float> a(n * n * 8, 0.5f);
  const thread_pool two(2);
  const auto products = [&](const auto& exec) {
    check_call(n * n, [&](std::vector<float>& c) {
      matmul(exec, {a.data(), n, k}, {a.data(), k, n}, matrix_view<float>(c.data(), n, n));
    });
    check_call(n * n, [&](std::vector<float>& c) {
      syrk(exec, {a.data(), n, k}, matrix_view<float>(c.data(), n, n), {.beta = 1});
    });
    check_call(4 * 5, [&](std::vector<float>& c) { // long k, which two threads share
      matmul(exec, {a.data(), 4, 1 << 16}, {a.data(), 1 << 16, 4},
             matrix_view<float>(c.data(), 4, 4));
    });
    check_call(8 * n * n / 4, [&](std::vector<float>& c) { // large products
      matmul(exec, {a.data(), {2, n, k}, {k, k, 1}}, {a.data(), {k, n}},
             nd_view<float>(c.data(), {2, n, n}));
    });
    check_call(50 * 60 * 60, [&](std::vector<float>& c) { // small ones
      matmul(exec, {a.data(), {50, 60, 90}, {1, 90, 1}}, {a.data(), {90, 60}, {1, 90}},
             nd_view<float>(c.data(), {50, 60, 60}), {}, kahan);
    });
    check_call(300, [&](std::vector<float>& c) { // the list of results
      const matrix_view<const float> row(a.data(), 1, 3), matrix(a.data(), 3, 3);
      std::vector<matrix_view<const float>> rows(100, row), matrices(100, matrix);
      std::vector<matrix_view<float>> out;
      for (std::size_t i = 0; i < 100; ++i) {
        out.push_back({c.data() + 3 * i, 1, 3});
      }
      matmul(exec, rows, matrices, out);
    });
  };
  products(seq);
  products(two);
}

TEST_CASE("matmul/out_of_memory: a call takes the memory that one like it kept") {
  using namespace detops;
  const std::vector<float> a(8 << 16, 0.5f);
  const thread_pool two(2);
  const auto twice = [&](const auto& call) {
    call();
    refused = 0;
    refusing = true;
    CHECK_NOTHROW(call());
    refusing = false;
    CHECK(refused == 0);
  };
  std::vector<float> c(64);
  twice([&] {
    matmul(two, {a.data(), 8, 1 << 16}, {a.data(), 1 << 16, 8}, matrix_view<float>(c.data(), 8, 8));
  });
  twice([&] {
    matvec(two, {a.data(), 2, 1 << 18}, std::span(a).first(1 << 18), std::span(c).first(2));
  });
}
