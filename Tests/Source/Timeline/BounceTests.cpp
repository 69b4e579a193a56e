// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <sndfile.h>

#include "Support/FileSizeLimit.h"
#include "Support/TemporaryFolder.h"
#include "TestTakes.h"
#include "Timeline/Bounce.h"
#include "Timeline/Timeline.h"

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
    const std::vector<TimelineEntry> entries { { hosted (doneTake (noise (9'999, 1)), 48'000), { 100 } } };
    const auto plan = buildPlan (entries, 48'000);
    REQUIRE (bounce (plan, plan.end(), 48'000, file));

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

    REQUIRE (bounce (plan, plan.end(), 48'000, folder.path() / "again.wav"));
    CHECK ((bytesOf (file) == bytesOf (folder.path() / "again.wav")));
    CHECK (bytesOf (file).find ("PEAK") ==
           std::string::npos); // a PEAK chunk holds the time, so the bytes would differ tomorrow
    CHECK (filesIn (folder.path()) == 2);
}

TEST_CASE ("A bounce that cannot be complete leaves nothing behind", "[source][timeline]")
{
    const TemporaryFolder folder;
    const auto growing = std::make_shared<Take>();
    growing->append (noise (100, 1));
    const std::vector<TimelineEntry> entries { { HostAudio::create (growing, 24'000).value(), {} } };
    const auto plan = buildPlan (entries, 24'000);

    const auto early = bounce (plan, { 150 }, 24'000, folder.path() / "early.wav");
    REQUIRE_FALSE (early);
    CHECK (early.error().code == ErrorCode::Busy);
    CHECK_THAT (early.error().message, Catch::Contains ("50 of 150 samples"));

    const auto nowhere = bounce (plan, { 50 }, 24'000, folder.path() / "missing" / "out.wav");
    REQUIRE_FALSE (nowhere);
    CHECK (nowhere.error().code == ErrorCode::NotFound);
    CHECK (nowhere.error().where == (folder.path() / "missing" / "out.wav").string());

    std::filesystem::create_directory (folder.path() / "out.wav");
    CHECK_FALSE (bounce (plan, { 50 }, 24'000, folder.path() / "out.wav"));
    CHECK (filesIn (folder.path()) == 1);

    Result<void> full;
    {
        const FileSizeLimit limit (100); // the header and a few samples
        full = bounce (plan, { 50 }, 24'000, folder.path() / "full.wav");
    }
    REQUIRE_FALSE (full);
    CHECK (full.error().text() ==
           (folder.path() / "full.wav").string() +
               ": the audio cannot be written: File too large. Make room or choose another place.");
    CHECK (filesIn (folder.path()) == 1);
}
