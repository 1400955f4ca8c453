// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The products that matmul is timed on: cubes, skinny ones, and those of real networks.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace matmul_bench {

/// C (m x n) = A (m x k) B (k x n), all row-major; a transposed operand is stored as its transpose.
struct shape {
  std::size_t m;
  std::size_t n;
  std::size_t k;
  bool a_transposed = false;
  bool b_transposed = false;

  double flop() const {
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  }
};

/// "<m>x<n>x<k>_<a><b>", t for a transposed operand and n for one that is not, as BLAS has them.
inline std::string name_of(const shape& s) {
  return std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k) + "_" +
         (s.a_transposed ? "t" : "n") + (s.b_transposed ? "t" : "n");
}

struct named_shape {
  std::string name;
  shape product;
};
using shapes = std::vector<named_shape>;

inline void add_all_transpositions(shapes& to, std::size_t m, std::size_t n, std::size_t k) {
  for (const bool a_transposed : {false, true}) {
    for (const bool b_transposed : {false, true}) {
      const shape s{m, n, k, a_transposed, b_transposed};
      to.push_back({name_of(s), s});
    }
  }
}

inline shapes cubes() {
  shapes all;
  for (const std::size_t n : {16u, 32u, 64u, 128u, 256u, 512u, 1024u, 2048u}) {
    add_all_transpositions(all, n, n, n);
  }
  return all;
}

/// One dimension much shorter or longer than the others.
inline shapes skinny() {
  shapes all;
  add_all_transpositions(all, 1, 4096, 4096);
  add_all_transpositions(all, 16, 4096, 4096);
  add_all_transpositions(all, 4096, 16, 4096);
  add_all_transpositions(all, 64, 64, 16384);
  add_all_transpositions(all, 4096, 4096, 64);
  return all;
}

inline void add(shapes& to, const std::string& where, const shape& s) {
  to.push_back({where + "_" + name_of(s), s});
}

/// The block of a transformer (Vaswani et al., "Attention is all you need", 2017) of width 768, as
/// in BERT base and GPT-2, and 4096, as in models of 7 billion weights. Linear layers y = x W^T
/// with W stored [outputs, inputs], as PyTorch does; queries, keys and values by one product.
inline void add_transformer_blocks(shapes& to) {
  for (const std::size_t width : {768u, 4096u}) {
    const std::string block = "transformer" + std::to_string(width) + "_";
    for (const std::size_t tokens : {1u, 8u, 128u, 512u}) {
      add(to, block + "qkv", {tokens, 3 * width, width, false, true});
      add(to, block + "output", {tokens, width, width, false, true});
      add(to, block + "mlp_up", {tokens, 4 * width, width, false, true});
      add(to, block + "mlp_down", {tokens, width, 4 * width, false, true});
    }
  }
}

/// One attention head of width 64: scores q k^T, then weights times values.
inline void add_attention(shapes& to) {
  for (const std::size_t length : {128u, 512u, 2048u}) {
    add(to, "attention_scores", {length, length, 64, false, true});
    add(to, "attention_values", {length, 64, length});
  }
}

/// The training of examples/fashion_mnist: 784-256-10, batches of 128, weights stored [inputs,
/// outputs] there. The first layer needs no gradient of its input.
inline void add_mlp(shapes& to) {
  add(to, "mlp_hidden", {128, 256, 784});
  add(to, "mlp_hidden_weight_gradient", {784, 256, 128, true, false});
  add(to, "mlp_output", {128, 10, 256});
  add(to, "mlp_output_weight_gradient", {256, 10, 128, true, false});
  add(to, "mlp_output_input_gradient", {128, 256, 10, false, true});
}

/// A convolution at batch 1 as a product: weights [outputs, inputs * kernel^2] times the image's
/// patches [inputs * kernel^2, pixels] (im2col).
struct convolution {
  const char* name;
  std::size_t outputs;
  std::size_t inputs;
  std::size_t kernel;
  std::size_t side; // of the output, in pixels
};

/// All distinct ones of ResNet-50 (He et al., "Deep residual learning for image recognition", 2016,
/// table 1) for images of 224 x 224, with the stride in the 3 x 3 convolutions, as torchvision's.
inline constexpr std::array resnet50_convolutions = {
    convolution{"conv1", 64, 3, 7, 112},

    convolution{"conv2_first_reduce", 64, 64, 1, 56},
    convolution{"conv2_reduce", 64, 256, 1, 56},
    convolution{"conv2_3x3", 64, 64, 3, 56},
    convolution{"conv2_expand", 256, 64, 1, 56}, // and its shortcut

    convolution{"conv3_first_reduce", 128, 256, 1, 56},
    convolution{"conv3_reduce", 128, 512, 1, 28},
    convolution{"conv3_3x3", 128, 128, 3, 28},
    convolution{"conv3_expand", 512, 128, 1, 28},
    convolution{"conv3_shortcut", 512, 256, 1, 28},

    convolution{"conv4_first_reduce", 256, 512, 1, 28},
    convolution{"conv4_reduce", 256, 1024, 1, 14},
    convolution{"conv4_3x3", 256, 256, 3, 14},
    convolution{"conv4_expand", 1024, 256, 1, 14},
    convolution{"conv4_shortcut", 1024, 512, 1, 14},

    convolution{"conv5_first_reduce", 512, 1024, 1, 14},
    convolution{"conv5_reduce", 512, 2048, 1, 7},
    convolution{"conv5_3x3", 512, 512, 3, 7},
    convolution{"conv5_expand", 2048, 512, 1, 7},
    convolution{"conv5_shortcut", 2048, 1024, 1, 7},
};

/// Forward, and the two gradients of training; the first layer needs none of its input.
inline void add_resnet50(shapes& to) {
  for (const convolution& c : resnet50_convolutions) {
    const std::string layer = std::string("resnet50_") + c.name;
    const std::size_t patch = c.inputs * c.kernel * c.kernel;
    const std::size_t pixels = c.side * c.side;
    add(to, layer, {c.outputs, pixels, patch});
    add(to, layer + "_weight_gradient", {c.outputs, patch, pixels, false, true});
    if (&c != &resnet50_convolutions.front()) {
      add(to, layer + "_input_gradient", {patch, pixels, c.outputs, true, false});
    }
  }
  add(to, "resnet50_classifier", {1, 1000, 2048, false, true});
}

inline shapes networks() {
  shapes all;
  add_transformer_blocks(all);
  add_attention(all);
  add_mlp(all);
  add_resnet50(all);
  return all;
}

} // namespace matmul_bench
