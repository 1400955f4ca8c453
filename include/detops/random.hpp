// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Random numbers by index, shuffles, and an engine for <random>.
#pragma once

#include <detops/random/discrete.hpp>
#include <detops/random/key.hpp>
#include <detops/random/normal.hpp>
#include <detops/random/philox.hpp>
#include <detops/random/shuffle.hpp>
#include <detops/random/uniform.hpp>
