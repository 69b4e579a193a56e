// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Core/Base64.h"
#include "Project/File/Collect.h"
#include "Project/File/EmbeddedStore.h"
#include "Project/File/Text.h"
#include "Sample.h"
#include "Support/MemoryStore.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;
using Catch::Contains;

namespace
{
const std::vector<float> speech { 0.5f, -1.25f, 1e-20f }, otherSpeech { 0.25f };

/** The sample with two takes whose audio there is. */
Document documentWithAudio()
{
    auto document = sampleDocument();
    auto takes = sampleTakes();
    takes[0].audio = contentHash (speech);
    takes[2].audio = contentHash (otherSpeech);
    document.takes = sharedOf (takes);
    return document;
}

MemoryStore storeWithBoth()
{
    MemoryStore store;
    store.audio = { { contentHash (speech), speech }, { contentHash (otherSpeech), otherSpeech } };
    return store;
}
} // namespace

TEST_CASE ("A collected project brings its audio along", "[source][project][collect]")
{
    auto store = storeWithBoth();
    const auto collected = collect (contentWith (documentWithAudio()), store);
    REQUIRE (collected);
    CHECK (collected->notes.empty());
    const auto text = toText (*collected);
    CHECK_THAT (text, Contains ("\"audio\": {\n\"") && Contains (contentHash (speech) + "\":{\"flac\":\""));

    const auto read = parse (text, "scene.tableread");
    REQUIRE (read);
    CHECK (read->notes.empty());
    CHECK (toText (*read) == text);
    MemoryStore other;
    CHECK (unpack (*read, other).empty());
    CHECK (other.audio == store.audio);
}

TEST_CASE ("Audio that the store has not is left out with a note", "[source][project][collect]")
{
    auto store = storeWithBoth();
    store.audio.erase (contentHash (speech));
    const auto collected = collect (contentWith (documentWithAudio()), store);
    REQUIRE (collected);
    CHECK (collected->audio->size() == 1);
    REQUIRE (collected->notes.size() == 1);
    CHECK (collected->notes[0] == "The audio of 1 take is not in the store and was left out.");
}

TEST_CASE ("What is embedded already needs no store", "[source][project][collect]")
{
    auto store = storeWithBoth();
    const auto once = collect (contentWith (documentWithAudio()), store);
    MemoryStore empty;
    const auto twice = collect (*once, empty);
    REQUIRE (twice);
    CHECK (toText (*twice) == toText (*once));
    CHECK (toText (withoutAudio (*twice)) == toText (contentWith (documentWithAudio())));
}

TEST_CASE ("Audio that no take has any more is not saved", "[source][project][collect]")
{
    auto store = storeWithBoth();
    auto collected = collect (contentWith (documentWithAudio()), store);
    auto document = documentWithAudio();
    document.takes.erase (document.takes.begin());
    document.lines[0] = std::make_shared<const Line> (sampleLines()[1]);
    document.lines.pop_back();
    collected->document = std::make_shared<const Document> (document);
    const auto read = parse (toText (*collected), "");
    REQUIRE (read);
    CHECK (read->audio->size() == 1);
}

TEST_CASE ("Damaged audio in a project is told and costs nothing else", "[source][project][collect]")
{
    auto store = storeWithBoth();
    const auto collected = collect (contentWith (documentWithAudio()), store);
    auto json = nlohmann::json::parse (toText (*collected));
    auto& entry = json["audio"][contentHash (speech)];
    entry = GENERATE (as<nlohmann::json>(), nlohmann::json { { "flac", "Zm9v" } },
                      nlohmann::json { { "flac", "%" } }, nlohmann::json { { "flac", 7 } },
                      nlohmann::json::object());
    const auto read = parse (json.dump(), "");
    REQUIRE (read);
    MemoryStore other;
    const auto notes = unpack (*read, other);
    REQUIRE (notes.size() == 1);
    CHECK_THAT (notes[0], Contains ("The audio of 1 take in the project is damaged"));
    CHECK (other.audio.size() == 1);
    CHECK (nlohmann::json::parse (toText (*read))["audio"] ==
           json["audio"]); // what a later version put there stays
}

TEST_CASE ("What a project holds itself is there where a store has nothing", "[source][project][collect]")
{
    auto full = storeWithBoth();
    const auto collected = collect (contentWith (documentWithAudio()), full);
    const SamplesName one { contentHash (speech), { 3 } }, other { contentHash (otherSpeech), { 1 } };
    const auto first = std::make_shared<MemoryStore>();
    first->problem = Error { ErrorCode::OutOfMemory, "the disk is full", {} };
    first->audio[other.hash] = otherSpeech;
    EmbeddedStore store (first);
    CHECK_FALSE (store.has (one));
    CHECK (store.load (one).error().code == ErrorCode::NotFound);
    CHECK (store.load (other) == otherSpeech);

    store.setAudio (collected->audio);
    CHECK (store.has (one));
    CHECK (store.load (one) == speech);
    CHECK (*store.file (one) == *full.file (one));
    CHECK_FALSE (store.has ({ contentHash (std::vector { 1.0f }), { 1 } }));
    CHECK_FALSE (store.keep (speech)); // the first one is asked

    EmbeddedAudio damaged = *collected->audio;
    damaged[one.hash] = std::make_shared<const std::string> (R"({"flac": "Zm9v"})");
    store.setAudio (std::make_shared<const EmbeddedAudio> (damaged));
    CHECK_FALSE (store.has (one));
    CHECK (store.load (one).error().code == ErrorCode::NotFound);
}

TEST_CASE ("A store that takes nothing is told once", "[source][project][collect]")
{
    auto store = storeWithBoth();
    const auto collected = collect (contentWith (documentWithAudio()), store);
    MemoryStore full;
    full.problem = Error { ErrorCode::OutOfMemory, "the disk is full", {} };
    const auto notes = unpack (*collected, full);
    REQUIRE (notes.size() == 1);
    CHECK_THAT (notes[0], Contains ("could not be put into the take store: the disk is full"));
}
