// SPDX-License-Identifier: Apache-2.0
#include "Core/ContentHash.h"

#include <span>
#include <vector>

#include <catch2/catch.hpp>

using namespace tableread;

TEST_CASE ("A content hash tells any two different recordings apart", "[source][core]")
{
    const std::vector<float> samples { 0.0f, 0.5f, -0.25f };
    CHECK (contentHash (samples) == contentHash (std::vector<float> (samples)));
    CHECK (contentHash (samples).size() == 32);
    CHECK (contentHash ({}) ==
           "99aa06d3014798d86001c324468d497f"); // XXH3-128 of nothing, as xxhsum -H2 prints it
    CHECK (contentHash (samples) != contentHash (std::vector<float> { 0.0f, 0.5f, 0.25f }));
    CHECK (contentHash (samples) != contentHash (std::vector<float> { 0.0f, 0.5f }));
    CHECK (hashOfBytes (std::as_bytes (std::span (samples))) == contentHash (samples));
    CHECK (hashOfBytes (std::as_bytes (std::span ("abc", 3))) == "06b05ab6733a618578af5f94892f3950");
    CHECK (contentHash (std::vector<float> { 0.0f }) !=
           contentHash (std::vector<float> { -0.0f })); // bits, not values
}

TEST_CASE ("Only a hash may name a file", "[source][core]")
{
    CHECK (isContentHash (contentHash ({})));
    for (const auto* text : { "", "99aa06d3014798d86001c324468d497", "99aa06d3014798d86001c324468d497ff",
                              "99AA06D3014798D86001C324468D497F", "../06d3014798d86001c324468d497f/" })
        CHECK_FALSE (isContentHash (text));
}

TEST_CASE ("A drawn name has the form of a hash, and comes once", "[source][core]")
{
    const auto first = randomHash(), second = randomHash();
    CHECK (isContentHash (first));
    CHECK (isContentHash (second));
    CHECK (first != second);
}
