// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Fingerprints and comparison.
#pragma once

#include <detops/verify/compare.hpp>
#include <detops/verify/digest.hpp>
