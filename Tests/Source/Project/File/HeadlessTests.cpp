// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Project/File/Headless/Casting.h"
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
