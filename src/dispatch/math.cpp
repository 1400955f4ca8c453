// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The functions of floats of one level.
#include <detops/math.hpp>

#include "caller.hpp"

namespace detops {
namespace {

using dispatch::plain::map_call;

template <class Operation>
void map_floats(const dispatch::plain::executor& exec, const map_call& call) {
  const detail::caller by(exec);
  const auto run = [&](const auto& in, const auto& out) {
    detail::map(Operation{}, {"in"}, by, out, in);
  };
  if (call.out.is_vector) {
    run(detail::vector_of<const float>(call.in), detail::vector_of<float>(call.out));
  } else {
    run(detail::matrix_of<const float>(call.in), detail::matrix_of<float>(call.out));
  }
}

} // namespace

namespace dispatch::plain {

// in the order of map
extern const math_table DETOPS_TABLE(math);
constinit const math_table DETOPS_TABLE(math) = {
    {map_floats<detail::exp_operation>, map_floats<detail::log_operation>,
     map_floats<detail::sinpi_operation>, map_floats<detail::cospi_operation>,
     map_floats<detail::tanh_operation>}};

} // namespace dispatch::plain
} // namespace detops
