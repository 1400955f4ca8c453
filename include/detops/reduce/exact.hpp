// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The engine of the policy `exact`: what has been added so far (exact_state), and how blocks of elements or products
// get there fast. Correctly rounded sums by a long accumulator: Kulisch; one integer per exponent: Neal 2015;
// cutting by a large constant: Rump, Ogita, Oishi 2008, Demmel and Nguyen 2015.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <tuple>

#include <detops/core/scratch.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/exponent_bins.hpp>
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

/// Says when a way that did not do for the last blocks is tried again.
class retry {
public:
  bool due() {
    if (wait_ == 0) {
      return true;
    }
    --wait_;
    return false;
  }
  void report(bool worked) {
    wait_ = worked ? 0 : pause_;
    pause_ = worked ? pause_ / 2 : std::min(2 * pause_ + 1, 31u);
  }

private:
  unsigned wait_ = 0, pause_ = 0;
};

/// Adds elements of a loader, or the products of two, to a state: a block goes to the window or, where its magnitudes
/// are spread wider than that, to the bins.
template <real T, class Loader, class... Second>
class exact_walk {
  static constexpr bool products = sizeof...(Second) == 1;
  static constexpr bool errors = products && sizeof(T) == 8;
  using S = std::remove_const_t<std::remove_pointer_t<decltype(Loader::data)>>;
  static constexpr bool floats = !products && sizeof(S) == 4;
  // a product of floats has 48 bits
  using window_type = window<sizeof(T) == 8 ? 53 : products ? 48 : 24, errors>;
  // a product of floats is a double
  using bins_type = std::conditional_t<errors, product_bins<double>,
                                       exponent_bins<std::conditional_t<products, double, S>>>;
  using V = typename window_type::V;
  static constexpr std::size_t row = floats ? 2 * V::size : V::size; // elements
  // Rows: what is read fits the first cache, also twice. The first block only finds the window's place.
  static constexpr std::size_t block = std::min<std::size_t>((products ? 1024 : 2048) / row, 128);
  static constexpr std::size_t first_block = 8;

public:
  void set(const Loader& loader, const Second&... second) { loaders_ = {loader, second...}; }

  /// Elements [first, last).
  void add(std::size_t first, std::size_t last, exact_state<T>& state) {
    while (last - first >= row) {
      const std::size_t rows = std::min(next_block_, (last - first) / row);
      next_block_ = block;
      if (!in_window_.due() || !add_to_window(first, rows, state)) {
        add_to_bins(first, rows * row, state);
      }
      first += rows * row;
    }
    for (; first < last; ++first) {
      add_one(first, state);
    }
  }
  /// Brings what is still held back to the state.
  void flush(exact_state<T>& state) {
    window_.flush(state.finite);
    if (bins_ != nullptr) {
      bins_->flush(state.finite);
    }
    binned_ = 0;
  }

private:
  template <std::size_t Operand>
  double element(std::size_t at) const {
    return static_cast<double>(std::get<Operand>(loaders_).data[at]);
  }

  /// False, and nothing is added, where the elements do not fit a window or only signs of zeros count.
  bool add_to_window(std::size_t first, std::size_t rows, exact_state<T>& state) {
    window_.make_room(rows * row / V::size, state.finite);
    magnitudes found = pass(first, rows);
    if (!window_.added() && found.least == 0 && !zeros_) {
      zeros_ = true;
      found = pass(first, rows);
    }
    if (!window_.added() && found.finite()) {
      if (found.largest == 0) {
        return state.other;
      }
      if (window_.move_to(found, state.finite)) {
        pass(first, rows);
      }
    }
    in_window_.report(window_.added());
    state.any = state.any || window_.added();
    state.other = state.other || window_.added();
    return window_.added();
  }

