// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Packing: operands of any layout become panels that the kernel reads from front to back.
//
//   A, panels of `rows` rows                     B, panels of `columns` columns
//
//          k ->                                          j ->
//        +-----------------+                           +-------+-------+---+
//   i    | panel 0 0 0 ... |  rows                 k   | p 0   | p 1   |p 2|
//   |    +-----------------+                       |   | 0 0 0 | 1 1 1 |2 2|
//   v    | panel 1 1 1 ... |  rows                 v   | 0 0 0 | 1 1 1 |2 2|
//        +-----------------+                           | ...   | ...   |   |
//        | panel 2 (fewer) |                           +-------+-------+---+
//        +-----------------+
//
//   In memory a panel is one run of k, and each k holds the panel's width side by side:
//
//        | k = 0: x0 x1 .. | k = 1: x0 x1 .. | k = 2: x0 x1 .. | ...
//
//   where x runs over the panel's rows (A) or columns (B). Panel p begins at p * width * depth. The
//   last one may be narrower; places behind the matrix hold zeros or copies, whose results nobody
//   reads.
#pragma once

#include <cstddef>
#include <cstring>

#include <detops/core/unrolled.hpp>
#include <detops/matmul/blocking.hpp>
#include <detops/simd/short_pairs.hpp>
#include <detops/simd/transpose.hpp>
#include <detops/simd/widen.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// `count` vectors of length `depth`: what one panel is made of. Element (x, k) lies at
/// data[x * across + k * along].
template <class T>
struct panel_source {
  const T* data;
  std::size_t count;
  std::size_t depth;
  std::ptrdiff_t across;
  std::ptrdiff_t along;

  DETOPS_ALWAYS_INLINE const T* at(std::size_t x, std::size_t k) const {
    return data + static_cast<std::ptrdiff_t>(x) * across + static_cast<std::ptrdiff_t>(k) * along;
  }
};

/// Biased exponents of the non-zero values packed, where float sums run in double: they tell
/// whether any sum can be a subnormal float, or too large for one.
struct exponent_range {
  std::uint32_t lowest = 255;
  std::uint32_t highest = 0;

  void include(float value) {
    const std::uint32_t magnitude = to_bits(value) & ~sign_bit<float>;
    const std::uint32_t exponent = magnitude >> 23;
    if (magnitude != 0 && exponent < lowest) {
      lowest = exponent;
    }
    if (exponent > highest) {
      highest = exponent;
    }
  }
  void include(const exponent_range& other) {
    lowest = other.lowest < lowest ? other.lowest : lowest;
    highest = other.highest > highest ? other.highest : highest;
  }
};

/// What a panel holds of (x, step): an element widened, or two of a pair, with zeros for what there is not.
template <class S>
DETOPS_ALWAYS_INLINE typename S::packed
packed_value(const panel_source<typename S::operand>& source, std::size_t x, std::size_t step) {
  if constexpr (S::integer) {
    const std::size_t k = 2 * step;
    return simd::short_pair(*source.at(x, k),
                            k + 1 < source.depth ? *source.at(x, k + 1) : std::int8_t{0});
  } else {
    return static_cast<typename S::packed>(widen(*source.at(x, step)));
  }
}

/// Any layout, one value after another, from `first_step` on.
template <class S, std::size_t Width>
exponent_range pack_elements(const panel_source<typename S::operand>& source,
                             std::size_t first_step, typename S::packed* out) {
  exponent_range range;
  const std::size_t steps = divide_up(source.depth, S::products_per_step);
  for (std::size_t step = first_step; step < steps; ++step) {
    for (std::size_t x = 0; x < Width; ++x) {
      const auto value =
          x < source.count ? packed_value<S>(source, x, step) : typename S::packed{0};
      if constexpr (S::float_in_double) {
        range.include(static_cast<float>(value));
      }
      out[step * Width + x] = value;
    }
  }
  return range;
}

/// Vectors that are contiguous along k, for a panel of Width.
template <class T, std::size_t Width>
struct contiguous_vectors {
  static constexpr std::size_t lanes = simd::register_lanes<T>;
  static constexpr std::size_t groups = divide_up(Width, lanes);
  /// What is transposed at once: a cache line of each, because vectors whose distance is a power of two
  /// share the ways of a few sets.
  static constexpr std::size_t line = cache_line / sizeof(T);
  const T* vectors[groups * lanes];

  contiguous_vectors(const T* first, std::size_t count, std::ptrdiff_t across) {
    for (std::size_t x = 0; x < groups * lanes; ++x) {
      vectors[x] = first + static_cast<std::ptrdiff_t>(smaller(x, count - 1)) * across;
    }
  }

  /// Steps that transpose() writes behind the last of its own, as a register may be wider than what is left of the panel:
  /// they are to be written later.
  static constexpr std::size_t reach = divide_up(groups * lanes - Width, Width);

  /// Steps [k, k + Count) to out, Width apart.
  template <std::size_t Count>
  DETOPS_ALWAYS_INLINE void transpose(std::size_t k, T* out) const {
    constexpr std::size_t at_once = simd::transposed_columns<T>;
    unrolled<groups>([&](auto group) DETOPS_INLINE_LAMBDA { // prefetchers know loads by their place
      constexpr std::size_t g = groups - 1 - group;
      for (std::size_t first = 0; first < Count; first += at_once) {
        const auto vector = [&](std::size_t r)
                                DETOPS_INLINE_LAMBDA { return vectors[g * lanes + r] + k + first; };
        simd::transpose_columns<T>(
            vector, [&](auto column, const auto& values) DETOPS_INLINE_LAMBDA {
              values.store_unaligned(out + (first + column) * Width + g * lanes);
            });
      }
    });
  }
  void skip(std::size_t steps) {
    for (const T*& vector : vectors) {
      vector += steps;
    }
  }
  void transpose_one(std::size_t k, T* out) const {
    for (std::size_t x = 0; x < Width; ++x) {
      out[x] = vectors[x][k];
    }
  }
};

