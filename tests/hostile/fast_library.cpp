// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Somebody else's shared object, built with -Ofast: g++ links start-up code into it that sets the flush bits of the
// thread that loads it.
extern "C" float scale(float x) {
  return 2 * x;
}
