// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The one place of the version: CMake reads these lines too.
#pragma once

namespace detops {

inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;

// Raised whenever a result changes a bit for the same input; CHANGELOG.md says which and why.
inline constexpr int bits_version = 1;

} // namespace detops
