// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Normal numbers by index (contract, section 5; Box and Muller, "A note on the generation of random
// normal deviates", 1958, in the form with sine and cosine, so that element i needs no other).
#pragma once

#include <concepts>

#include <detops/math/log.hpp>
#include <detops/math/trigonometric.hpp>
#include <detops/random/uniform.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Word pairs that are turned into normal numbers together: two registers of each input of the
/// functions.
inline constexpr std::size_t normal_pairs = 2 * simd::register_lanes<float>;

/// fl((word + 1) * 2^-32): both halves of the word exactly, then one rounding. 2^7 and 2^-9 have
/// the units 2^-16 and 2^-32 in the last place, so their low bits take a half as it is.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N>
unit_above_zero(const simd::lanes<std::uint32_t, N>& word) {
  using W = simd::lanes<std::uint32_t, N>;
  using V = simd::lanes<float, N>;
  const W high = simd::bit_or(simd::shift_right<16>(word), W::broadcast(to_bits(0x1p7f)));
  const W low =
      simd::bit_or(simd::bit_and(word, W::broadcast(0xffffu)), W::broadcast(to_bits(0x1p-9f)));
  return simd::add(simd::sub(simd::bit_cast_to<float>(high), V::broadcast(0x1p7f)),
                   simd::sub(simd::bit_cast_to<float>(low), V::broadcast(0x1p-9f - 0x1p-32f)));
}

/// Two normal numbers from each pair of words (low half, high half), in order.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, 2 * N>
normal_lanes(const simd::lanes<std::uint64_t, N>& pairs) {
  using V = simd::lanes<float, N>;
  const auto words = simd::words(pairs);
  const V u = unit_above_zero(simd::alternate<0>(words));
  const V turn = simd::mul(simd::to_float(simd::shift_right<8>(simd::alternate<1>(words))),
                           V::broadcast(0x1p-23f));
  const V radius = simd::sqrt(simd::mul(V::broadcast(-2.0f), log_lanes(u)));
  return simd::interleave_words(simd::mul(radius, cospi_in_range(turn)),
                                simd::mul(radius, sinpi_in_range(turn)));
}

/// out[k] = finish(normal element first + k).
template <class E, class Finish>
void fill_normal_mapped(E& exec, const random_key& key, const vector_view<float>& out,
                        std::uint64_t first, const Finish& finish) {
  using pairs_lanes = simd::lanes<std::uint64_t, normal_pairs>;
  constexpr std::size_t pairs = 2 * philox_lanes::count;
  static_assert(pairs % normal_pairs == 0);
  for_each_block(exec, out.size, fill_block, [&](std::size_t begin, std::size_t end) {
    const vector_view<float> part_out = out.subview(begin, end - begin);
    const Finish local = finish;
    for_each_step<4>(key, first + begin, end - begin,
                     [&](const philox_lanes::output& bits, const step_part& part)
                         DETOPS_INLINE_LAMBDA {
                           std::uint64_t drawn[pairs];
                           bits.store(drawn);
                           float values[2 * pairs];
                           const bool direct = part.take == 2 * pairs && part_out.stride == 1;
                           float* const to = direct ? part_out.data + part.done : values;
                           for (std::size_t k = 0; k < pairs; k += normal_pairs) {
                             local(normal_lanes(pairs_lanes::load(drawn + k))).store(to + 2 * k);
                           }
                           if (!direct) {
                             for (std::size_t k = 0; k < part.take; ++k) {
                               part_out[part.done + k] = values[part.skip + k];
                             }
                           }
                         });
  });
}

} // namespace detail

/// Element i of a stream of standard normal numbers. Box and Muller's transform in float, each
/// operation rounded once, with correctly rounded log, sinpi and cospi: 2^32 radii from 0 to 6.66,
/// 2^24 angles. Never calls libm. Constant time. double is not there yet. Throws
/// std::invalid_argument for a stream with its top bit set.
template <std::same_as<float> T>
[[nodiscard]] T normal(const random_key& key, std::uint64_t i) {
  detail::check_key("normal", key);
  detail::require_arithmetic_as_written();
  const std::uint64_t pair = detail::bits64_of(key, i / 2);
  using pairs_lanes = simd::lanes<std::uint64_t, simd::register_lanes<float>>;
  float values[2 * pairs_lanes::size];
  detail::normal_lanes(pairs_lanes::broadcast(pair)).store(values);
  return values[i % 2];
}

/// out[k] = normal<float>(key, first_index + k). The same bits however the range is cut into calls
/// and whatever the executor. Throws std::invalid_argument, before anything is written: null data,
/// a stream with its top bit set, or elements past index 2^64 - 1. Linear time, no memory.
template <executor E, class Out>
  requires detail::random_output<Out, float>
void fill_normal(E&& exec, const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  const auto view = detail::as_vector_output(out);
  detail::check_fill("fill_normal", key, view, first_index);
  detail::fill_normal_mapped(exec, key, view, first_index,
                             [](const auto& z) DETOPS_INLINE_LAMBDA { return z; });
}
template <class Out>
  requires detail::random_output<Out, float>
void fill_normal(const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  fill_normal(seq, key, out, first_index);
}

template <std::same_as<float> T>
struct normal_parameters {
  T mean = 0;
  T stddev = 1;
};

/// out[k] = fma(z, stddev, mean), rounded once, with z as in the form without parameters. Both
/// parameters are finite and stddev >= 0, else std::invalid_argument; the rest as there.
template <executor E, class Out>
  requires detail::random_output<Out, float>
void fill_normal(E&& exec, const random_key& key, Out&& out,
                 const normal_parameters<float>& parameters, std::uint64_t first_index = 0) {
  const auto view = detail::as_vector_output(out);
  detail::check_fill("fill_normal", key, view, first_index);
  const auto [mean, stddev] = parameters;
  detail::with_fp_environment([m = mean, s = stddev] {
    if (!detail::is_finite(m) || !detail::is_finite(s) || s < 0) {
      detail::invalid("fill_normal", "mean ", m, " and stddev ", s,
                      " are not finite numbers with stddev >= 0");
    }
  });
  detail::fill_normal_mapped(exec, key, view, first_index,
                             [m = mean, s = stddev](const auto& z) DETOPS_INLINE_LAMBDA {
                               using V = std::remove_cvref_t<decltype(z)>;
                               return simd::fma(z, V::broadcast(s), V::broadcast(m));
                             });
}
template <class Out>
  requires detail::random_output<Out, float>
void fill_normal(const random_key& key, Out&& out, const normal_parameters<float>& parameters,
                 std::uint64_t first_index = 0) {
  fill_normal(seq, key, out, parameters, first_index);
}

} // namespace detops::inline DETOPS_ISA
