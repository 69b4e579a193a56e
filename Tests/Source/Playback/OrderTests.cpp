// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Playback/Order.h"

using namespace tableread;
using namespace tableread::playback;

namespace
{
Place placeAt (std::int64_t start)
{
    return { .start = { start }, .length = { 100 } };
}
} // namespace

TEST_CASE ("Parts are wanted from the playhead on, then those before it", "[source][playback]")
{
    const Place places[] { placeAt (0), placeAt (100), placeAt (500), placeAt (300) };
    CHECK (orderFrom ({ -50 }, places) == std::vector<std::size_t> { 0, 1, 3, 2 });
    CHECK (orderFrom ({ 99 }, places) == std::vector<std::size_t> { 0, 1, 3, 2 });
    CHECK (orderFrom ({ 100 }, places) == std::vector<std::size_t> { 1, 3, 2, 0 });
    CHECK (orderFrom ({ 450 }, places) == std::vector<std::size_t> { 2, 0, 1, 3 });
    CHECK (orderFrom ({ 1'000 }, places) == std::vector<std::size_t> { 0, 1, 3, 2 });
    CHECK (orderFrom ({ 0 }, {}).empty());
}
