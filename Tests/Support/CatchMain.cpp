// SPDX-License-Identifier: Apache-2.0
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include <cstdlib>

namespace
{
// What whoever runs the tests has set must not change them. Before main(), so that forked programs have it too.
[[maybe_unused]] const int isolated = ::setenv ("TABLEREAD_SETTINGS", "/dev/null", 1);
} // namespace
