// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("The shelf finds a model's voices by name and any recording by path", "[engine][server][voices]")
{
    const test::TemporaryFolder folder;
    std::filesystem::create_directories (folder.path() / "voices");
    std::ofstream (folder.path() / "voices" / "Ben.flac") << "ben";
    std::ofstream (folder.path() / "voices" / "anna.WAV") << "anna";
    std::ofstream (folder.path() / "voices" / "README.md") << "not a voice";
    std::ofstream (folder.path() / "else.wav") << "else";
    const VoiceShelf shelf (folder.path(), readBytes);

    CHECK (shelf.names() == std::vector<std::string> { "anna", "Ben" });
    CHECK (shelf.find ("ANNA") == folder.path() / "voices" / "anna.WAV");
    CHECK (shelf.find ("README").empty());
    CHECK (shelf.fetch ({ "ben", {} })->hash == "ben");
    CHECK (shelf.fetch ({ "ben", {} })->audio.name == "ben");
    CHECK (shelf.fetch ({ {}, folder.path() / "else.wav" })->audio.name == "else");
    CHECK (shelf.fetch ({ "Eve", folder.path() / "else.wav" })->audio.name == "Eve");

    const auto missing = shelf.fetch ({ "../else", {} });
    REQUIRE (! missing);
    CHECK (missing.error().code == ErrorCode::NotFound);
    CHECK_THAT (missing.error().message, Catch::Contains ("anna, Ben"));
}

TEST_CASE ("The shelf compares names without case, beyond ASCII too", "[engine][server][voices]")
{
    const test::TemporaryFolder folder;
    std::filesystem::create_directories (folder.path() / "voices");
    for (const std::string name : { "änne", "ΣΟΦΌΣ", "İpek" })
        std::ofstream (folder.path() / "voices" / (name + ".wav")) << name;
    const VoiceShelf shelf (folder.path(), readBytes);

    CHECK (shelf.fetch ({ "ÄNNE", {} }).value().hash == "änne");
    CHECK (shelf.fetch ({ "σοφός", {} }).value().hash == "ΣΟΦΌΣ");
    CHECK (shelf.fetch ({ "i\u0307pek", {} }).value().hash == "İpek");
    CHECK (shelf.find ("ipek").empty());
}

TEST_CASE ("A model without voices has an empty shelf", "[engine][server][voices]")
{
    const test::TemporaryFolder folder;
    const VoiceShelf shelf (folder.path(), readBytes);
    CHECK (shelf.names().empty());
    CHECK_THAT (shelf.fetch ({ "anna", {} }).error().message, Catch::Contains ("it has none"));
}

TEST_CASE ("Recordings may be kept to some folders, wherever links and dots lead", "[engine][server][voices]")
{
    const test::TemporaryFolder folder;
    const auto in = folder.path() / "in", out = folder.path() / "out", like = folder.path() / "inside";
    for (const auto& place : { in, out, like })
    {
        std::filesystem::create_directories (place);
        std::ofstream (place / "ada.wav") << "ada";
    }
    std::filesystem::create_symlink (out / "ada.wav", in / "link.wav");
    std::filesystem::create_symlink (in, folder.path() / "alias");
    std::filesystem::create_directories (folder.path() / "voices");
    std::ofstream (folder.path() / "voices" / "anna.wav") << "anna";
    const VoiceShelf shelf (folder.path(), readBytes, { { in } });

    CHECK (shelf.fetch ({ {}, in / "ada.wav" }));
    CHECK (shelf.fetch ({ {}, folder.path() / "alias" / "ada.wav" }));
    CHECK (shelf.fetch ({ {}, out / ".." / "in" / "ada.wav" }));
    CHECK (shelf.fetch ({ "anna", {} }));
    for (const auto& refused : { out / "ada.wav", like / "ada.wav", in / ".." / "out" / "ada.wav",
                                 in / "link.wav", in / "missing" / ".." / ".." / "out" / "ada.wav" })
    {
        CAPTURE (refused);
        const auto voice = shelf.fetch ({ {}, refused });
        REQUIRE (! voice);
        CHECK (voice.error().code == ErrorCode::InvalidInput);
        CHECK_THAT (voice.error().message, Catch::Contains ("--voice-folder"));
    }
    const VoiceShelf none (folder.path(), readBytes, { std::vector<std::filesystem::path> {} });
    CHECK (! none.fetch ({ {}, in / "ada.wav" }));
    CHECK (none.fetch ({ "anna", {} }));
}
