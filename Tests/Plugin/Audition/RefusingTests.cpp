// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>

#include "Stand.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
void removeTakes (const PluginFixture& fixture)
{
    std::filesystem::remove_all (fixture.folder.path() / "takes");
}
} // namespace

TEST_CASE ("What cannot be heard is said in one sentence, and ends what is heard", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.second));
    stand.begin (64);

    SECTION ("a take that is not there")
    {
        const auto heard = stand.audition.play ({ 1'000 });
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "this take is no longer in the project. Choose another one.");
    }
    SECTION ("a line that is not there")
    {
        const auto heard = stand.audition.playLine ({ 1'000 });
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "this line is no longer in the script.");
    }
    SECTION ("a line that is not rendered")
    {
        stand.workspace.stop();
        REQUIRE (stand.workspace.edit (project::SetScript { "Anna: Good evening.\nBen: Well then.\n" }));
        const auto heard = stand.audition.playLine (stand.line (1));
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "line 2, Ben is not rendered yet. Render it, then listen.");
    }
    SECTION ("a take whose audio is lost")
    {
        removeTakes (fixture);
        REQUIRE (stand.audition.play (stand.first));
        REQUIRE (stand.hasProblem());
        const auto text = stand.audition.problem()->text();
        CHECK_THAT (text, Catch::StartsWith ("line 1, Anna: the take "));
        CHECK_THAT (text, Catch::EndsWith ("has to be rendered again."));
        REQUIRE (stand.audition.play (stand.second)); // it is in memory
        CHECK_FALSE (stand.audition.problem());
        stand.begin (64);
        stand.audition.stop();
    }
    SECTION ("a damaged take")
    {
        const auto audio = stand.record (stand.first).audio;
        for (const auto& file :
             std::filesystem::recursive_directory_iterator (fixture.folder.path() / "takes"))
            if (file.is_regular_file() && file.path().filename().string().starts_with (audio))
                std::ofstream (file.path(), std::ios::in | std::ios::out).seekp (100) << "damage";
        REQUIRE (stand.audition.play (stand.first));
        REQUIRE (stand.hasProblem());
        CHECK_THAT (stand.audition.problem()->text(), Catch::Contains ("is damaged"));
    }
    CHECK_FALSE (stand.audition.current());
    stand.hear (fade);
    CHECK (stand.hear (64) == std::vector<float> (64));
}

TEST_CASE ("A line that is being rendered, or has failed, says so", "[plugin][audition]")
{
    FakeFaults faults;
    SECTION ("rendering")
    {
        faults.frameMs = 500;
        PluginFixture fixture (faults);
        Workspace workspace (fixture.options());
        workspace.setScript ("Ben: Oh.\n");
        workspace.settle();
        REQUIRE (workspace.render());
        REQUIRE (eventually ([&] { return isAll (workspace, playback::PartState::Rendering); }));
        const auto heard = workspace.audition().playLine (workspace.document()->lines[0]->id);
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "line 1, Ben is still being rendered. Listen when it is done.");
    }
    SECTION ("failed")
    {
        faults.refuseStatus = 404;
        PluginFixture fixture (faults);
        Workspace workspace (fixture.options());
        workspace.setScript ("Ben: Oh.\n");
        workspace.settle();
        REQUIRE (workspace.render());
        REQUIRE (eventually ([&] { return isAll (workspace, playback::PartState::Failed); }));
        const auto heard = workspace.audition().playLine (workspace.document()->lines[0]->id);
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "line 1, Ben: " + workspace.player().stage().view()->parts[0].reason);
    }
}

TEST_CASE ("A bounce and a bypass end it, and say so", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    const auto why = GENERATE (Audition::Refusal::Bypassed, Audition::Refusal::Bouncing);
    REQUIRE (stand.audition.play (stand.first));
    SECTION ("while it is heard")
    {
        stand.begin (64);
    }
    SECTION ("before it is heard")
    {}
    CHECK_FALSE (stand.audition.problem());
    REQUIRE (eventually ([&] {
        stand.audition.refuse (why);
        return ! stand.audition.current();
    }));
    CHECK (stand.hear (64) == std::vector<float> (64)); // nor when it is over
    REQUIRE (stand.audition.problem());
    CHECK_THAT (stand.audition.problem()->text(),
                Catch::Contains (why == Audition::Refusal::Bypassed ? "bypassed" : "bounce"));
    REQUIRE (stand.audition.play (stand.first));
    CHECK_FALSE (stand.audition.problem());
    CHECK ((stand.begin (64)[63] == faded (stand.speech (stand.first))[63]));
}

TEST_CASE ("Where nobody asks for sound, that is said", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    REQUIRE (stand.hasProblem());
    CHECK_THAT (stand.audition.problem()->text(), Catch::Contains ("audio device"));
    stand.begin (64);
    CHECK_FALSE (stand.audition.problem());
}
