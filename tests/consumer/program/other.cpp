// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <detops/adapt/eigen.hpp>
#include <detops/detops.hpp>

#include <vector>

float other(const std::vector<float>& x);

float other(const std::vector<float>& x) {
  return detops::sum(x);
}
