// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What the products of a batch may share: operands as they like; a result shares no element with an operand or another
// result.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <detops/core/nd_view.hpp>
#include <detops/core/scratch.hpp>
#include <detops/matmul/batch.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Where a result lies.
struct result_place {
  address_range range;
  std::uintptr_t reach; // the last address of this and of those before it
  std::size_t index;
};

/// The results of a batch that have elements, by their first addresses.
template <class S>
class result_places {
public:
  explicit result_places(const batch_ref<S>& batch) : batch_(batch), sorted_(batch.size()) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const address_range range = addresses(batch[i].c);
      if (range.first <= range.last) {
        sorted_[size_++] = {range, 0, i};
      }
    }
    const auto before = [](const result_place& a, const result_place& b) {
      return a.range.first < b.range.first;
    };
    result_place* const begin = sorted_.data();
    if (!std::is_sorted(begin, begin + size_, before)) {
      std::sort(begin, begin + size_, before);
    }
    for (std::size_t i = 0; i < size_; ++i) {
      const std::uintptr_t last = begin[i].range.last;
      begin[i].reach = i > 0 ? std::max(begin[i - 1].reach, last) : last;
    }
  }

  std::size_t size() const { return size_; }
  /// Result number i in this order.
  std::size_t operator[](std::size_t i) const { return sorted_[i].index; }
  address_range all() const {
    return size_ == 0 ? address_range{}
                      : address_range{sorted_[0].range.first, sorted_[size_ - 1].reach};
  }
  /// The number of a result among the first `count` that shares elements with x, or the size of the batch.
  template <class T>
  std::size_t sharing(const matrix_view<T>& x, std::size_t count) const {
    const address_range range = addresses(x);
    const result_place* const begin = sorted_.data();
    const result_place* place = std::upper_bound(
        begin, begin + count, range.last,
        [](std::uintptr_t last, const result_place& p) { return last < p.range.first; });
    while (place != begin && (place - 1)->reach >= range.first) {
      --place;
      if (overlap(batch_[place->index].c, x)) {
        return place->index;
      }
    }
    return batch_.size();
  }

private:
  const batch_ref<S>& batch_;
  scratch<result_place> sorted_;
  std::size_t size_ = 0;
};

/// Refuses results that share elements with another result or an operand. Time O(count log(count)) where few of them
/// have addresses between those of others.
template <class S>
void check_batch_apart(const char* operation, const batch_ref<S>& batch) {
  const result_places<S> places(batch);
  for (std::size_t i = 1; i < places.size(); ++i) {
    const auto c = batch[places[i]].c;
    if (const std::size_t other = places.sharing(c, i); other != batch.size()) {
      invalid(operation, "C ", places[i], " ", text(c), " overlaps C ", other, " ",
              text(batch[other].c));
    }
  }
  const address_range results = places.all();
  const auto check_operand = [&](const char* name, std::size_t i, const auto& x) {
    if (!meet(results, addresses(x))) {
      return;
    }
    if (const std::size_t other = places.sharing(x, places.size()); other != batch.size()) {
      invalid(operation, "C ", other, " ", text(batch[other].c), " overlaps ", name, " ", i, " ",
              text(x));
    }
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const problem<S> p = batch[i];
    check_operand("A", i, p.a);
    check_operand("B", i, p.b);
  }
}

/// Whether each step of a view, from the smallest, passes all that lies inside it: then no two elements share a place.
template <class T>
bool steps_are_nested(const nd_view<T>& x) {
  std::size_t order[max_rank] = {0, 1, 2, 3};
  const auto step = [&](std::size_t d) { return magnitude(x.strides[d]); };
  for (std::size_t i = 1; i < x.rank; ++i) { // of four at most; g++ 12 warns of std::sort on so few
    for (std::size_t j = i; j > 0 && step(order[j]) < step(order[j - 1]); --j) {
      std::swap(order[j], order[j - 1]);
    }
  }
  std::size_t reach = 0;
  for (std::size_t d = 0; d < x.rank; ++d) {
    const std::size_t steps = x.extents[order[d]] - 1;
    if (steps > 0 && step(order[d]) <= reach) {
      return false;
    }
    reach += steps * step(order[d]);
  }
  return true;
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
