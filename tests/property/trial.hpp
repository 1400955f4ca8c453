// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Random cases of a property, each with a seed of its own: values of many kinds in layouts of many kinds, and who runs
// the work.
#pragma once

#include <cinttypes>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <detops/core/element.hpp>
#include <detops/core/view.hpp>
#include <detops/exec.hpp>
#include <detops/reduce/policies.hpp>

#include "catch.hpp"
#include "filler.hpp"

namespace test {

/// Splitmix64: seeded in no time.
class random_source {
public:
  explicit random_source(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>((*this)() % count); }
  bool once_in(std::size_t count) { return below(count) == 0; }
  /// In [-1, 1).
  double unit() { return static_cast<double>(static_cast<std::int64_t>((*this)())) * 0x1p-63; }
  template <class T>
  void permute(std::vector<T>& x) {
    for (std::size_t i = x.size(); i > 1; --i) {
      std::swap(x[i - 1], x[below(i)]);
    }
  }

private:
  std::uint64_t state_;
};

/// DETOPS_PROPERTY_SEED, or the same for everybody.
inline std::uint64_t property_seed() {
  const char* text = std::getenv("DETOPS_PROPERTY_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20261126;
}

/// The serial executor, or a pool.
struct any_executor {
  const detops::thread_pool* pool = nullptr;
  std::size_t concurrency() const { return pool != nullptr ? pool->concurrency() : 1; }
  void bulk(std::size_t count, detops::task_ref task) const {
    pool != nullptr ? pool->bulk(count, task) : detops::seq.bulk(count, task);
  }
};
inline any_executor some_executor(random_source& random) {
  static const detops::thread_pool pools[4] = {detops::thread_pool(1), detops::thread_pool(2),
                                               detops::thread_pool(3), detops::thread_pool(7)};
  const std::size_t i = random.below(5);
  return {i < 4 ? &pools[i] : nullptr};
}

template <class T>
bool same(const T& a, const T& b) {
  return std::memcmp(static_cast<const void*>(&a), static_cast<const void*>(&b), sizeof(T)) == 0;
}
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(static_cast<const void*>(a.data()),
                                   static_cast<const void*>(b.data()), sizeof(T) * a.size()) == 0);
}

template <class T>
T from_double(double value) {
  if constexpr (std::same_as<T, double>) {
    return value;
  } else {
    return static_cast<T>(static_cast<float>(value));
  }
}

inline constexpr const char* kinds[] = {
    "unit",         "wide",       "any bits", "special values",
    "signed zeros", "few values", "tiny",     "cancelling pairs"};

/// Of integers all bits are values; of the kinds only "few values" is another.
template <class T>
T some_value(std::size_t kind, random_source& random) {
  if constexpr (std::integral<T>) {
    return kind == 5 ? static_cast<T>(random.below(3)) : static_cast<T>(random());
  } else {
    using limits = std::numeric_limits<T>;
    const int top = std::is_same_v<T, Eigen::half> ? 15 : std::is_same_v<T, double> ? 1023 : 127;
    const double special[] = {HUGE_VAL, -HUGE_VAL, std::nan(""), -0.0, 0.0, 1.0};
    const double few[] = {-1.0, -0.0, 0.0, 1.0};
    const std::uint64_t h = random();
    switch (kind) {
    case 1:
    case 7:
      return from_double<T>(std::ldexp(random.unit(), static_cast<int>(h % 21) - 10));
    case 2: {
      T value;
      std::memcpy(static_cast<void*>(&value), &h, sizeof value);
      const bool finite = std::fabs(static_cast<double>(detops::detail::widen(value))) < HUGE_VAL;
      return finite || h >> 60 == 0 ? value : T(1);
    }
    case 3:
      return h % 13 != 0  ? from_double<T>(random.unit())
             : h % 5 == 0 ? (std::numeric_limits<T>::max)()
             : h % 7 == 0 ? -limits::denorm_min()
                          : from_double<T>(special[h / 64 % 6]);
    case 4:
      return from_double<T>(h % 2 == 0 ? 0.0 : -0.0);
    case 5:
      return from_double<T>(few[h % 4]);
    case 6:
      return from_double<T>(std::ldexp(random.unit(), -top + 1 - static_cast<int>(h % 3)));
    default:
      return from_double<T>(random.unit());
    }
  }
}

/// A matrix somewhere among padding: what is not an element is NaN (or, of integers, any number), before, after and
/// between.
template <class T>
struct laid_out {
  std::vector<T> buffer;
  detops::matrix_view<const T> view;
};

/// One case.
class trial {
public:
  trial(const char* property, std::uint64_t number)
      : random((property_seed() << 24) + number), exec(some_executor(random)), property_(property),
        number_(number) {}

