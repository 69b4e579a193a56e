// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Device/Driver.h"

using namespace tableread::engine;

TEST_CASE ("A driver is there if its library can be loaded", "[engine][device]")
{
    CHECK (hasCudaDriver ("libm.so.6")); // one that each machine has
    CHECK_FALSE (hasCudaDriver ("libnothing.so.1"));
}
