// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A matrix view of a temporary would dangle.
// expect: matrix_view|deleted|no viable|conversion
#include <detops/adapt/eigen.hpp>
#include <detops/matmul.hpp>

#ifdef DETOPS_FAULT
detops::matrix_view<const float> view = Eigen::MatrixXf(2, 3);
#else
const Eigen::MatrixXf values(2, 3);
detops::matrix_view<const float> view = values;
#endif
