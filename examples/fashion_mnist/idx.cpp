// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// Reader of IDX files: two zero bytes, element type, rank, extents (big-endian 32 bits), elements.
#include "idx.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <zlib.h>

namespace fashion_mnist {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 20;
constexpr std::uint8_t unsigned_byte = 0x08;

std::string describe(const std::vector<std::size_t>& shape) {
  std::string text;
  for (std::size_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

std::string hex(std::uint8_t value) {
  const char* digits = "0123456789abcdef";
  return std::string("0x") + digits[value >> 4] + digits[value & 15];
}

std::vector<std::uint8_t> file_bytes(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes;
  for (std::size_t got = chunk; file && got == chunk;) {
    const std::size_t size = bytes.size();
    bytes.resize(size + chunk);
    file.read(reinterpret_cast<char*>(bytes.data() + size), chunk);
    got = static_cast<std::size_t>(file.gcount());
    bytes.resize(size + got);
  }
  if (file.bad() || !file.eof())
    throw idx_error(path, bytes.size(), std::string("cannot read: ") + std::strerror(errno));
  return bytes;
}

// What `packed` holds, one gzip member after the other.
std::vector<std::uint8_t> inflated(const std::filesystem::path& path,
                                   std::vector<std::uint8_t>& packed) {
  constexpr int gzip_window = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK)
    throw idx_error(path, 0, "cannot start zlib");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);

  std::vector<std::uint8_t> bytes;
  std::size_t consumed = 0;
  std::size_t produced = 0;
  const auto fail = [&](const std::string& problem) {
    throw idx_error(path, produced, problem + " at compressed byte " + std::to_string(consumed));
  };
  while (consumed < packed.size()) {
    bytes.resize(produced + chunk);
    const std::size_t given = std::min(packed.size() - consumed, chunk);
    stream.next_in = packed.data() + consumed;
    stream.avail_in = static_cast<unsigned>(given);
    stream.next_out = bytes.data() + produced;
    stream.avail_out = static_cast<unsigned>(chunk);
    const int code = inflate(&stream, Z_NO_FLUSH);
    consumed += given - stream.avail_in;
    produced += chunk - stream.avail_out;
    if (code == Z_STREAM_END && consumed == packed.size())
      break;
    if (code == Z_STREAM_END && inflateReset(&stream) == Z_OK)
      continue;
    if (code != Z_OK)
      fail(std::string("corrupt gzip stream (") + (stream.msg ? stream.msg : "no data") + ")");
    if (consumed == packed.size() && stream.avail_out != 0)
      fail("truncated gzip stream");
  }
  bytes.resize(produced);
  return bytes;
}

std::vector<std::uint8_t> contents(const std::filesystem::path& path) {
  std::vector<std::uint8_t> bytes = file_bytes(path);
  const bool gzip = bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
  return gzip ? inflated(path, bytes) : bytes;
}

// `folder`/`name`.gz, or without ".gz" where only that exists.
std::filesystem::path find(const std::filesystem::path& folder, const char* name) {
  const auto plain = folder / name;
  return std::filesystem::exists(plain) ? plain : folder / (std::string(name) + ".gz");
}

} // namespace

idx_error::idx_error(const std::filesystem::path& file, std::size_t offset,
                     const std::string& problem)
    : std::runtime_error(file.string() + ": byte " + std::to_string(offset) + ": " + problem) {}

idx_array read_idx(const std::filesystem::path& file, std::size_t rank) {
  std::vector<std::uint8_t> bytes = contents(file);
  const std::size_t begin = 4 + 4 * rank;
  if (bytes.size() < begin)
    throw idx_error(file, bytes.size(),
                    "the file ends inside its header of " + std::to_string(begin) + " bytes");
  if (bytes[0] != 0 || bytes[1] != 0)
    throw idx_error(file, 0,
                    "not an IDX file: begins " + hex(bytes[0]) + " " + hex(bytes[1]) +
                        ", expected 0x00 0x00");
  if (bytes[2] != unsigned_byte)
    throw idx_error(file, 2, "element type " + hex(bytes[2]) + ", expected 0x08 (unsigned byte)");
  if (bytes[3] != rank)
    throw idx_error(file, 3,
                    "has " + std::to_string(bytes[3]) + " dimensions, expected " +
                        std::to_string(rank));

  idx_array result;
  std::size_t size = 1;
  for (std::size_t offset = 4; offset < begin; offset += 4) {
    std::size_t extent = 0;
    for (std::size_t i = 0; i < 4; ++i)
      extent = extent << 8 | bytes[offset + i];
    result.shape.push_back(extent);
    if (extent != 0 && size > std::numeric_limits<std::size_t>::max() / extent)
      throw idx_error(file, offset, "size " + describe(result.shape) + " overflows");
    size *= extent;
  }

  if (bytes.size() - begin < size)
    throw idx_error(file, bytes.size(),
                    "the file ends here, but " + describe(result.shape) + " elements from byte " +
                        std::to_string(begin) + " need " + std::to_string(size) + " bytes");
  if (bytes.size() - begin > size)
    throw idx_error(file, begin + size,
                    "data after the last of " + describe(result.shape) + " elements");
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(begin));
  result.values = std::move(bytes);
  return result;
}

labelled_images read_labelled_images(const std::filesystem::path& images,
                                     const std::filesystem::path& labels) {
  constexpr std::size_t count_offset = 4;
  constexpr std::size_t labels_offset = 8;
  idx_array pixels = read_idx(images, 3);
  idx_array classes_of = read_idx(labels, 1);
  if (pixels.values.empty())
    throw idx_error(images, count_offset, "no images: " + describe(pixels.shape));
  if (pixels.shape[0] != classes_of.shape[0])
    throw idx_error(labels, count_offset,
                    std::to_string(classes_of.shape[0]) + " labels for the " +
                        std::to_string(pixels.shape[0]) + " images of " + images.string());
  for (std::size_t i = 0; i < classes_of.values.size(); ++i)
    if (classes_of.values[i] >= classes)
      throw idx_error(labels, labels_offset + i,
                      "label " + std::to_string(classes_of.values[i]) + ", expected below " +
                          std::to_string(classes));
  return {pixels.shape[0], pixels.shape[1], pixels.shape[2], std::move(pixels.values),
          std::move(classes_of.values)};
}

data_set read_data_set(const std::filesystem::path& folder) {
  const auto test_images = find(folder, "t10k-images-idx3-ubyte");
  data_set data{read_labelled_images(find(folder, "train-images-idx3-ubyte"),
                                     find(folder, "train-labels-idx1-ubyte")),
                read_labelled_images(test_images, find(folder, "t10k-labels-idx1-ubyte"))};
  if (data.test.rows != data.train.rows || data.test.columns != data.train.columns)
    throw idx_error(test_images, 8,
                    "images of " + describe({data.test.rows, data.test.columns}) +
                        ", but the training images have " +
                        describe({data.train.rows, data.train.columns}));
  return data;
}

} // namespace fashion_mnist
