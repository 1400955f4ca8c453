// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The engine of the policy `exact`: what has been added so far (exact_state), and how blocks of elements or products
// get there fast. Correctly rounded sums by a long accumulator: Kulisch; one integer per exponent: Neal 2015;
// cutting by a large constant: Rump, Ogita, Oishi 2008, Demmel and Nguyen 2015.
#pragma once

#include <memory>
#include <tuple>

#include <detops/core/scratch.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/window.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// A sum of elements of T, or of products of two of them, before it is rounded.
template <real T>
struct exact_state {
  fixed_point<T> finite;
  std::int64_t nan = 0, positive_infinity = 0, negative_infinity = 0; // how many were added
  bool any = false;                                                   // something was added
  bool other = false;                                                 // something other than -0 was

  /// Any number.
  void add(double value, bool subtract = false) {
    any = true;
    other = other || subtract || to_bits(value) != sign_bit<double>;
    if (is_finite(value)) {
      finite.add(value, subtract);
    } else {
      std::int64_t& count = is_nan(value) ? nan : value > 0 ? positive_infinity : negative_infinity;
      count += subtract ? -1 : 1;
    }
  }
  void add_product(double x, double y, bool subtract = false) {
    if (x == 0 || y == 0 || !is_finite(x) || !is_finite(y)) {
      add(x * y, subtract);
    } else {
      any = other = true;
      finite.add_product(x, y, subtract);
    }
  }
  void add(const exact_state& more) {
    finite.add(more.finite);
    nan += more.nan;
    positive_infinity += more.positive_infinity;
    negative_infinity += more.negative_infinity;
    any = any || more.any;
    other = other || more.other;
  }

  /// The sum divided by n >= 1, rounded once.
  template <floating F>
  F rounded(std::uint64_t n = 1) const {
    using format = float_format<F>;
    constexpr std::uint64_t sign = std::uint64_t{1} << (8 * sizeof(F) - 1);
    if (nan != 0 || (positive_infinity != 0 && negative_infinity != 0)) {
      return element_from_bits<F>(format::nan);
    }
    if (positive_infinity != 0 || negative_infinity != 0) {
      return element_from_bits<F>(format::infinity | (negative_infinity != 0 ? sign : 0));
    }
    if (any && !other) {
      return element_from_bits<F>(sign);
    }
    return finite.template rounded<F>(n);
  }
};

/// Adds rows of doubles to a state, by the window where they fit it and else by the bins.
template <real T, int Bits>
class exact_stream {
public:
  using V = typename window<Bits>::V;

  /// Adds count rows. `allowed(magnitudes)` says whether they may be added at all; returns
  /// false, and adds nothing, where not or where there is a NaN or an infinity.
  template <class Row, class Allowed>
  bool add(const Row& row, std::size_t count, exact_state<T>& state, const Allowed& allowed) {
    if (!window_.has_room(count)) {
      window_.flush(state.finite);
    }
    magnitudes found = window_.add(row, count);
    if (!found.finite() || !allowed(found)) {
      window_.flush(state.finite);
      return false;
    }
    if (found.zero()) {
      return false; // the signs of zeros count
    }
    state.any = state.other = true;
    if (window_.added()) {
      return true;
    }
    window_.flush(state.finite);
    if (window_.move_to(found)) {
      window_.add(row, count);
    } else {
      add_to_bins(row, count, state);
    }
    return true;
  }
  void flush(exact_state<T>& state) {
    window_.flush(state.finite);
    if (bins_ != nullptr) {
      bins_->flush(state.finite);
    }
  }

private:
  template <class Row>
  DETOPS_NOINLINE void add_to_bins(const Row& row, std::size_t count, exact_state<T>& state) {
    if (bins_ == nullptr) {
      bins_ = std::make_unique<exponent_bins>();
    }
    for (std::size_t i = 0; i < count; ++i) {
      double values[V::size];
      row(i).store(values);
      for (const double value : values) {
        bins_->add(value, state.finite);
      }
    }
  }

  window<Bits> window_;
  std::unique_ptr<exponent_bins> bins_;
};

struct no_errors {
  template <class State>
  void flush(State&) {}
};

/// Adds elements of a loader, or the products of two, to a state.
template <real T, class... Loaders>
class exact_walk {
  static constexpr bool products = sizeof...(Loaders) == 2;
  // a product of floats has 48 bits
  using stream = exact_stream<T, sizeof(T) == 8 ? 53 : products ? 48 : 24>;
  using V = typename stream::V;
  static constexpr std::size_t row = V::size;
  static constexpr std::size_t block =
      std::min<std::size_t>(2048 / row, 256); // rows: in the first cache, also twice

public:
  void set(const Loaders&... loaders) { loaders_ = {loaders...}; }

  /// Elements [first, last).
  void add(std::size_t first, std::size_t last, exact_state<T>& state) {
    while (last - first >= row) {
      const std::size_t rows = std::min(block, (last - first) / row);
      if (!add_rows(first, rows, state)) {
        add_each(first, first + rows * row, state);
      }
      first += rows * row;
    }
    add_each(first, last, state);
  }
  /// Brings what is still held back to the state.
  void flush(exact_state<T>& state) {
    stream_.flush(state);
    errors_.flush(state);
  }

private:
  template <std::size_t Operand>
  DETOPS_ALWAYS_INLINE V load(std::size_t at) const {
    return std::get<Operand>(loaders_).template load<row>(at);
  }

