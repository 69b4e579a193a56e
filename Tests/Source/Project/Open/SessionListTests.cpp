// SPDX-License-Identifier: Apache-2.0
#include "Project/Open/SessionList.h"

#include <catch2/catch.hpp>

#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::project;

namespace
{
using Hashes = std::vector<std::string>;

/** A document with takes that have these hashes; "!" before one pins it, and an empty one has no audio. */
Document withTakes (const Hashes& hashes)
{
    Document document;
    document.id = std::string (32, '1');
    for (const auto& hash : hashes)
    {
        auto take = test::wholeTake ({ 1 }, hash);
        take.isPinned = hash.starts_with ('!');
        take.audio = take.isPinned ? hash.substr (1) : hash;
        test::addTo (document, take);
    }
    return document;
}
} // namespace

TEST_CASE ("A document uses its takes, each once, the newest first", "[source][project][open]")
{
    const auto session = sessionOf (withTakes ({ "a", "", "b", "!c", "a", "!c", "c" }));
    CHECK (session.id == std::string (32, '1'));
    CHECK (session.takes == Hashes { "a", "b" });
    CHECK (session.pinned == Hashes { "c" });
}

TEST_CASE ("Of more takes than a list holds the newest are in it", "[source][project][open]")
{
    Hashes hashes;
    for (std::size_t i = 0; i < TakeSession::mostTakes + 2; ++i)
        hashes.push_back (std::to_string (i));
    const auto session = sessionOf (withTakes (hashes));
    CHECK (session.takes.size() == TakeSession::mostTakes);
    CHECK (session.takes.front() == hashes.back());
    CHECK (session.takes.back() == "2");
    TakeSession more { .id = session.id, .takes = { "x" }, .pinned = { "y" } };
    const auto joined = joinedWith (session, more);
    CHECK (joined.takes.size() == TakeSession::mostTakes);
    CHECK (joined.pinned == Hashes { "y" });
}

TEST_CASE ("What a copy of the project uses stays, and what the document knows it decides itself",
           "[source][project][open]")
{
    const TakeSession before { .id = {}, .takes = { "a", "b", "x" }, .pinned = { "c", "y" } };
    const auto joined = joinedWith (sessionOf (withTakes ({ "!a", "b", "c" })), before);
    CHECK (joined.takes == Hashes { "c", "b", "x" }); // c was unpinned
    CHECK (joined.pinned == Hashes { "a", "y" });
    CHECK (joinedWith (joined, joined) == joined);
}
