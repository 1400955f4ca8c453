// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Views of up to four dimensions.
#pragma once

#include <array>
#include <initializer_list>

#include <detops/core/view.hpp>

namespace detops::inline DETOPS_ISA {

/// The most dimensions that an nd_view has.
inline constexpr std::size_t max_rank = 4;

/// Element (i, j, ...) at data[i * strides[0] + j * strides[1] + ...]; strides count elements and may be negative, or 0
/// for inputs. One to four dimensions.
template <class T>
struct nd_view {
  using value_type = std::remove_const_t<T>;

  T* data = nullptr;
  std::size_t rank = 1;
  std::array<std::size_t, max_rank> extents{};
  std::array<std::ptrdiff_t, max_rank> strides{};

  constexpr nd_view() = default;
  /// Row-major without gaps. Throws std::invalid_argument for no dimension or more than four.
  nd_view(T* first, std::initializer_list<std::size_t> shape) : data(first), rank(shape.size()) {
    check_rank();
    std::copy(shape.begin(), shape.end(), extents.begin());
    std::size_t step = 1;
    for (std::size_t d = rank; d-- > 0; step *= extents[d]) {
      strides[d] = static_cast<std::ptrdiff_t>(step);
    }
  }
  /// With a stride for each dimension.
  nd_view(T* first, std::initializer_list<std::size_t> shape,
          std::initializer_list<std::ptrdiff_t> steps)
      : data(first), rank(shape.size()) {
    check_rank();
    if (steps.size() != rank) {
      detail::invalid("nd_view", steps.size(), " strides for ", rank, " dimensions");
    }
    std::copy(shape.begin(), shape.end(), extents.begin());
    std::copy(steps.begin(), steps.end(), strides.begin());
  }
  template <class U>
    requires(std::is_const_v<T> && std::same_as<U, value_type>)
  constexpr nd_view(const nd_view<U>& other)
      : data(other.data), rank(other.rank), extents(other.extents), strides(other.strides) {}

private:
  void check_rank() const {
    if (rank == 0 || rank > max_rank) {
      detail::invalid("nd_view", rank, " dimensions; it has 1 to ", max_rank);
    }
  }
};

namespace detail {

template <class T>
message_part text(const nd_view<T>& x) {
  return {x.rank, x.extents.data()};
}

/// Refuses null data with elements, and extents whose addresses do not fit.
template <class T>
void check_view(const char* operation, const char* name, const nd_view<T>& x) {
  constexpr auto limit =
      static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(T);
  std::size_t count = 1, reach = 0;
  for (std::size_t d = 0; d < x.rank; ++d) {
    if (x.extents[d] == 0) {
      return;
    }
  }
  for (std::size_t d = 0; d < x.rank; ++d) {
    const std::size_t step = magnitude(x.strides[d]), steps = x.extents[d] - 1;
    const bool fits =
        x.extents[d] <= limit / count && (step == 0 || steps <= (limit - reach) / step);
    if (!fits) {
      invalid(operation, name, " ", text(x), " is larger than the address space");
    }
    count *= x.extents[d];
    reach += steps * step;
  }
  if (x.data == nullptr) {
    invalid(operation, name, " ", text(x), " has null data");
  }
}

template <class T>
address_range addresses(const nd_view<T>& x) {
  auto first = reinterpret_cast<std::uintptr_t>(x.data);
  auto last = first + sizeof(T) - 1;
  for (std::size_t d = 0; d < x.rank; ++d) {
    if (x.extents[d] == 0) {
      return {};
    }
    const std::uintptr_t reach = (x.extents[d] - 1) * magnitude(x.strides[d]) * sizeof(T);
    x.strides[d] < 0 ? first -= reach : last += reach;
  }
  return {first, last};
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
