// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Reader of IDX files, plain or gzipped, and of the data set in Fashion-MNIST's four of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace fashion_mnist {

// "file: byte 16: what is wrong". The offset counts the decompressed bytes, as the format does.
class idx_error : public std::runtime_error {
public:
  idx_error(const std::filesystem::path& file, std::size_t offset, const std::string& problem);
};

struct idx_array {
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> values; // row-major
};

// An IDX file of unsigned bytes with `rank` dimensions. Reads to the end, so that the checksum of
// gzip has been seen. Throws idx_error.
idx_array read_idx(const std::filesystem::path& file, std::size_t rank);

struct labelled_images {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<std::uint8_t> pixels; // count x rows x columns
  std::vector<std::uint8_t> labels; // count, each below `classes`

  std::size_t image_size() const { return rows * columns; }
};

inline constexpr std::size_t classes = 10;

// Throws idx_error where the two files do not belong together or a label is no class.
labelled_images read_labelled_images(const std::filesystem::path& images,
                                     const std::filesystem::path& labels);

struct data_set {
  labelled_images train;
  labelled_images test;
};

inline constexpr const char* default_folder = "/usr/share/datasets/fashion-mnist";

// The four files as named by Fashion-MNIST, each with or without ".gz".
data_set read_data_set(const std::filesystem::path& folder);

} // namespace fashion_mnist
