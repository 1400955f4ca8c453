// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Accumulators have the policies of their operation: those of sums and dot products all four, the others none.
// expect: prod_accumulator
// expect: min_accumulator
// expect: max_accumulator
// expect: minmax_accumulator
// expect: (wrong number of|too many) template arguments
// expect: constraint
#include <detops/reduce.hpp>

template class detops::accumulator<float>;
template class detops::dot_accumulator<float>;
template class detops::dot_accumulator<float, detops::kahan_t>;
template class detops::dot_accumulator<double, detops::wide_t>;
template class detops::dot_accumulator<double, detops::exact_t>;
template class detops::prod_accumulator<float>;
template class detops::min_accumulator<float>;
template class detops::max_accumulator<int>;
template class detops::minmax_accumulator<double>;

#ifdef DETOPS_FAULT
detops::prod_accumulator<float, detops::kahan_t> product;
detops::min_accumulator<float, detops::wide_t> smallest;
detops::max_accumulator<float, detops::exact_t> largest;
detops::minmax_accumulator<float, detops::kahan_t> both;
detops::dot_accumulator<float, float> no_policy;
#endif
