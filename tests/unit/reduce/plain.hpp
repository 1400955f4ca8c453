// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The reduction tree of the contract as plain loops over lists, one lane after the other.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <detops/core/bits.hpp>

namespace test {

template <class T>
struct plain_node {
  T sum;
  T error;
};

template <class T>
plain_node<T> plain_combine(plain_node<T> a, plain_node<T> b, bool compensated) {
  const volatile T s = a.sum + b.sum;
  if (!compensated) {
    return {s, 0};
  }
  const volatile T b_part = s - a.sum;
  const volatile T a_part = s - b_part;
  const volatile T left = a.sum - a_part;
  const volatile T right = b.sum - b_part;
  const volatile T t = left + right;
  const volatile T errors = a.error + b.error;
  const volatile T e = errors + t;
  return {s, e};
}

/// Neighbours are combined, an odd last one is carried up, until one is left.
template <class Node, class Combine>
Node plain_fold(std::vector<Node> list, const Combine& combine) {
  while (list.size() > 1) {
    std::vector<Node> next;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
      next.push_back(combine(list[i], list[i + 1]));
    }
    if (list.size() % 2 != 0) {
      next.push_back(list.back());
    }
    list = next;
  }
  return list[0];
}

/// The root over at least one leaf, in rows of `width`.
template <class Node, class Combine>
Node plain_root(const std::vector<Node>& leaves, std::size_t width, const Combine& combine) {
  std::vector<Node> lanes;
  for (std::size_t lane = 0; lane < width && lane < leaves.size(); ++lane) {
    std::vector<Node> column;
    for (std::size_t i = lane; i < leaves.size(); i += width) {
      column.push_back(leaves[i]);
    }
    lanes.push_back(plain_fold(column, combine));
  }
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half && lane + half < lanes.size(); ++lane) {
      lanes[lane] = combine(lanes[lane], lanes[lane + half]);
    }
  }
  return lanes[0];
}

template <class T>
T plain_tree(const std::vector<plain_node<T>>& leaves, bool compensated) {
  if (leaves.empty()) {
    return 0;
  }
  const auto root = plain_root(leaves, 64 / sizeof(T), [&](const auto& a, const auto& b) {
    return plain_combine(a, b, compensated);
  });
  const T s = root.sum;
  const T e = root.error;
  if (!compensated || e == 0 || !std::isfinite(s) || !std::isfinite(e)) {
    return detops::detail::canonical(s);
  }
  return s + e;
}

template <class T>
T plain_sum(const std::vector<T>& x, bool compensated) {
  std::vector<plain_node<T>> leaves;
  for (const T value : x) {
    leaves.push_back({value, 0});
  }
  return plain_tree(leaves, compensated);
}

template <class T>
T plain_dot(const std::vector<T>& x, const std::vector<T>& y, bool compensated) {
  std::vector<plain_node<T>> leaves;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const volatile T product = x[i] * y[i];
    leaves.push_back({product, compensated ? std::fma(x[i], y[i], -product) : T{0}});
  }
  return plain_tree(leaves, compensated);
}

template <class T>
T plain_prod(const std::vector<T>& x) {
  if (x.empty()) {
    return 1;
  }
  return detops::detail::canonical(plain_root(x, 64 / sizeof(T), [](T a, T b) {
    const volatile T product = a * b;
    return T{product};
  }));
}

} // namespace test
