// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The float functions against correct rounding, over all 2^32 inputs.
//
// The oracle takes the platform's double function and a bound on its relative error far above what
// any libm shows. Where both ends of that interval round to the same float, that is the answer;
// elsewhere MPFR is asked, which rounds correctly. Values of these functions are never half way
// between two floats, so one of the two always decides.
#include <mpfr.h>

#include <atomic>
#include <bit>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <numbers>
#include <string>
#include <thread>
#include <vector>

#include <detops/math.hpp>

namespace {

constexpr double error_bound = 0x1p-40;

enum class symmetry { none, odd, even };

// sin(pi r) and cos(pi r) for 0 <= r <= 1/2, from the half where the argument is small
double sine(double r) {
  return r <= 0.25 ? std::sin(std::numbers::pi * r) : std::cos(std::numbers::pi * (0.5 - r));
}
// |x| modulo 2, exactly; NaN of an infinity
double modulo_two(double x) {
  const double size = std::fabs(x);
  return size - 2.0 * std::floor(0.5 * size);
}
double double_sinpi(double x) {
  double r = modulo_two(x);
  const double sign = std::copysign(1.0, x) * (r > 1.0 ? -1.0 : 1.0);
  r = r > 1.0 ? r - 1.0 : r;
  r = r == 1.0 ? 0.0 : r > 0.5 ? 1.0 - r : r;
  return sign * sine(r);
}
double double_cospi(double x) {
  double r = modulo_two(x);
  r = r > 1.0 ? 2.0 - r : r;
  return r == 0.5 ? 0.0 : r < 0.5 ? sine(0.5 - r) : -sine(r - 0.5);
}

struct function {
  const char* name;
  symmetry sign;
  double (*estimate)(double);
  int (*exact)(mpfr_t, const mpfr_t, mpfr_rnd_t);
  void (*array)(const std::vector<float>&, std::vector<float>&);
  float (*scalar)(float);
};

#define DETOPS_FUNCTION(name, sign, estimate)                                                      \
  function {                                                                                       \
    #name, sign, estimate, mpfr_##name,                                                            \
        [](const std::vector<float>& in, std::vector<float>& out) { detops::name(in, out); },      \
        [](float x) { return detops::name(x); }                                                    \
  }

const function functions[] = {
    DETOPS_FUNCTION(exp, symmetry::none, [](double x) { return std::exp(x); }),
    DETOPS_FUNCTION(log, symmetry::none, [](double x) { return std::log(x); }),
    DETOPS_FUNCTION(sinpi, symmetry::odd, double_sinpi),
    DETOPS_FUNCTION(cospi, symmetry::even, double_cospi),
    DETOPS_FUNCTION(tanh, symmetry::odd, [](double x) { return std::tanh(x); }),
};

std::uint32_t bits_of(float x) {
  return std::bit_cast<std::uint32_t>(x);
}

// One per thread: MPFR numbers of float's precision and range.
class oracle {
public:
  explicit oracle(const function& f) : f_(f) {
    mpfr_set_emin(-148);
    mpfr_set_emax(128);
    mpfr_inits2(24, x_, y_, nullptr);
  }
  ~oracle() { mpfr_clears(x_, y_, nullptr); }
  oracle(const oracle&) = delete;
  oracle& operator=(const oracle&) = delete;

  std::uint32_t operator()(float x) {
    const double y = f_.estimate(static_cast<double>(x));
    if (y != y) {
      return 0x7fc00000u;
    }
    const double width = y * error_bound;
    const float low = static_cast<float>(y - width);
    const float high = static_cast<float>(y + width);
    // of an infinity, width is infinite and low NaN
    return bits_of(low) == bits_of(high) ? bits_of(low) : std::isinf(y) ? bits_of(high) : exact(x);
  }

  std::uint64_t asked() const { return asked_; }

private:
  std::uint32_t exact(float x) {
    ++asked_;
    mpfr_set_flt(x_, x, MPFR_RNDN);
    int direction = f_.exact(y_, x_, MPFR_RNDN);
    direction = mpfr_subnormalize(y_, direction, MPFR_RNDN);
    return bits_of(mpfr_get_flt(y_, MPFR_RNDN));
  }

  const function& f_;
  mpfr_t x_;
  mpfr_t y_;
  std::uint64_t asked_ = 0;
};

class report {
public:
  void mismatch(const char* where, float x, float got, std::uint32_t expected) {
    const std::lock_guard lock(mutex_);
    if (mismatches_++ < 10) {
      std::printf("  %s: x = %a (%08x): %a (%08x), expected %a (%08x)\n", where,
                  static_cast<double>(x), bits_of(x), static_cast<double>(got), bits_of(got),
                  static_cast<double>(std::bit_cast<float>(expected)), expected);
    }
  }
  std::uint64_t mismatches() const { return mismatches_; }

private:
  std::mutex mutex_;
  std::uint64_t mismatches_ = 0;
};

constexpr std::uint64_t block = 1 << 14;

class block_test {
public:
  block_test(const function& f, report& r) : f_(f), report_(r), oracle_(f) {}

