// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Project/File/Headless/Casting.h"
#include "Project/File/Headless/Recorder.h"
#include "Project/File/Place.h"
#include "Source/Project/Documents.h"
#include "Support/MemoryStore.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;

namespace
{
/** Has a recording's file. */
class RecordingStore : public MemoryStore
{
public:
    explicit RecordingStore (std::filesystem::path kept)
        : file (std::move (kept))
        , hash (*hashOfRecording (file))
    {}

    std::filesystem::path fileWith (const std::string& wanted) override
    {
        return wanted == hash ? file : std::filesystem::path();
    }

    const std::filesystem::path file;
    const std::string hash;
};
} // namespace

TEST_CASE ("A render without a user finds a recording in the store whose file is gone",
           "[source][project][voices]")
{
    const TemporaryFolder folder;
    writeSound (folder.path() / "kept.wav", sine (220, 1.0));
    RecordingStore store (folder.path() / "kept.wav");
    Member anna;
    anna.speaker = "Anna";
    anna.isChosen = true;
    anna.moods.push_back ({ {}, { "Ada", "/old/ada.wav" }, store.hash, {} });
    const auto document = std::make_shared<const Document> (
        apply (documentOf ("Anna: Good evening.\n"), SetMember { anna }).value());
    CastingRequest request { .file = "/old/scene.tableread", .modelVoices = {}, .reader = {} };
    const auto lost = castProject (document, request);
    REQUIRE (lost);
    CHECK (lost->document->cast[0]->moods[0].voice.path == "/old/ada.wav");

    request.store = &store;
    const auto found = castProject (document, request);
    REQUIRE (found);
    CHECK (found->document->cast[0]->moods[0].voice == VoiceReference { "Ada", store.file });
    CHECK (found->missing.empty());
}

TEST_CASE ("A project's file gets one id, and loses no take that is added meanwhile",
           "[source][project][threads]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.tableread";
    Content content;
    content.document = std::make_shared<const Document> (documentOf ("Anna: Good evening.\n"));
    REQUIRE (writeProject (file, content));
    const Recorder recorder (file);
    auto take = wholeTake ({ 1 }, std::string (32, 'a'));
    take.audio = std::string (32, 'b');
    constexpr std::size_t all = 20;
    Result<std::string> first;
    std::thread other ([&] { first = recorder.giveId(); });
    for (std::size_t i = 0; i < all; ++i)
        REQUIRE (recorder.add (take));
    other.join();
    REQUIRE (first);
    CHECK (isContentHash (*first));
    CHECK (recorder.giveId().value() == *first);
    CHECK (Recorder (file).giveId().value() == *first);
    const auto read = readProject (file).value().document;
    CHECK (read->id == *first);
    CHECK (read->takes.size() == all);
    CHECK_FALSE (Recorder (folder.path() / "none.tableread").giveId());
}
