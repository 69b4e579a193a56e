// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/Base64.h"

using namespace tableread;

TEST_CASE ("Base64 is that of RFC 4648", "[source][core]")
{
    CHECK (toBase64 ("").empty());
    CHECK (toBase64 ("f") == "Zg==");
    CHECK (toBase64 ("fo") == "Zm8=");
    CHECK (toBase64 ("foo") == "Zm9v");
    CHECK (toBase64 ("foob") == "Zm9vYg==");
    CHECK (toBase64 ("fooba") == "Zm9vYmE=");
    CHECK (toBase64 ("foobar") == "Zm9vYmFy");
    CHECK (toBase64 (std::string_view ("\xff\xfe\x00\x80", 4)) == "//4AgA==");
}

TEST_CASE ("Base64 is read back, and nothing else is", "[source][core]")
{
    std::string bytes;
    for (int i = 0; i < 600; ++i)
    {
        CHECK (fromBase64 (toBase64 (bytes)) == bytes);
        bytes += (char) (i * 7);
    }
    for (const auto* text :
         { "Z", "Zg", "Zg=", "Z===", "====", "Zm9v=", "Zm 9", "Zm9v\n", "Zm9-", "Zg==Zg==", "Zm9v\xff" })
    {
        CAPTURE (text);
        CHECK_FALSE (fromBase64 (text));
    }
}
