// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The other of two files that include everything.
#include "everything.hpp"

int second();

int second() {
  return detops::bits_version;
}