  /// Mostly small; once in a while long enough to be cut into blocks for several threads.
  void choose_shape(std::size_t small, bool may_be_large) {
    const bool large = may_be_large && random.once_in(250);
    const std::size_t n =
        large ? 33000 + random.below(50000) : random.below(random.once_in(8) ? 10 * small : small);
    switch (random.below(3)) {
    case 0: // a vector
      rows = 1;
      cols = n;
      break;
    case 1:
      rows = 1 + random.below(12);
      cols = n / rows;
      break;
    default:
      cols = 1 + random.below(12);
      rows = n / cols;
    }
    kind = random.below(std::size(kinds));
  }
  std::size_t size() const { return rows * cols; }

  template <class T>
  std::vector<T> values(std::size_t count) {
    std::vector<T> x(count);
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = some_value<T>(kind, random);
      if constexpr (!std::integral<T>) {
        if (kind == 7 && i % 2 != 0) {
          x[i] = -x[i - 1];
        }
      }
    }
    if (kind == 7) {
      random.permute(x);
    }
    return x;
  }
  template <class T>
  std::vector<T> values() {
    return values<T>(size());
  }

  template <class T>
  laid_out<T> lay_out(const std::vector<T>& x) {
    const bool transposed = random.once_in(3);
    const std::size_t inner = transposed ? rows : cols, outer = transposed ? cols : rows;
    const std::size_t step = random.once_in(2) ? 1 : 1 + random.below(4);
    const std::size_t line = inner * step + (random.once_in(2) ? 0 : random.below(7));
    const std::size_t before = random.below(17);
    laid_out<T> result;
    result.buffer.assign(before + outer * line + 1 + random.below(9), detops_test::filler<T>());
    std::ptrdiff_t inner_stride = static_cast<std::ptrdiff_t>(step);
    std::ptrdiff_t outer_stride = static_cast<std::ptrdiff_t>(line);
    const T* first = result.buffer.data() + before;
    if (inner > 0 && random.once_in(4)) {
      first += static_cast<std::ptrdiff_t>(inner - 1) * inner_stride;
      inner_stride = -inner_stride;
    }
    if (outer > 0 && random.once_in(4)) {
      first += static_cast<std::ptrdiff_t>(outer - 1) * outer_stride;
      outer_stride = -outer_stride;
    }
    row_stride = transposed ? inner_stride : outer_stride;
    col_stride = transposed ? outer_stride : inner_stride;
    result.view = {first, rows, cols, row_stride, col_stride};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const_cast<T&>(result.view(i / cols, i % cols)) = x[i];
    }
    return result;
  }

  /// The same bits, or the case is told and the test ends.
  template <class T>
  void require_same(const T& got, const T& expected, const char* operation) {
    ++compared;
    if (!same(got, expected)) {
      std::ostringstream text;
      if constexpr (requires { text << got; }) {
        text << std::hexfloat << got << " instead of " << expected << ", ";
      }
      FAIL(text.str() << operation << ' ' << policy << " of " << rows << " x " << cols << ' '
                      << element << ", " << kinds[kind] << ", strides " << row_stride << ' '
                      << col_stride << ", " << exec.concurrency() << " threads; property "
                      << property_ << ", case " << number_
                      << ", DETOPS_PROPERTY_SEED=" << property_seed());
    }
  }

  random_source random;
  any_executor exec;
  std::size_t rows = 0, cols = 0, kind = 0;
  std::ptrdiff_t row_stride = 0, col_stride = 0;
  const char* policy = "";
  const char* element = "";
  static inline std::uint64_t compared = 0;

private:
  const char* property_;
  std::uint64_t number_;
};

/// body(trial) for `count` cases.
template <class Body>
void for_trials(const char* property, std::uint64_t count, const Body& body) {
  trial::compared = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    trial t(property, i);
    body(t);
  }
  std::printf("property/%s: %" PRIu64 " cases, %" PRIu64
              " results compared, DETOPS_PROPERTY_SEED=%" PRIu64 "\n",
              property, count, trial::compared, property_seed());
  CHECK(trial::compared >= count);
}

template <class T>
struct type {
  using element = T;
};
/// run(type<T>()) for one of the types.
template <class... T, class Run>
void one_of(trial& t, const Run& run) {
  std::size_t chosen = t.random.below(sizeof...(T));
  const auto name = []<class U>(type<U>) {
    return std::same_as<U, float>             ? "float"
           : std::same_as<U, double>          ? "double"
           : std::same_as<U, Eigen::half>     ? "half"
           : std::same_as<U, Eigen::bfloat16> ? "bfloat16"
           : std::same_as<U, bool>            ? "bool"
           : std::signed_integral<U>          ? "signed integers"
                                              : "unsigned integers";
  };
  const auto one = [&]<class U>(type<U> each) {
    if (chosen-- == 0) {
      t.element = name(each);
      run(each);
    }
  };
  (one(type<T>()), ...);
}

/// run(policy) for one of the policies.
template <class Run>
void one_policy(trial& t, const Run& run) {
  const auto with = [&](const char* name, auto policy) {
    t.policy = name;
    run(policy);
  };
  switch (t.random.below(4)) {
  case 0:
    return with("pairwise", detops::pairwise);
  case 1:
    return with("kahan", detops::kahan);
  case 2:
    return with("wide", detops::wide);
  default:
    return with("exact", detops::exact);
  }
}

} // namespace test
