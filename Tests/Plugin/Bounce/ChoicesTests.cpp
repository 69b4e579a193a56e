// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <catch2/catch.hpp>

#include "Editor/Bounce/Choices.h"

using namespace tableread;
using namespace tableread::plugin;

TEST_CASE ("The numbers of a bounce are read and shown", "[plugin][bouncepanel]")
{
    project::Settings settings;
    CHECK (shownNumber (settings, BounceNumber::PatienceSeconds) == "30");
    CHECK (shownNumber (settings, BounceNumber::LineGapMs) == "0");
    settings = withNumber (settings, BounceNumber::LineGapMs, "150");
    settings = withNumber (settings, BounceNumber::SpeakerGapMs, "250");
    settings = withNumber (settings, BounceNumber::SceneGapMs, "1000");
    settings = withNumber (settings, BounceNumber::PatienceSeconds, "5");
    CHECK (settings.gaps == project::Gaps { 150, 250, 1000 });
    CHECK (settings.patienceSeconds == 5);
    CHECK (shownNumber (settings, BounceNumber::SpeakerGapMs) == "250");
    CHECK (shownNumber (settings, BounceNumber::SceneGapMs) == "1000");
    CHECK (shownNumber (settings, BounceNumber::PatienceSeconds) == "5");
    settings = withNumber (settings, BounceNumber::LineGapMs, {});
    CHECK (settings.gaps.lineMs == 0);
    CHECK_FALSE (withNumber (settings, BounceNumber::PatienceSeconds, {}).patienceSeconds);
    CHECK_FALSE (withNumber (settings, BounceNumber::PatienceSeconds, "30").patienceSeconds);
}

TEST_CASE ("What is no possible number of a bounce is refused, and not taken for another",
           "[plugin][bouncepanel]")
{
    const project::Document document;
    const auto [number, typed, says] = GENERATE (table<BounceNumber, const char*, const char*> (
        { { BounceNumber::PatienceSeconds, "0", "a bounce waits 1 to 3600 s" },
          { BounceNumber::PatienceSeconds, "3601", "a bounce waits 1 to 3600 s" },
          { BounceNumber::LineGapMs, "600001", "a gap is 0 to 600000 ms" },
          { BounceNumber::SceneGapMs, "99999999999", "a gap is 0 to 600000 ms" } }));
    const auto applied =
        project::apply (document, project::SetSettings { withNumber (document.settings, number, typed) });
    REQUIRE_FALSE (applied);
    CHECK_THAT (applied.error().text(), Catch::StartsWith (says));
}

TEST_CASE ("A report of many gaps is short and says how many there are", "[plugin][bouncepanel]")
{
    GapReport report;
    CHECK (shortText (report) == "The last bounce is complete.\n");
    for (int i = 0; i < 3; ++i)
        report.places.push_back ({ "line " + std::to_string (i), "the engine stopped", { i }, { i + 1 } });
    CHECK (shortText (report) == toText (report, "The last bounce"));
    report.places.resize (340, report.places.front());
    const auto text = shortText (report);
    CHECK_THAT (text,
                Catch::StartsWith ("The last bounce has 340 gaps") && Catch::EndsWith ("and 240 more.\n"));
    CHECK (std::ranges::count (text, '\n') == 102);
}
