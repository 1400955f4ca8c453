// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, dot, mean, norm1 and the extrema of float and double: vectors, whole matrices, along an axis.

#include "golden_policies.hpp"

namespace golden {
namespace {

std::string sums(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    return r.has("axis") ? summed_along<T>(r, how) : summed<T>(r, how);
  });
}

std::string extrema(const row& r, const trial& how) {
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) {
    return r.has("axis") ? extremum_along<T>(r, how) : extremum<T>(r, how);
  });
}

void add_reductions(operations& table) {
  for (const char* name : {"sum", "dot", "mean", "norm1"}) {
    table[name] = {sums, matrix_layouts};
  }
  for (const char* name : {"max", "min", "argmax", "argmin", "minmax"}) {
    table[name] = {extrema, matrix_layouts};
  }
}
const family reduce_family(add_reductions);

} // namespace
} // namespace golden
