// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <catch2/catch.hpp>

#include "Server/Http/Parsing/ContentCoding.h"

using namespace tableread::engine;

namespace
{
/** "Hello, hello, hello!" as gzip, zlib and brotli make it (Python's gzip and zlib modules, brotli 1.2). */
const std::string text = "Hello, hello, hello!";
const std::string gzip ("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2"
                        "\x14\x01\xac\xeb\x2e\xe4\x14\x00\x00\x00",
                        30);
const std::string zlib ("\x78\x9c\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x14\x01\x48\x9e\x06\xd6", 18);
const std::string brotli ("\x8b\x09\x80\x48\x65\x6c\x6c\x6f\x2c\x20\x68\x65\x6c\x6c\x6f\x2c\x20\x68\x65\x6c"
                          "\x6c\x6f\x21\x03",
                          24);
} // namespace

TEST_CASE ("Bodies are unpacked", "[engine][server][http]")
{
    CHECK (decoded (text, "", 100).value() == text);
    CHECK (decoded (text, "Identity", 100).value() == text);
    CHECK (decoded (gzip, "gzip", 100).value() == text);
    CHECK (decoded (gzip, "X-GZIP", text.size()).value() == text);
    CHECK (decoded (zlib, "deflate", 100).value() == text);
    CHECK (decoded (brotli, "br", 100).value() == text);
}

TEST_CASE ("A packed body that is damaged, cut off or followed by more is refused by its name",
           "[engine][server][http][errors]")
{
    const auto [bytes, coding] = GENERATE (
        table<std::string, std::string> ({ { gzip, "gzip" }, { zlib, "deflate" }, { brotli, "br" } }));
    CAPTURE (coding);
    const auto refused = [&, coding = coding] (const std::string& body) {
        const auto result = decoded (body, coding, 100);
        return ! result && result.error().status == 400 &&
               result.error().why.find (coding) != std::string::npos;
    };
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK (refused (bytes.substr (0, size)));
    CHECK (refused (bytes + "x"));
    CHECK (refused ("not packed at all"));
    CHECK (decoded (bytes, coding, text.size() - 1).error().status == 413);
    CHECK (decoded (bytes, "zstd", 100).error().status == 415);
    CHECK (decoded (bytes, coding + ", " + coding, 100).error().status == 415);
}
