// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Fills with random numbers by the kernels of the CPU that the program runs on.
#pragma once

#include <detops/dispatch/call.hpp>
#include <detops/random/key.hpp>

namespace detops::dispatch::inline DETOPS_ISA {
namespace detail {

template <class Out, class... T>
concept fill_output =
    vector_like<std::remove_reference_t<Out>> && (std::same_as<element_t<Out>, T> || ...) &&
    requires(std::remove_reference_t<Out>& x) {
      vector_view<element_t<Out>>(detops::detail::to_vector(x));
    };

template <executor E, class Out>
void fill(plain::fill which, E& exec, const random_key& key, Out& out, std::uint64_t first) {
  const plain::fill_call call{to_plain(detops::detail::as_vector_output(out)), key.seed, key.stream,
                              first};
  plain::current_kernels().random.run[static_cast<std::size_t>(which)](to_plain_executor(exec),
                                                                       call);
}

} // namespace detail

/// detops::fill_uniform in [0, 1), of float or double (its card: detops/random/uniform.hpp), the same bits and errors.
template <executor E, class Out>
  requires detail::fill_output<Out, float, double>
void fill_uniform(E&& exec, const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  constexpr bool is_float = std::same_as<element_t<Out>, float>;
  detail::fill(is_float ? plain::fill::uniform_float : plain::fill::uniform_double, exec, key, out,
               first_index);
}
template <class Out>
  requires detail::fill_output<Out, float, double>
void fill_uniform(const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  dispatch::fill_uniform(seq, key, out, first_index);
}

/// detops::fill_normal, standard normal floats (its card: detops/random/normal.hpp), the same bits and errors.
template <executor E, class Out>
  requires detail::fill_output<Out, float>
void fill_normal(E&& exec, const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  detail::fill(plain::fill::normal_float, exec, key, out, first_index);
}
template <class Out>
  requires detail::fill_output<Out, float>
void fill_normal(const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  dispatch::fill_normal(seq, key, out, first_index);
}

} // namespace detops::dispatch::inline DETOPS_ISA
