// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// The training run, with the operations of detops and, as a control, with ordinary ones.
#pragma once

#include "idx.hpp"
#include "options.hpp"
#include "parameters.hpp"
#include "progress.hpp"

namespace fashion_mnist {

struct outcome {
  parameters weights;
  float test_accuracy;
};

// The same weights, bit for bit, whatever the number of threads, the instruction set, the compiler.
outcome train(const options& chosen, const data_set& data, progress& output);

// The same network as programs are usually written: Eigen's products, sums in the order in which
// the threads arrive, std::shuffle, std::normal_distribution.
outcome train_control(const options& chosen, const data_set& data, progress& output);

} // namespace fashion_mnist