  bool add_rows(std::size_t first, std::size_t rows, exact_state<T>& state) {
    const auto any = [](const magnitudes&) { return true; };
    if constexpr (!products) {
      return stream_.add([&](std::size_t i)
                             DETOPS_INLINE_LAMBDA { return load<0>(first + i * row); },
                         rows, state, any);
    } else if constexpr (sizeof(T) == 4) {
      return stream_.add(
          [&](std::size_t i) DETOPS_INLINE_LAMBDA {
            return simd::mul(load<0>(first + i * row), load<1>(first + i * row));
          },
          rows, state, any);
    } else {
      // x y = p + e, where the error e of the product is a double: not where p overflows, or is so small that e
      // would lie below the subnormals, or became 0 (then the least number stands for it).
      const V zero = V::broadcast(0), least = V::broadcast(from_bits<double>(1));
      const auto product = [&](std::size_t i) DETOPS_INLINE_LAMBDA {
        const V x = load<0>(first + i * row), y = load<1>(first + i * row);
        const V p = simd::mul(x, y);
        const auto lost = simd::mask_not(simd::mask_or(simd::equal(x, zero), simd::equal(y, zero)));
        return simd::select(simd::mask_and(simd::equal(p, zero), lost), least, p);
      };
      const auto safe = [](const magnitudes& m) {
        return m.largest < 0x1p1000 && m.least > 0x1p-960;
      };
      const auto error = [&](std::size_t i) DETOPS_INLINE_LAMBDA {
        const V x = load<0>(first + i * row), y = load<1>(first + i * row);
        return simd::fma(x, y, simd::neg(simd::mul(x, y)));
      };
      if (!stream_.add(product, rows, state, safe)) {
        return false;
      }
      errors_.add(error, rows, state, any); // false where all are 0
      return true;
    }
  }
  DETOPS_NOINLINE void add_each(std::size_t first, std::size_t last, exact_state<T>& state) const {
    for (; first < last; first += row) {
      const std::size_t count = std::min(row, last - first);
      double values[sizeof...(Loaders)][row];
      std::size_t operand = 0;
      std::apply(
          [&](const auto&... loader) {
            (loader.template load_partial<row>(first, count).store(values[operand++]), ...);
          },
          loaders_);
      for (std::size_t i = 0; i < count; ++i) {
        if constexpr (products) {
          state.add_product(values[0][i], values[1][i]);
        } else {
          state.add(values[0][i]);
        }
      }
    }
  }

  std::tuple<Loaders...> loaders_;
  stream stream_;
  std::conditional_t<products && sizeof(T) == 8, exact_stream<T, 53>, no_errors> errors_;
};

/// The exact sum over a reader, or over the products of two, of elements computed in T.
template <real T, std::size_t Operands>
class exact_feed {
  template <class S>
  using walk =
      std::conditional_t<Operands == 1, exact_walk<T, contiguous_loader<S, double>>,
                         exact_walk<T, contiguous_loader<S, double>, contiguous_loader<S, double>>>;

public:
  explicit exact_feed(const reader<double> (&operands)[Operands]) : operands_(operands) {}

  void add(std::size_t first, std::size_t last, exact_state<T>& state) const {
    if (operands_[0].template plain<T>() != nullptr &&
        operands_[Operands - 1].template plain<T>() != nullptr) {
      walk<T> elements;
      set(elements, [&](std::size_t k) { return operands_[k].template plain<T>(); });
      elements.add(first, last, state);
      elements.flush(state);
      return;
    }
    constexpr std::size_t buffered = 2048;
    const scratch<double> buffer(Operands * buffered);
    walk<double> elements;
    for (; first < last; first += buffered) {
      const std::size_t count = std::min(buffered, last - first);
      set(elements,
          [&](std::size_t k) { return operands_[k](first, count, buffer.data() + k * buffered); });
      elements.add(0, count, state);
    }
    elements.flush(state);
  }

private:
  template <class Walk, class Data>
  static void set(Walk& elements, const Data& data) {
    if constexpr (Operands == 1) {
      elements.set({data(0)});
    } else {
      elements.set({data(0)}, {data(1)});
    }
  }
  const reader<double> (&operands_)[Operands];
};

template <real T, std::size_t Operands>
DETOPS_NOINLINE exact_state<T> exact_root(const executor_ref& exec,
                                          const reader<double> (&operands)[Operands]) {
  const std::size_t n = operands[0].size();
  constexpr std::size_t block = std::size_t{1} << 17; // elements of a task
  const exact_feed<T, Operands> elements(operands);
  exact_state<T> total;
  if (n <= block || exec.concurrency() <= 1) {
    elements.add(0, n, total);
    return total;
  }
  const scratch<exact_state<T>> parts((n - 1) / block + 1);
  for_each_block(exec, n, block, [&](std::size_t first, std::size_t last) {
    exact_state<T> part;
    elements.add(first, last, part);
    parts[first / block] = part;
  });
  for (std::size_t i = 0; i * block < n; ++i) {
    total.add(parts[i]);
  }
  return total;
}

} // namespace detops::inline DETOPS_ISA::detail