  // Inputs of one sign, in the array as a whole; then a few of them as scalars, and in front and at
  // the end of short arrays of every length, so that each runs in the body of one and the tail of
  // another.
  void run(const std::vector<float>& in, const std::vector<std::uint32_t>& expected,
           bool short_arrays) {
    out_.assign(in.size(), 0.0f);
    f_.array(in, out_);
    for (std::size_t i = 0; i < in.size(); ++i) {
      check("array", in[i], out_[i], expected[i]);
    }
    for (std::size_t i = in.size() % 61; i < in.size(); i += 61) {
      check("scalar", in[i], f_.scalar(in[i]), expected[i]);
    }
    if (short_arrays) {
      for (std::size_t n = 1; n <= 67 && n <= in.size(); ++n) {
        const auto first = static_cast<std::ptrdiff_t>(in.size() - n);
        short_in_.assign(in.begin() + first, in.end());
        short_out_.assign(n, 0.0f);
        f_.array(short_in_, short_out_);
        for (std::size_t i = 0; i < n; ++i) {
          check("short array", short_in_[i], short_out_[i], expected[in.size() - n + i]);
        }
      }
    }
  }

  void magnitudes(std::uint64_t first, std::uint64_t last, std::uint64_t stride,
                  bool short_arrays) {
    in_.clear();
    expected_.clear();
    for (std::uint64_t i = first; i < last; i += stride) {
      in_.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(i)));
      expected_.push_back(oracle_(in_.back()));
    }
    run(in_, expected_, short_arrays);
    for (std::size_t i = 0; i < in_.size(); ++i) {
      in_[i] = std::bit_cast<float>(bits_of(in_[i]) | 0x80000000u);
      if (f_.sign == symmetry::none) {
        expected_[i] = oracle_(in_[i]);
      } else if (f_.sign == symmetry::odd && expected_[i] != 0x7fc00000u) {
        expected_[i] ^= 0x80000000u;
      }
    }
    run(in_, expected_, short_arrays);
    inputs_ += 2 * in_.size();
  }

  std::uint64_t inputs() const { return inputs_; }
  std::uint64_t asked() const { return oracle_.asked(); }

private:
  void check(const char* where, float x, float got, std::uint32_t expected) {
    if (bits_of(got) != expected) {
      report_.mismatch(where, x, got, expected);
    }
  }

  const function& f_;
  report& report_;
  oracle oracle_;
  std::vector<float> in_, out_, short_in_, short_out_;
  std::vector<std::uint32_t> expected_;
  std::uint64_t inputs_ = 0;
};

bool test(const function& f, unsigned threads, std::uint64_t stride) {
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t magnitudes = std::uint64_t{1} << 31;
  const std::uint64_t step = block * stride;
  report r;
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> inputs{0};
  std::atomic<std::uint64_t> asked{0};
  const auto work = [&] {
    block_test t(f, r);
    for (std::uint64_t b; (b = next++) * step < magnitudes;) {
      t.magnitudes(b * step, std::min((b + 1) * step, magnitudes), stride, b % 64 == 0);
    }
    inputs += t.inputs();
    asked += t.asked();
    mpfr_free_cache();
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < threads; ++i) {
    pool.emplace_back(work);
  }
  work();
  for (std::thread& t : pool) {
    t.join();
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  std::printf("%s [%s]: %" PRIu64 " inputs, %" PRIu64 " mismatches, %" PRIu64
              " decided by MPFR, %.1f s\n",
              f.name, detops::isa_name, inputs.load(), r.mismatches(), asked.load(), time.count());
  std::fflush(stdout);
  return r.mismatches() == 0;
}

int usage(int code) {
  std::printf(
      "exhaustive [--threads N] [--stride N] [function ...]\n"
      "Tests the float functions (all, or those named: exp log sinpi cospi tanh) against correct\n"
      "rounding for every N-th of the 2^32 inputs, by default each. Exit 1 on a mismatch.\n");
  return code;
}

} // namespace

int main(int count, char** arguments) {
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  std::uint64_t stride = 1;
  std::vector<const function*> chosen;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--help") {
      return usage(0);
    }
    if (argument == "--threads" || argument == "--stride") {
      const long value = i + 1 < count ? std::atol(arguments[++i]) : 0;
      if (value < 1 || value > 1000000000) {
        std::printf("%s needs a number from 1 on\n", argument.c_str());
        return 2;
      }
      argument == "--threads" ? threads = static_cast<unsigned>(value)
                              : stride = static_cast<std::uint64_t>(value);
      continue;
    }
    bool known = false;
    for (const function& f : functions) {
      if (argument == f.name) {
        chosen.push_back(&f);
        known = true;
      }
    }
    if (!known) {
      std::printf("unknown argument %s\n", argument.c_str());
      return usage(2);
    }
  }
  if (chosen.empty()) {
    for (const function& f : functions) {
      chosen.push_back(&f);
    }
  }
  bool right = true;
  for (const function* f : chosen) {
    right = test(*f, threads, stride) && right;
  }
  return right ? 0 : 1;
}
