// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The policy `exact` is compared in bits: with the real result, rounded once.
#include <tuple>

#include <Eigen/Core>

#include <detops/reduce/moments.hpp>

#include "checks.hpp"
#include "ill_conditioned.hpp"

namespace test {
namespace {

using detops::exact;

template <class T>
void check_all(report& results, const std::vector<T>& x, const std::vector<T>& y,
               const std::string& what) {
  using limits = std::numeric_limits<T>;
  const real_number sum = real_sum(x);
  results.same(detops::sum(x, exact), sum.rounded<T>(), "sum of " + what);
  results.same(detops::dot(x, y, exact), real_dot(x, y).template rounded<T>(), "dot of " + what);
  results.same(detops::norm1(x, exact), real_sum(magnitudes(x)).template rounded<T>(),
               "norm1 of " + what);
  if (x.empty()) {
    return;
  }
  const auto n = static_cast<double>(x.size());
  real_number mean = sum;
  mean.divide(n);
  const T center = mean.rounded<T>();
  results.same(detops::mean(x, exact), center, "mean of " + what);
  std::vector<T> deviations;
  bool finite = true;
  for (const T value : x) {
    deviations.push_back(value - center);
    finite = finite && std::fabs(deviations.back()) <= limits::max();
  }
  for (std::size_t ddof = 0; finite && ddof < x.size() && ddof < 2; ++ddof) {
    real_number variance = real_dot(deviations, deviations);
    variance.divide(n - static_cast<double>(ddof));
    results.same(detops::variance(x, ddof, exact), variance.rounded<T>(), "variance of " + what);
  }
}

/// A nonzero value with an exponent (as of frexp) in [least, most].
template <class T>
T some_value(int least, int most, std::mt19937_64& random) {
  const int e = least + static_cast<int>(below(random, static_cast<std::size_t>(most - least + 1)));
  return static_cast<T>(std::ldexp(signed_unit(random), e));
}

/// Small vectors of many kinds; with opposite values among them, sums of every size come out.
template <class T>
void check_random(report& results, std::mt19937_64& random) {
  using limits = std::numeric_limits<T>;
  constexpr int top = limits::max_exponent, bottom = limits::min_exponent, p = limits::digits;
  const struct {
    const char* name;
    int least, most;
  } kinds[] = {{"one binade", 1, 1},
               {"a few binades", -10, 10},
               {"twice the precision", -p, p},
               {"everything", bottom - p, top},
               {"the largest", top - 3, top},
               {"the smallest normal", bottom, bottom + 5},
               {"subnormal values", bottom - p + 1, bottom},
               {"what has subnormal products", (bottom - p) / 2 - 4, bottom / 2 + 4},
               {"what has the largest products", top / 2 - 3, top / 2 + 1}};
  for (const auto& kind : kinds) {
    for (int trial = 0; trial < 1500; ++trial) {
      const std::size_t n = below(random, trial % 10 == 0 ? 300 : 40);
      std::vector<T> x, y;
      while (x.size() < n) {
        x.push_back(some_value<T>(kind.least, kind.most, random));
        y.push_back(some_value<T>(kind.least, kind.most, random));
        if (random() % 4 == 0 && x.size() < n) { // the same again, with the other sign
          const std::size_t i = below(random, x.size());
          x.push_back(-x[i]);
          y.push_back(y[i]);
        }
      }
      check_all(results, x, y, std::string(kind.name) + ", n = " + std::to_string(n));
    }
  }
}

/// The real sum lies half way between two neighbours, or a hair beside it.
template <class T>
void check_ties(report& results, std::mt19937_64& random) {
  using limits = std::numeric_limits<T>;
  constexpr int p = limits::digits;
  for (int trial = 0; trial < 20000; ++trial) {
    const int e = limits::min_exponent + 1 +
                  static_cast<int>(below(random, static_cast<std::size_t>(limits::max_exponent -
                                                                          limits::min_exponent)));
    const T value = some_value<T>(e, e, random);
    const T half = std::ldexp(value > 0 ? T{1} : T{-1}, e - p - 1);
    const T hair = random() % 2 == 0 ? limits::denorm_min() : half * limits::epsilon();
    const T large = some_value<T>(limits::max_exponent - 2, limits::max_exponent, random);
    std::vector<T> x = {value, random() % 2 == 0 ? half : -half};
    switch (random() % 4) {
    case 0:
      x.push_back(hair);
      break;
    case 1:
      x.push_back(-hair);
      break;
    case 2: // the half in two halves
      x[1] /= 2;
      x.push_back(x[1]);
      break;
    default:
      break;
    }
    if (random() % 2 == 0) {
      x.insert(x.end(), {large, -large});
    }
    permute(x, random);
    results.same(detops::sum(x, exact), real_sum(x).template rounded<T>(), "a tie");
    // the same terms as products
    std::vector<T> y(x.size(), T{0.5});
    results.same(detops::dot(x, y, exact), real_dot(x, y).template rounded<T>(), "a tie of dot");
  }
}

/// Sums whose result is known without an oracle too.
template <class T>
void check_known(report& results, std::mt19937_64& random) {
  using limits = std::numeric_limits<T>;
  const T max = limits::max(), tiny = limits::denorm_min(), least = limits::min();
  const T half_ulp_of_max = std::ldexp(T{1}, limits::max_exponent - limits::digits - 1);
  const T infinity = limits::infinity(), tenth = static_cast<T>(0.1);
  const std::pair<std::vector<T>, T> known[] = {
      {{max, max, -max}, max}, // partial sums beyond the largest number
      {{max, max, max, -max, -max, -max, tiny}, tiny},
      {{max, half_ulp_of_max}, infinity}, // a tie, to the even neighbour
      {{max, half_ulp_of_max, -tiny}, max},
      {{-max, -half_ulp_of_max, tiny}, -max},
      {{max, max, -half_ulp_of_max, -max}, std::nextafter(max, T{0})}, // a tie too
      {{max, max, -half_ulp_of_max, tiny, -max}, max},
      {{least, -tiny}, least - tiny}, // subnormal
      {{1, tiny, -1}, tiny},
      {{1, -1}, T{0}}, // +0
      {{max, tenth, -max, -tenth}, T{0}},
      {{-T{0}, -T{0}}, -T{0}},
      {{-T{0}, T{0}}, T{0}},
      {{tiny, -T{0}, -tiny}, T{0}}};
  for (const auto& [values, expected] : known) {
    std::vector<T> x = values;
    for (int trial = 0; trial < 50; ++trial) {
      results.same(real_sum(x).template rounded<T>(), expected, "what the oracle knows");
      results.same(detops::sum(x, exact), expected, "a known sum");
      results.same(detops::dot(x, std::vector<T>(x.size(), T{1}), exact), expected, "a known dot");
      permute(x, random);
    }
  }
  // 2^24 copies of one value, from memory and by a stride of 0
  const std::size_t copies = std::size_t{1} << 24;
  std::vector<T> many(copies);
  for (const T value : {tenth, -max / 3 * 2, 3 * tiny}) {
    real_number product(static_cast<double>(value));
    product.multiply(static_cast<double>(copies));
    const T expected = product.rounded<T>();
    std::fill(many.begin(), many.end(), value);
    results.same(detops::sum(many, exact), expected, "2^24 copies");
    results.same(detops::mean(many, exact), value, "the mean of 2^24 copies");
    results.same(detops::sum(detops::vector_view<const T>(&value, copies, 0), exact), expected,
                 "2^24 copies, stride 0");
  }
}

/// 10^6 orders of a few values that lose everything in most of them when they are added plainly, and a quarter of that
/// of products.
template <class T>
void check_permutations(report& results, std::mt19937_64& random) {
  using limits = std::numeric_limits<T>;
  const T max = limits::max(), tiny = limits::denorm_min();
  const auto hard = ill_conditioned<T>(9, 1e9, true, random);
  std::vector<std::pair<T, T>> terms = {{max, T{1}},  {max, T{1}}, {-max, T{1}}, {-max, T{1}},
                                        {tiny, T{1}}, {-3, tiny},  {1, T{1}}};
  for (std::size_t i = 0; i < hard.x.size(); ++i) {
    terms.emplace_back(hard.x[i], hard.y[i]);
  }
  std::vector<T> x(terms.size()), y(terms.size());
  const auto split = [&] {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      std::tie(x[i], y[i]) = terms[i];
    }
  };
  split();
  const T sum = real_sum(x).template rounded<T>(), dot = real_dot(x, y).template rounded<T>();
  for (int trial = 0; trial < 1000000; ++trial) {
    permute(terms, random);
    split();
    results.same(detops::sum(x, exact), sum, "a permutation");
    if (trial % 4 == 0) {
      results.same(detops::dot(x, y, exact), dot, "a permutation of products");
    }
  }
}

/// 16-bit elements of any bits: their sums are rounded once, straight to 16 bits.
template <class T>
void check_narrow(report& results, std::mt19937_64& random) {
  for (int trial = 0; trial < 20000; ++trial) {
    std::vector<T> x(1 + below(random, 40)), y(x.size()), absolute;
    for (std::vector<T>* each : {&x, &y}) {
      for (T& value : *each) {
        do {
          value = std::bit_cast<T>(static_cast<std::uint16_t>(random()));
        } while (!std::isfinite(static_cast<float>(value)));
        // in most trials, of few binades
        value = trial % 4 == 0 ? value
                               : static_cast<T>(std::remainder(static_cast<float>(value), 4.0f));
      }
    }
    if (trial % 3 == 0 && x.size() > 2) { // what is left of two opposite values
      x[1] = -x[0];
      y[1] = y[0];
    }
    for (const T& value : x) {
      absolute.push_back(std::signbit(static_cast<float>(value)) ? -value : value);
    }
    const real_number sum = real_sum(x);
    real_number mean = sum;
    mean.divide(static_cast<double>(x.size()));
    results.same(detops::sum(x, exact), sum.rounded<T>(), "a sum of 16 bits");
    results.same(detops::mean(x, exact), mean.rounded<T>(), "a mean of 16 bits");
    results.same(detops::dot(x, y, exact), real_dot(x, y).template rounded<T>(),
                 "a dot of 16 bits");
    results.same(detops::norm1(x, exact), real_sum(absolute).template rounded<T>(),
                 "a norm1 of 16 bits");
  }
}

template <class T>
void check_type(report& results, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  check_known<T>(results, random);
  check_ties<T>(results, random);
  check_random<T>(results, random);
  check_permutations<T>(results, random);
}

} // namespace

void check_exact(report& results, std::uint64_t seed) {
  check_type<float>(results, seed);
  check_type<double>(results, seed);
  std::mt19937_64 random(seed);
  check_narrow<Eigen::half>(results, random);
  check_narrow<Eigen::bfloat16>(results, random);
}

} // namespace test
