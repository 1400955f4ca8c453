// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The order of a summation, found out from outside (Xie et al., "FPRev: revealing the order of
// floating-point summation"). One element is M, one is -M, all others are 1. M is so large that
// M + k = M for every count k, so all that lies below the node where the two meet is lost there,
// and the ones outside count themselves:
//
//        +            M, -M at a, c: they meet in the node of a, b, c, and the sum is 1 (d)
//       / \           M, -M at a, b: they meet in the node of a, b, and the sum is 2 (c, d)
//      +   d
//     / \             How many leaves lie below the node of each pair is all there is to know about
//    +   c            a tree but which operand is the left one, and that shows in no bit.
//   / \               .
//  a   b
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <map>
#include <numeric>
#include <ostream>
#include <utility>
#include <vector>

namespace test {

/// Sums of up to 2^18 ones are lost in it, and exact beside it. A double holds the sum of ones and
/// the M of float exactly, so that float sums held in doubles have something to round.
template <class T>
inline constexpr T huge = sizeof(T) == 4 ? T(0x1p44) : T(0x1p80);

struct leaf_pair {
  std::size_t i;
  std::size_t j;
};

/// Leaves i and j meet in a node of `size` leaves.
struct meeting {
  std::size_t size;
  std::size_t i;
  std::size_t j;
  friend auto operator<=>(const meeting&, const meeting&) = default;
};

/// A tree, named by its lowest leaf: where the lowest leaves of the two sides of each node meet. By
/// induction over size no other tree has these meetings: with both sides known, their node holds
/// both, and `size` says that it holds nothing else.
struct tree {
  std::size_t first;
  std::vector<meeting> meetings;

  std::size_t size() const { return meetings.size() + 1; }
  friend bool operator==(const tree&, const tree&) = default;
  friend std::ostream& operator<<(std::ostream& out, const tree& t) {
    for (std::size_t k = 0; k < t.meetings.size() && k < 20; ++k) {
      out << t.meetings[k].i << '^' << t.meetings[k].j << '=' << t.meetings[k].size << ' ';
    }
    return out << "(" << t.size() << " leaves)";
  }
};

inline tree leaf(std::size_t i) {
  return {i, {}};
}
inline tree node(tree a, const tree& b) {
  const meeting top = {a.size() + b.size(), std::min(a.first, b.first), std::max(a.first, b.first)};
  a.meetings.insert(a.meetings.end(), b.meetings.begin(), b.meetings.end());
  a.meetings.push_back(top);
  a.first = top.i;
  return a;
}
/// With its nodes in one order, for ==.
inline tree sorted(tree t) {
  std::sort(t.meetings.begin(), t.meetings.end());
  return t;
}

/// a + b + c + ... from the left.
inline tree chain(std::size_t first, std::size_t last) {
  tree t = leaf(first);
  for (std::size_t i = first + 1; i < last; ++i) {
    t = node(std::move(t), leaf(i));
  }
  return t;
}
/// The contract's fold: neighbours, an odd last one carried up, until one is left.
inline tree fold(std::vector<tree> list) {
  while (list.size() > 1) {
    std::vector<tree> next;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
      next.push_back(node(std::move(list[i]), list[i + 1]));
    }
    if (list.size() % 2 != 0) {
      next.push_back(std::move(list.back()));
    }
    list = std::move(next);
  }
  return list[0];
}

/// What a sum of n elements says; 0, which no node has, where it is no count of ones.
template <class T>
std::size_t size_of_meeting(T sum, std::size_t n) {
  const bool counts = sum >= 0 && sum <= static_cast<T>(n);
  return counts ? n - static_cast<std::size_t>(sum) : 0;
}

// Below, `probe` is the summation under test: it gives the size of the meeting of each of a vector
// of pairs.

/// sum(x) of one vector for each pair.
template <class T, class Sum>
auto probe_vectors(std::size_t n, Sum sum) {
  return [x = std::vector<T>(n, T{1}), sum](const std::vector<leaf_pair>& pairs) mutable {
    std::vector<std::size_t> sizes;
    for (const auto& [i, j] : pairs) {
      x[i] = huge<T>;
      x[j] = -huge<T>;
      sizes.push_back(size_of_meeting(static_cast<T>(sum(x)), x.size()));
      x[i] = x[j] = 1;
    }
    return sizes;
  };
}

/// The tree over `leaves`, without knowing it: the leaves that meet the first one in the same node
/// are the other side of that node (FPRev's refined algorithm: n to n^2/2 probes, about n log n for
/// balanced trees).
template <class Probe>
tree reveal(Probe& probe, const std::vector<std::size_t>& leaves) {
  std::vector<leaf_pair> pairs;
  for (std::size_t k = 1; k < leaves.size(); ++k) {
    pairs.push_back({leaves[0], leaves[k]});
  }
  const std::vector<std::size_t> sizes = probe(pairs);
  std::map<std::size_t, std::vector<std::size_t>> sides;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    sides[sizes[k]].push_back(pairs[k].j);
  }
  tree t = leaf(leaves[0]);
  for (const auto& [size, side] : sides) {
    t = node(std::move(t), side.size() == 1 ? leaf(side[0]) : reveal(probe, side));
    t.meetings.back().size = size; // what was seen: in a tree it is t.size()
  }
  return t;
}
template <class Probe>
tree reveal(Probe& probe, std::size_t n) {
  std::vector<std::size_t> leaves(n);
  std::iota(leaves.begin(), leaves.end(), std::size_t{0});
  return sorted(reveal(probe, leaves));
}

/// How many of the meetings of `t` are others under test; with step > 1 only each step-th of the
/// smaller ones is asked for. None, with step 1, proves that the tree under test is t.
template <class Probe>
std::size_t other_meetings(Probe& probe, const tree& t, std::size_t step = 1) {
  std::vector<leaf_pair> pairs;
  std::vector<std::size_t> expected;
  for (std::size_t k = 0; k < t.meetings.size(); ++k) {
    const auto& [size, i, j] = t.meetings[k];
    if (size > 64 || k % step == 0) {
      pairs.push_back({i, j});
      expected.push_back(size);
    }
  }
  const std::vector<std::size_t> sizes = probe(pairs);
  std::size_t others = 0;
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    others += sizes[k] != expected[k];
  }
  return others;
}

/// The same for every pair of leaves of a small tree, in both orders of M and -M.
template <class Probe>
std::size_t other_pairs(Probe& probe, tree t) {
  t = sorted(std::move(t)); // smaller nodes first, so sides before their node
  std::vector<std::vector<std::size_t>> below(t.size());
  for (std::size_t i = 0; i < t.size(); ++i) {
    below[i] = {i};
  }
  std::vector<leaf_pair> pairs;
  std::vector<std::size_t> expected;
  for (const auto& [size, first, second] : t.meetings) {
    for (const std::size_t i : below[first]) {
      for (const std::size_t j : below[second]) {
        pairs.insert(pairs.end(), {{i, j}, {j, i}});
        expected.insert(expected.end(), {size, size});
      }
    }
    below[first].insert(below[first].end(), below[second].begin(), below[second].end());
  }
  const std::vector<std::size_t> sizes = probe(pairs);
  std::size_t others = 0;
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    others += sizes[k] != expected[k];
  }
  return others;
}

} // namespace test
