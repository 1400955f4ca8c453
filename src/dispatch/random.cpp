// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The fills of one level.
#include <detops/random/normal.hpp>
#include <detops/random/uniform.hpp>

#include "caller.hpp"

namespace detops {
namespace {

using dispatch::plain::fill_call;

template <class T>
void uniform_of(const dispatch::plain::executor& exec, const fill_call& call) {
  fill_uniform(detail::caller(exec), random_key{call.seed, call.stream},
               detail::vector_of<T>(call.out), call.first);
}
void normal_of_floats(const dispatch::plain::executor& exec, const fill_call& call) {
  fill_normal(detail::caller(exec), random_key{call.seed, call.stream},
              detail::vector_of<float>(call.out), call.first);
}

} // namespace

namespace dispatch::plain {

// in the order of fill
extern const random_table DETOPS_TABLE(random);
constinit const random_table DETOPS_TABLE(random) = {
    {uniform_of<float>, uniform_of<double>, normal_of_floats}};

} // namespace dispatch::plain
} // namespace detops
