// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <catch2/catch.hpp>

#include "Server/Http/Parsing/Grammar.h"

using namespace tableread::engine;

TEST_CASE ("Words are the same whatever the case of their ASCII letters", "[engine][server][http]")
{
    CHECK (sameWord ("", ""));
    CHECK (sameWord ("chunked", "chunked"));
    CHECK (sameWord ("Content-LENGTH", "content-length"));
    CHECK (sameWord ("ChUnKeD", "cHuNkEd"));
    CHECK_FALSE (sameWord ("chunke", "chunked"));
    CHECK_FALSE (sameWord ("chunked", "chunkee"));
    CHECK_FALSE (sameWord ("[", "{")); // as far apart as a letter's cases
    CHECK_FALSE (sameWord ("\xc4", "\xe4"));
    const std::string words = "gzip, GZIP";
    const std::string_view all = words;
    CHECK (sameWord (all.substr (0, 4), all.substr (6)));
}
