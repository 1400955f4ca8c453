// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// What can be chosen on the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <variant>

#include "idx.hpp"

namespace fashion_mnist {

enum class activation_function { tanh, relu };
enum class progress_style { json, plain };

struct options {
  std::filesystem::path data = default_folder;
  std::filesystem::path output; // empty: the weights are not written
  std::size_t epochs = 2;
  std::size_t threads = 1;
  std::size_t batch = 128;
  std::size_t hidden = 256;
  std::size_t images = 0; // train on the first so many; 0: on all
  std::uint64_t seed = 1;
  float rate = 0.2f;
  float momentum = 0.9f;
  float decay = 0.2f; // of the rate, after each epoch
  activation_function activation = activation_function::tanh;
  progress_style progress = progress_style::plain;
  bool control = false;
};

struct file_pair {
  std::filesystem::path first;
  std::filesystem::path second;
};

// Wrong use and --help are answered here; the value is then the status to exit with.
std::variant<options, file_pair, int> parse(int argument_count, char** arguments);

} // namespace fashion_mnist
