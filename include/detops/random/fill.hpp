// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one loop behind every fill: whole steps of blocks, of which the wanted elements are kept.
// Head, tail, strided and contiguous outputs run the same arithmetic.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <detops/core/view.hpp>
#include <detops/exec/executor.hpp>
#include <detops/random/key.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// A writable vector_like of one of the element types.
template <class X, class... T>
concept random_output =
    vector_like<std::remove_reference_t<X>> && (std::same_as<element_t<X>, T> || ...) &&
    requires(std::remove_reference_t<X>& x) { vector_view<element_t<X>>(to_vector(x)); };

/// Elements of one task: by the size of the output alone.
inline constexpr std::size_t fill_block = std::size_t{1} << 16;

/// Elements first .. first + size - 1 exist: indices end at 2^64 - 1, or before `indices` where it
/// is given.
inline void check_indices(const char* operation, std::uint64_t first, std::size_t size,
                          std::uint64_t last_index = std::numeric_limits<std::uint64_t>::max()) {
  if (size != 0 && (first > last_index || last_index - first < size - 1)) [[unlikely]] {
    invalid(operation, size, " elements from index ", first, " pass the last index, ", last_index);
  }
}

template <class T>
void check_fill(const char* operation, const random_key& key, const vector_view<T>& out,
                std::uint64_t first,
                std::uint64_t last_index = std::numeric_limits<std::uint64_t>::max()) {
  check_key(operation, key);
  check_view(operation, "out", out);
  if (out.stride == 0 && out.size > 1) [[unlikely]] {
    invalid(operation, "out ", text(out), " has stride 0: its elements are one");
  }
  check_indices(operation, first, out.size, last_index);
}

/// A part of the wanted elements: those from `skip` to `skip` + `take` of a step are the elements
/// from `done` on of the output.
struct step_part {
  std::uint64_t index; // of the step's first element
  std::size_t skip;
  std::size_t take;
  std::size_t done;
};

/// step(bits, part) for the steps that cover elements first .. first + size - 1, where a block has
/// PerBlock elements. `bits` are elements of bits64 in order.
template <std::size_t PerBlock, class Step>
DETOPS_ALWAYS_INLINE void for_each_step(const random_key& key, std::uint64_t first,
                                        std::size_t size, Step step) {
  constexpr std::size_t step_size = PerBlock * philox_lanes::count;
  philox_lanes blocks(key.seed, key.stream);
  std::uint64_t block = first / PerBlock;
  auto skip = static_cast<std::size_t>(first % PerBlock);
  for (std::size_t done = 0; done < size;) {
    const std::size_t take = step_size - skip < size - done ? step_size - skip : size - done;
    step(blocks(block), step_part{block * PerBlock, skip, take, done});
    done += take;
    block += philox_lanes::count;
    skip = 0;
  }
}

template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE void store_part(const simd::lanes<T, N>& values, const vector_view<T>& out,
                                     const step_part& part) {
  if (part.take == N && out.stride == 1) [[likely]] {
    values.store(out.data + part.done);
    return;
  }
  T buffer[N];
  values.store(buffer);
  for (std::size_t i = 0; i < part.take; ++i) {
    out[part.done + i] = buffer[part.skip + i];
  }
}

/// out[i] = element first + i, where map(bits) turns a step's bits into PerBlock elements per
/// block.
template <std::size_t PerBlock, class E, class T, class Map>
void fill_mapped(E& exec, const random_key& key, const vector_view<T>& out, std::uint64_t first,
                 const Map& map) {
  for_each_block(exec, out.size, fill_block, [&](std::size_t begin, std::size_t end) {
    const vector_view<T> part_out = out.subview(begin, end - begin);
    const random_key stream = key;
    const Map local = map;
    for_each_step<PerBlock>(stream, first + begin, end - begin,
                            [&](const philox_lanes::output& bits, const step_part& part)
                                DETOPS_INLINE_LAMBDA { store_part(local(bits), part_out, part); });
  });
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
