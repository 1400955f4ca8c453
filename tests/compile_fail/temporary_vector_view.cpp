// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A view of a temporary would dangle.
// expect: vector_view|deleted|no viable|conversion
#include <detops/reduce.hpp>

#include <vector>

#ifdef DETOPS_FAULT
detops::vector_view<const float> view = std::vector<float>{1, 2, 3};
#else
const std::vector<float> values{1, 2, 3};
detops::vector_view<const float> view = values;
#endif
