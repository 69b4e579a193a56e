// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/ByteSize.h"

using namespace tableread;

TEST_CASE ("Sizes are read with their units", "[source][core]")
{
    CHECK (parseBytes ("10GB") == 10'000'000'000);
    CHECK (parseBytes ("10 gib") == 10LL << 30);
    CHECK (parseBytes ("9.5GiB") == 19LL << 29);
    CHECK (parseBytes ("800M") == 800'000'000);
    CHECK (parseBytes ("123b") == 123);
    CHECK_FALSE (parseBytes ("123"));
    for (const auto* wrong : { "", "GB", "0", "-3GB", "3.3.3GB", "10 lb", "1e99" })
        CHECK_FALSE (parseBytes (wrong));
}
