// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Server/Http/Parsing/PathPattern.h"

using tableread::engine::matchPath;

TEST_CASE ("A route without a parameter is the path itself", "[engine][server]")
{
    CHECK (matchPath ("/health", "/health") == "");
    CHECK_FALSE (matchPath ("/health", "/health/"));
    CHECK_FALSE (matchPath ("/health", "/healt"));
    CHECK_FALSE (matchPath ("/health", ""));
}

TEST_CASE ("A route's parameter is one segment of the path", "[engine][server]")
{
    CHECK (matchPath ("/v1/jobs/{id}", "/v1/jobs/a-1") == "a-1");
    CHECK (matchPath ("/v1/jobs/{id}", "/v1/jobs/a%20b%2E") == "a b.");
    CHECK (matchPath ("/v1/jobs/{id}", "/v1/jobs/%C3%A4") == "\xc3\xa4");
    CHECK (matchPath ("/v1/models/{id}/load", "/v1/models/mini/load") == "mini");
    CHECK_FALSE (matchPath ("/v1/models/{id}/load", "/v1/models/mini/unload"));
    CHECK_FALSE (matchPath ("/v1/models/{id}/load", "/v1/models/load"));
    CHECK_FALSE (matchPath ("/v1/models/{id}/load", "/v1/models//load"));
    CHECK_FALSE (matchPath ("/v1/jobs/{id}", "/v1/jobs"));
    CHECK_FALSE (matchPath ("/v1/jobs/{id}", "/v1/jobs/"));
    CHECK_FALSE (matchPath ("/v1/jobs/{id}", "/v1/jobs/a/b"));
}

TEST_CASE ("A parameter cannot lead anywhere else", "[engine][server]")
{
    const auto* const path =
        GENERATE ("/v1/jobs/.", "/v1/jobs/..", "/v1/jobs/%2e%2E", "/v1/jobs/a%2Fb", "/v1/jobs/a%00",
                  "/v1/jobs/a%0a", "/v1/jobs/a%7f", "/v1/jobs/%", "/v1/jobs/%4", "/v1/jobs/%4g",
                  "/v1/jobs/%+1", "/v1/jobs/% 1", "/v1/jobs/%-1", "/v1/jobs/a\tb");
    CAPTURE (path);
    CHECK_FALSE (matchPath ("/v1/jobs/{id}", path));
}