template <std::size_t Width, class T>
void transpose_panel(const panel_source<T>& source, T* out) {
  using source_vectors = contiguous_vectors<T, Width>;
  const source_vectors vectors(source.data, source.count, source.across);
  constexpr std::size_t line = source_vectors::line, few = simd::transposed_columns<T>;
  std::size_t k = 0;
  for (; k + line + source_vectors::reach <= source.depth; k += line) {
    vectors.template transpose<line>(k, out + k * Width);
  }
  for (; k + few + source_vectors::reach <= source.depth; k += few) {
    vectors.template transpose<few>(k, out + k * Width);
  }
  for (; k < source.depth; ++k) {
    vectors.transpose_one(k, out + k * Width);
  }
}

/// N steps of a vector that is contiguous along k.
template <class S, std::size_t N>
DETOPS_ALWAYS_INLINE auto widened_steps(const typename S::operand* p) {
  if constexpr (S::integer) {
    return simd::load_short_pairs<N>(p);
  } else {
    return simd::load_as<typename S::packed, N>(p);
  }
}

/// Vectors that are contiguous along k, of another type than the panel's: widened in pieces, then transposed.
template <class S, std::size_t Width>
void pack_widened(const panel_source<typename S::operand>& source, typename S::packed* out) {
  using packed = typename S::packed;
  constexpr std::size_t lanes = simd::register_lanes<packed>;
  constexpr std::size_t piece = 8 * lanes;
  packed rows[Width * piece];
  std::size_t k = 0;
  for (; (k + piece) * S::products_per_step <= source.depth; k += piece) {
    for (std::size_t x = 0; x < source.count; ++x) {
      for (std::size_t i = 0; i < piece; i += lanes) {
        widened_steps<S, lanes>(source.at(x, (k + i) * S::products_per_step))
            .store(rows + x * piece + i);
      }
    }
    transpose_panel<Width>(panel_source<packed>{rows, source.count, piece, piece, 1},
                           out + k * Width);
  }
  pack_elements<S, Width>(source, k, out);
}

/// Integers whose rows (of k) are contiguous: two rows give a row of pairs.
template <std::size_t Width>
void pack_pairs_of_rows(const panel_source<std::int8_t>& source, std::uint32_t* out) {
  constexpr std::int8_t none[Width] = {};
  for (std::size_t k = 0; k < source.depth; k += 2, out += Width) {
    const std::int8_t* low = source.at(0, k);
    const std::int8_t* high = k + 1 < source.depth ? source.at(0, k + 1) : none;
    constexpr std::size_t by_registers = Width / 8 * 8;
    for (std::size_t x = 0; x < by_registers; x += 8) {
      simd::widen_pairs_of_rows(low + x, high + x, out + x);
    }
    if constexpr (by_registers < Width) {
      for (std::size_t x = by_registers; x < Width; ++x) {
        out[x] = simd::short_pair(low[x], high[x]);
      }
    }
  }
}

template <class S, std::size_t Width>
exponent_range pack_panel(const panel_source<typename S::operand>& source,
                          typename S::packed* out) {
  using packed = typename S::packed;
  constexpr bool same_type = std::same_as<typename S::operand, packed>;
  if constexpr (S::integer) {
    if (source.across == 1 && source.count == Width) {
      pack_pairs_of_rows<Width>(source, out);
      return {};
    }
  } else if constexpr (!S::float_in_double) {
    if (source.across == 1 && source.count == Width) {
      constexpr std::size_t lanes = simd::register_lanes<packed>;
      if constexpr (same_type) {
        for (std::size_t k = 0; k < source.depth; ++k) {
          std::memcpy(out + k * Width, source.at(0, k), Width * sizeof(packed));
        }
        return {};
      } else if constexpr (Width % lanes == 0) {
        for (std::size_t k = 0; k < source.depth; ++k) {
          simd::load_as<packed, Width>(source.at(0, k)).store(out + k * Width);
        }
        return {};
      }
    }
  }
  if constexpr (!S::float_in_double) {
    if (source.along == 1) {
      if constexpr (same_type) {
        transpose_panel<Width>(source, out);
      } else {
        pack_widened<S, Width>(source, out);
      }
      return {};
    }
  }
  return pack_elements<S, Width>(source, 0, out);
}

/// Rows of A (or columns of B) [0, count) of `source` into panels of Width, the last one narrower
/// by multiples of Step; panel p begins at out + p * Width * stride_steps. range(p, r) is told what
/// a panel holds.
template <class S, std::size_t Width, std::size_t Step, class Range>
void pack_panels(const panel_source<typename S::operand>& source, std::size_t stride_steps,
                 typename S::packed* out, const Range& range) {
  for (std::size_t x = 0; x < source.count; x += Width) {
    auto panel = source;
    panel.data = source.at(x, 0);
    panel.count = smaller(Width, source.count - x);
    auto* target = out + x * stride_steps;
    const std::size_t width = round_up(panel.count, Step);
    if (width == Width) {
      range(x / Width, pack_panel<S, Width>(panel, target));
    } else if constexpr (Width > Step) {
      if (Width > 2 * Step && width == 2 * Step) {
        range(x / Width, pack_panel<S, 2 * Step>(panel, target));
      } else {
        range(x / Width, pack_panel<S, Step>(panel, target));
      }
    }
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm
