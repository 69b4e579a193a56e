// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("OpenAI's voice names mean the model's voices in turn", "[engine][server][voices]")
{
    const std::vector<std::string> voices { "anna", "ben", "echo" };
    const VoiceAliases aliases;
    CHECK (aliases.resolve ("alloy", voices) == "anna");
    CHECK (aliases.resolve ("ash", voices) == "ben");
    CHECK (aliases.resolve ("ballad", voices) == "echo");
    CHECK (aliases.resolve ("coral", voices) == "anna");
    CHECK (aliases.resolve ("echo", voices) == "echo"); // the model has one of that name
    CHECK (aliases.resolve ("zoe", voices) == "zoe");
    CHECK (aliases.resolve ("alloy", {}) == "alloy");
    for (const auto* name : { "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage",
                              "shimmer", "verse", "marin", "cedar" })
    {
        CAPTURE (name);
        CHECK (aliases.resolve (name, { "anna" }) == "anna");
    }
}

TEST_CASE ("Aliases of one's own come first", "[engine][server][voices]")
{
    VoiceAliases aliases { .openAiNames = false, .own = { { "alloy", "ben" } } };
    CHECK (aliases.resolve ("alloy", { "anna", "ben" }) == "ben");
    CHECK (aliases.resolve ("nova", { "anna", "ben" }) == "nova");
    aliases.openAiNames = true;
    CHECK (aliases.resolve ("alloy", { "anna", "ben" }) == "ben");
    CHECK (aliases.resolve ("nova", { "anna", "ben" }) == "anna");
}

TEST_CASE ("A request may name one of OpenAI's voices", "[engine][server][voices]")
{
    SpeechServer::Options options;
    options.aliases.openAiNames = GENERATE (true, false);
    const ServerFixture engine (options);
    const auto anna = engine.speak (ServerFixture::floats ("Hello."));
    const auto alloy = engine.speak (ServerFixture::floats ("Hello.", "alloy"));
    const auto ash = engine.speak (ServerFixture::floats ("Hello.", "ash"));
    CHECK (anna.status == 200);
    CHECK (alloy.status == (options.aliases.openAiNames ? 200 : 404));
    CHECK ((alloy.body == anna.body) == options.aliases.openAiNames);
    CHECK (ash.body != anna.body);
}
