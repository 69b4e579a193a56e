// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <sndfile.h>

#include "Support/FileSizeLimit.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"
#include "TestTakes.h"
#include "Timeline/Bounce.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
std::string bytesOf (const std::filesystem::path& file)
{
    std::ifstream stream (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (stream), {} };
}

std::ptrdiff_t filesIn (const std::filesystem::path& folder)
{
    return std::distance (std::filesystem::directory_iterator (folder), {});
}
} // namespace

TEST_CASE ("A bounce holds the very samples that are heard", "[source][timeline]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    const auto plan = planOf (sequence ({ { 100, hosted (doneTake (noise (9'999, 1)), 48'000) } }), 48'000);
    BounceJob job { .to = plan.end(), .hostRateHz = 48'000, .file = file };
    REQUIRE (bounce (plan, job));

    SF_INFO info = {};
    auto* input = sf_open (file.c_str(), SFM_READ, &info);
    REQUIRE (input != nullptr);
    CHECK (info.samplerate == 48'000);
    CHECK (info.channels == 1);
    std::vector<float> written ((std::size_t) info.frames), expected ((std::size_t) plan.end().value);
    sf_read_float (input, written.data(), info.frames);
    sf_close (input);
    plan.read ({ 0 }, expected);
    CHECK ((written == expected));

    job.file = folder.path() / "again.wav";
    REQUIRE (bounce (plan, job));
    CHECK ((bytesOf (file) == bytesOf (folder.path() / "again.wav")));
    CHECK (bytesOf (file).find ("PEAK") ==
           std::string::npos); // a PEAK chunk holds the time, so the bytes would differ tomorrow
    CHECK (filesIn (folder.path()) == 2);
}

TEST_CASE ("A bounce that cannot be complete leaves nothing behind", "[source][timeline]")
{
    const TemporaryFolder folder;
    auto timeline = sequence ({ { 50, hosted (begunTake (noise (100, 1)), 24'000) } });
    timeline.items[0].estimate = { 300 };
    const auto plan = planOf (timeline, 24'000);
    const auto bounceTo = [&] (std::int64_t end, const char* name) {
        return bounce (plan, { .to = { end }, .file = folder.path() / name });
    };

    const auto early = bounceTo (200, "early.wav");
    REQUIRE_FALSE (early);
    CHECK (early.error().code == ErrorCode::Busy);
    CHECK_THAT (early.error().message, Catch::Contains ("50 of 200 samples"));

    const auto nowhere = bounceTo (50, "missing/out.wav");
    REQUIRE_FALSE (nowhere);
    CHECK (nowhere.error().code == ErrorCode::NotFound);
    CHECK (nowhere.error().where == (folder.path() / "missing" / "out.wav").string());

    std::filesystem::create_directory (folder.path() / "out.wav");
    CHECK_FALSE (bounceTo (50, "out.wav"));
    CHECK (filesIn (folder.path()) == 1);

    Result<void> full;
    {
        const FileSizeLimit limit (100); // the header and a few samples
        full = bounceTo (50, "full.wav");
    }
    REQUIRE_FALSE (full);
    CHECK (full.error().text() ==
           (folder.path() / "full.wav").string() +
               ": the audio cannot be written: File too large. Make room or choose another place.");
    CHECK (filesIn (folder.path()) == 1);
}

TEST_CASE ("A part of a speaker's bus is bounced alone", "[source][timeline]")
{
    const TemporaryFolder folder;
    const auto one = noise (6000, 1), two = noise (6000, 2);
    auto timeline =
        sequence ({ { 0, hosted (doneTake (one), 24'000) }, { 0, hosted (doneTake (two), 24'000) } });
    timeline.items[1].lane = 1;
    timeline.items[1].anchorSeconds = 0.0;
    timeline.lanes = { { .bus = 1 }, { .bus = 2 } };
    const auto plan = planOf (timeline, 24'000);
    const auto heard = [&] (int bus) {
        const auto file = folder.path() / "out.wav";
        REQUIRE (bounce (plan, { .from = { 500 }, .to = { 5500 }, .file = file, .bus = bus }));
        return readSound (file).samples;
    };
    CHECK ((heard (1) == std::vector<float> (one.begin() + 500, one.begin() + 5500)));
    CHECK ((heard (2) == std::vector<float> (two.begin() + 500, two.begin() + 5500)));
    CHECK (heard (3) == std::vector<float> (5000, 0.0f));
    CHECK ((heard (0) == inBlocks (plan, 500, 5500, 64)));
}
