// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// The IDX reader of the Fashion-MNIST example: good files, and what is said of each bad one.
#include "../../../examples/fashion_mnist/idx.hpp"

#include "catch.hpp"

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <unistd.h>
#include <zlib.h>

namespace {

using fashion_mnist::idx_error;
using fashion_mnist::read_data_set;
using fashion_mnist::read_idx;
using fashion_mnist::read_labelled_images;
namespace fs = std::filesystem;

// A folder of its own, removed at the end of the test.
class scratch {
public:
  scratch() : folder_(fs::temp_directory_path() / ("detops-idx-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  const fs::path& folder() const { return folder_; }

  fs::path plain(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  fs::path gzipped(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    gzFile file = gzopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) ==
            static_cast<int>(bytes.size()));
    REQUIRE(gzclose(file) == Z_OK);
    return path;
  }

private:
  fs::path folder_;
};

std::string idx_header(std::initializer_list<std::uint32_t> shape) {
  std::string header{'\0', '\0', '\x08', static_cast<char>(shape.size())};
  for (std::uint32_t extent : shape)
    for (int shift = 24; shift >= 0; shift -= 8)
      header += static_cast<char>(extent >> shift & 255);
  return header;
}

// Bytes that gzip cannot shrink much, so that a cut of the file is a cut of the data.
std::string noise(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 1;
  while (bytes.size() < size) {
    state = state * 1664525u + 1013904223u;
    bytes += static_cast<char>(state >> 24);
  }
  return bytes;
}

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const idx_error& error) {
    return error.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

// The message names the file, the offset and the problem.
void check_error(const fs::path& file, std::size_t rank, std::size_t offset,
                 const std::string& problem) {
  const std::string message = error_of([&] { read_idx(file, rank); });
  CHECK(contains(message, file.string() + ": byte " + std::to_string(offset) + ": "));
  CHECK(contains(message, problem));
}

} // namespace

TEST_CASE("examples/idx: reads plain and gzipped files") {
  const scratch files;
  const std::string bytes = idx_header({2, 1, 3}) + std::string("\x00\x01\x02\x03\x04\xff", 6);
  for (const fs::path& file : {files.plain("plain", bytes), files.gzipped("packed.gz", bytes)}) {
    const auto array = read_idx(file, 3);
    CHECK(array.shape == std::vector<std::size_t>{2, 1, 3});
    CHECK(array.values == std::vector<std::uint8_t>{0, 1, 2, 3, 4, 255});
  }
}

TEST_CASE("examples/idx: reads more than one chunk and an empty array") {
  const scratch files;
  const std::string values = noise((std::size_t{1} << 20) + 17);
  const auto size = static_cast<std::uint32_t>(values.size());
  const auto array = read_idx(files.gzipped("large.gz", idx_header({size}) + values), 1);
  CHECK(std::string(array.values.begin(), array.values.end()) == values);
  CHECK(read_idx(files.gzipped("empty.gz", idx_header({0})), 1).values.empty());
}

TEST_CASE("examples/idx: a missing file is named") {
  const scratch files;
  check_error(files.folder() / "absent.gz", 1, 0, "cannot read: No such file");
  const std::string message = error_of([&] { read_data_set(files.folder() / "nowhere"); });
  CHECK(contains(message, "nowhere/train-images-idx3-ubyte.gz: byte 0: cannot read"));
}

TEST_CASE("examples/idx: a folder is no file") {
  const scratch files;
  CHECK(contains(error_of([&] { read_idx(files.folder(), 1); }), files.folder().string()));
}

TEST_CASE("examples/idx: wrong headers") {
  const scratch files;
  const std::string good = idx_header({4});
  check_error(files.plain("none", ""), 1, 0, "ends inside its header of 8 bytes");
  check_error(files.plain("short", good.substr(0, 3)), 1, 3, "ends inside its header of 8 bytes");
  check_error(files.plain("text", "hello world"), 1, 0, "not an IDX file: begins 0x68 0x65");
  check_error(files.plain("type", std::string("\0\0\x0d\1\0\0\0\0", 8)), 1, 2, "element type 0x0d");
  check_error(files.plain("rank", idx_header({1, 1})), 1, 3, "has 2 dimensions, expected 1");
  check_error(files.plain("dimensions", good.substr(0, 6)), 1, 6,
              "ends inside its header of 8 bytes");
  check_error(files.plain("huge", idx_header({~0u, ~0u, ~0u})), 3, 12,
              "size 4294967295x4294967295x4294967295 overflows");
}

TEST_CASE("examples/idx: too few and too many elements") {
  const scratch files;
  const std::string header = idx_header({2, 5});
  check_error(files.gzipped("few.gz", header + "123456789"), 2, 21,
              "the file ends here, but 2x5 elements from byte 12 need 10 bytes");
  check_error(files.gzipped("many.gz", header + "0123456789+"), 2, 22,
              "data after the last of 2x5 elements");
  // A header that promises 4 GiB allocates nothing.
  check_error(files.plain("greedy", idx_header({~0u}) + "x"), 1, 9, "the file ends here");
}

TEST_CASE("examples/idx: truncated gzip at every length") {
  const scratch files;
  const std::string values = noise(3000);
  const std::string packed = contents(files.gzipped("whole.gz", idx_header({3000}) + values));
  REQUIRE(packed.size() > 3000);
  for (std::size_t size = 0; size < packed.size(); size += size < 40 ? 1 : 37) {
    const fs::path cut = files.plain("cut.gz", packed.substr(0, size));
    CHECK(contains(error_of([&] { read_idx(cut, 1); }), cut.string() + ": byte "));
  }
  const fs::path cut = files.plain("cut.gz", packed.substr(0, packed.size() / 2));
  CHECK(contains(error_of([&] { read_idx(cut, 1); }), "truncated gzip stream"));
  const fs::path no_trailer = files.plain("cut.gz", packed.substr(0, packed.size() - 5));
  CHECK(contains(error_of([&] { read_idx(no_trailer, 1); }), ": byte 3008: truncated gzip"));
}

TEST_CASE("examples/idx: corrupt gzip") {
  const scratch files;
  const std::string values = noise(3000);
  std::string packed = contents(files.gzipped("whole.gz", idx_header({3000}) + values));
  std::string checksum = packed;
  checksum[checksum.size() - 6] = static_cast<char>(checksum[checksum.size() - 6] ^ 1);
  check_error(files.plain("checksum.gz", checksum), 1, 3008,
              "corrupt gzip stream (incorrect data check)");
  packed[10] = static_cast<char>(packed[10] | 6); // a block type that deflate does not have
  check_error(files.plain("block.gz", packed), 1, 0,
              "corrupt gzip stream (invalid block type) at compressed byte 11");
}

TEST_CASE("examples/idx: images and labels belong together") {
  const scratch files;
  const fs::path images = files.gzipped("images.gz", idx_header({3, 2, 2}) + noise(12));
  const auto data = read_labelled_images(
      images, files.gzipped("labels.gz", idx_header({3}) + std::string("\0\x09\1", 3)));
  CHECK(data.count == 3);
  CHECK(data.image_size() == 4);
  CHECK(data.labels == std::vector<std::uint8_t>{0, 9, 1});

  const fs::path fewer = files.gzipped("fewer.gz", idx_header({2}) + std::string(2, '\0'));
  const std::string counts = error_of([&] { read_labelled_images(images, fewer); });
  CHECK(contains(counts, fewer.string() + ": byte 4: 2 labels for the 3 images of "));
  CHECK(contains(counts, images.string()));

  const fs::path label = files.gzipped("label.gz", idx_header({3}) + std::string("\0\1\x0a", 3));
  CHECK(contains(error_of([&] { read_labelled_images(images, label); }),
                 label.string() + ": byte 10: label 10, expected below 10"));

  const fs::path empty = files.gzipped("empty.gz", idx_header({0, 2, 2}));
  CHECK(contains(error_of([&] { read_labelled_images(empty, label); }), "no images: 0x2x2"));
}

TEST_CASE("examples/idx: the test images have the size of the training images") {
  const scratch files;
  files.gzipped("train-images-idx3-ubyte.gz", idx_header({1, 2, 2}) + noise(4));
  files.gzipped("train-labels-idx1-ubyte.gz", idx_header({1}) + std::string(1, '\0'));
  files.gzipped("t10k-labels-idx1-ubyte.gz", idx_header({1}) + std::string(1, '\0'));
  files.plain("t10k-images-idx3-ubyte", idx_header({1, 2, 3}) + noise(6));
  CHECK(
      contains(error_of([&] { read_data_set(files.folder()); }),
               "t10k-images-idx3-ubyte: byte 8: images of 2x3, but the training images have 2x2"));
  files.plain("t10k-images-idx3-ubyte", idx_header({1, 2, 2}) + noise(4));
  CHECK(read_data_set(files.folder()).test.image_size() == 4);
}