  magnitudes pass(std::size_t first, std::size_t rows) {
    return zeros_ ? pass<false>(first, rows) : pass<true>(first, rows);
  }
  /// Zeros: they count as the least magnitude, which costs less than to look for the least of the others.
  template <bool Zeros>
  magnitudes pass(std::size_t first, std::size_t rows) {
    if constexpr (floats) {
      if (close_together_.due()) {
        const magnitudes found =
            window_.template add_floats<Zeros>(std::get<0>(loaders_).data + first, rows);
        if (!window_.holds(found)) {
          return found;
        }
        close_together_.report(window_.added());
        if (window_.added()) {
          return found;
        }
      }
    }
    return window_.template add<Zeros>(rows_from<Zeros>{loaders_, first}, rows * row / V::size);
  }

  /// The rows of numbers from an element on.
  template <bool Zeros>
  struct rows_from {
    const std::tuple<Loader, Second...>& loaders;
    std::size_t first;

    template <std::size_t Operand>
    DETOPS_ALWAYS_INLINE V load(std::size_t i) const {
      const auto& loader = std::get<Operand>(loaders);
      const std::size_t at = first + i * V::size;
      loader.prefetch(at);
      return loader.template load<V::size>(at);
    }
    template <std::size_t Operand>
    DETOPS_ALWAYS_INLINE V load_again(std::size_t i) const {
      return std::get<Operand>(loaders).template load<V::size>(first + i * V::size);
    }
    DETOPS_ALWAYS_INLINE V value(std::size_t i) const {
      if constexpr (!products) {
        return load<0>(i);
      } else if constexpr (!errors || Zeros) {
        return simd::mul(load<0>(i), load<1>(i));
      } else {
        // for a product that became 0 the least number stands, which no window holds
        const V zero = V::broadcast(0), least = V::broadcast(from_bits<double>(1));
        const V x = load<0>(i), y = load<1>(i), p = simd::mul(x, y);
        const auto lost = simd::mask_not(simd::mask_or(simd::equal(x, zero), simd::equal(y, zero)));
        return simd::select(simd::mask_and(simd::equal(p, zero), lost), least, p);
      }
    }
    /// What the rounding of a product left.
    DETOPS_ALWAYS_INLINE V error(std::size_t i, const V& product) const {
      return simd::fma(load_again<0>(i), load_again<1>(i), simd::neg(product));
    }
  };

  DETOPS_NOINLINE void add_to_bins(std::size_t first, std::size_t count, exact_state<T>& state) {
    if (bins_ == nullptr) {
      bins_ = std::make_unique<bins_type>();
    }
    if (binned_ + count > bins_type::limit) {
      flush(state);
    }
    binned_ += count;
    if constexpr (errors) {
      std::size_t i = first;
      for (; i < first + count && !state.other; ++i) {
        add_one(i, state); // the signs of zeros count
      }
      bins_->add(std::get<0>(loaders_).data + i, std::get<1>(loaders_).data + i, first + count - i,
                 [&](std::size_t k) { add_one(i + k, state); });
    } else if constexpr (products) {
      double values[row * block];
      for (std::size_t i = 0; i < count; i += row) {
        rows_from<true>{loaders_, first + i}.value(0).store(values + i);
      }
      add_numbers_to_bins(static_cast<const double*>(values), count, state);
    } else {
      add_numbers_to_bins(std::get<0>(loaders_).data + first, count, state);
    }
  }
  template <class Number>
  void add_numbers_to_bins(const Number* numbers, std::size_t count, exact_state<T>& state) {
    state.any = true;
    state.other = state.other || std::any_of(numbers, numbers + count, [](Number value) {
                    return to_bits(value) != sign_bit<Number>;
                  });
    bins_->add(numbers, count);
    if (bins_->drop_not_finite()) {
      for (std::size_t i = 0; i < count; ++i) {
        if (!is_finite(numbers[i])) {
          state.add(static_cast<double>(numbers[i]));
        }
      }
    }
  }
  DETOPS_NOINLINE void add_one(std::size_t at, exact_state<T>& state) const {
    if constexpr (products) {
      state.add_product(element<0>(at), element<1>(at));
    } else {
      state.add(element<0>(at));
    }
  }

  std::tuple<Loader, Second...> loaders_;
  window_type window_;
  std::unique_ptr<bins_type> bins_;
  std::size_t binned_ = 0;
  std::size_t next_block_ = first_block;
  retry in_window_, close_together_;
  bool zeros_ = false; // zeros were met
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
