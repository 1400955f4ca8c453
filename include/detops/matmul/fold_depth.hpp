// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one constant of matmul that shows in the bits.
#pragma once

#include <cstddef>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// k is cut at the multiples of this, and the parts are combined by fold (contract, section 3).
inline constexpr std::size_t fold_depth = 256;

} // namespace detops::inline DETOPS_ISA::detail::gemm
