// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Executors: seq, par, thread_pool.
#pragma once

#include <detops/exec/executor.hpp>
#include <detops/exec/thread_pool.hpp>
