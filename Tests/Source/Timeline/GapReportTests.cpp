// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "Support/FileSizeLimit.h"
#include "Support/TemporaryFolder.h"
#include "TestTakes.h"
#include "Timeline/GapReport.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
LineText textOfLine (std::uint64_t line)
{
    return { "line " + std::to_string (line) + ", Anna", line == 5 ? "the engine stopped" : "" };
}
} // namespace

TEST_CASE ("Holes of a line that touch or overlap are joined", "[source][timeline][report]")
{
    using Holes = std::vector<Hole>;
    CHECK (joined ({}).empty());
    CHECK (joined ({ { 1, { 110 }, 10, 10 }, { 1, { 100 }, 0, 10 } }) == Holes { { 1, { 100 }, 0, 20 } });
    CHECK (joined ({ { 1, { 100 }, 0, 50 }, { 1, { 110 }, 10, 10 }, { 1, { 151 }, 51, 9 } }) ==
           Holes { { 1, { 100 }, 0, 50 }, { 1, { 151 }, 51, 9 } });
    // Of other lines, or of the line in another place: two holes, in the order of their positions.
    CHECK (joined ({ { 1, { 300 }, 10, 10 }, { 2, { 105 }, 0, 10 }, { 1, { 100 }, 0, 10 } }) ==
           Holes { { 1, { 100 }, 0, 10 }, { 2, { 105 }, 0, 10 }, { 1, { 300 }, 10, 10 } });
}

TEST_CASE ("A hole ends with its line", "[source][timeline][report]")
{
    const std::vector<Hole> holes { { 1, { 100 }, 0, 50 }, { 1, { 160 }, 60, 50 }, { 2, { 300 }, 200, 10 } };
    const auto cut = within (holes, [] (std::uint64_t line) { return HostSamples { line == 1 ? 80 : 200 }; });
    CHECK (cut == std::vector<Hole> { { 1, { 100 }, 0, 50 }, { 1, { 160 }, 60, 20 } });
}

TEST_CASE ("A gap report names each place with its time and line", "[source][timeline][report]")
{
    const std::vector<Hole> holes { { 3, { -24'000 }, 0, 36'000 }, { 5, { 3'661LL * 48'000 }, 9, 48 } };
    auto report = reportOf (holes, 48'000, textOfLine);
    CHECK_FALSE (report.isEmpty());
    CHECK (
        toText (report, "scene.wav") ==
        "scene.wav has 2 gaps: speech is missing here.\n"
        "-0:00:00.500 to 0:00:00.250 (samples -24000 to 12000): line 3, Anna: it was not rendered in time\n"
        "1:01:01.000 to 1:01:01.001 (samples 175728000 to 175728048): line 5, Anna: the engine stopped\n");
    report.hasSlates = true;
    report.places.pop_back();
    CHECK_THAT (
        toText (report, "scene.wav"),
        Catch::StartsWith ("scene.wav has a gap: speech is missing here, and a tone of a second marks"));
    report.remark = "1 locked line plays older words";
    CHECK_THAT (
        toText (report, "scene.wav"),
        Catch::StartsWith ("scene.wav has a gap, and 1 locked line plays older words. Speech is missing"));
    auto complete = reportOf ({}, 48'000, textOfLine);
    CHECK (toText (complete, "scene.wav") == "scene.wav is complete.\n");
    complete.remark = report.remark;
    CHECK (complete.isEmpty());
    CHECK (toText (complete, "scene.wav") == "scene.wav is complete, but 1 locked line plays older words.\n");
}

TEST_CASE ("A long reason is given once", "[source][timeline][report]")
{
    const std::string reason (200, 'x'), shortOne = "the engine stopped";
    const std::vector<Hole> holes { { 3, { 0 }, 0, 48 }, { 5, { 48 }, 0, 48 }, { 7, { 96 }, 0, 48 } };
    const auto textWith = [&] (const std::string& why) {
        return toText (reportOf (holes, 48'000,
                                 [&] (std::uint64_t line) {
                                     return LineText { "line " + std::to_string (line) + ", Anna", why };
                                 }),
                       "scene.wav");
    };
    const auto text = textWith (reason);
    CHECK_THAT (text, Catch::Contains ("line 3, Anna: " + reason + "\n") &&
                          Catch::Contains ("line 5, Anna: as for line 3, Anna\n") &&
                          Catch::Contains ("line 7, Anna: as for line 3, Anna\n"));
    CHECK_THAT (textWith (shortOne), Catch::Contains ("line 7, Anna: the engine stopped\n"));
}

TEST_CASE ("A gap report is written as a whole or not at all", "[source][timeline][report]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "gaps.txt";
    const std::vector<Hole> holes { { 5, { 0 }, 0, 48 } };
    const auto report = reportOf (holes, 48'000, textOfLine);
    REQUIRE (writeReport (report, "scene.wav", file));
    std::ifstream stream (file);
    CHECK (std::string (std::istreambuf_iterator<char> (stream), {}) == toText (report, "scene.wav"));

    Result<void> full;
    {
        const FileSizeLimit limit (10);
        full = writeReport (report, "scene.wav", folder.path() / "full.txt");
    }
    REQUIRE_FALSE (full);
    CHECK_THAT (full.error().text(), Catch::Contains ("full.txt: cannot be written: File too large"));
    CHECK_FALSE (writeReport (report, "scene.wav", folder.path() / "missing" / "gaps.txt"));
    CHECK (std::distance (std::filesystem::directory_iterator (folder.path()), {}) == 1);
}

TEST_CASE ("A report of a plan has its holes and nothing else", "[source][timeline][report]")
{
    auto timeline = sequence ({ { 0, hosted (doneTake (noise (100, 1)), 24'000) },
                                { 50, nullptr },
                                { 50, hosted (doneTake (noise (100, 1)), 24'000) } });
    timeline.items[1].estimate = { 300 };
    timeline.items[1].isGivenUp = true;
    const auto report = reportOf (planOf (timeline, 24'000).holes ({ 0 }, 600), 24'000, textOfLine);
    REQUIRE (report.places.size() == 1);
    CHECK (report.places[0].title == "line 2, Anna");
    CHECK (report.places[0].from.value == 150);
    CHECK (report.places[0].to.value == 450);
    CHECK (reportOf (planOf (timeline, 24'000).holes ({ 200 }, 100), 24'000, textOfLine).places[0].to.value ==
           300);
    timeline.items[1].isGivenUp = false;
    timeline.items[1].audio = hosted (doneTake (noise (300, 2)), 24'000);
    CHECK (reportOf (planOf (timeline, 24'000).holes ({ 0 }, 600), 24'000, textOfLine).isEmpty());
}
