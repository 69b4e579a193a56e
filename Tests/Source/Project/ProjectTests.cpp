// SPDX-License-Identifier: Apache-2.0
#include "Project/Project.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include <catch2/catch.hpp>

#include "Documents.h"
#include "Project/Changes.h"
#include "Project/Lookup.h"

using namespace tableread;
using namespace tableread::project;
using namespace std::chrono_literals;
using test::documentOf;
using test::idsOf;

namespace
{
using LineIdList = std::vector<LineId>;

struct TimedProject
{
    explicit TimedProject (const std::string& script)
        : project (documentOf (script), [this] { return std::chrono::steady_clock::time_point (now); })
    {}

    void type (const std::string& script, std::chrono::milliseconds later = 200ms)
    {
        now += later;
        REQUIRE (project.edit (SetScript { script }));
    }
    std::string script() const { return *project.document()->script; }
    int undoAll()
    {
        int steps = 0;
        while (project.undo())
            ++steps;
        return steps;
    }

    std::chrono::milliseconds now { 0 };
    Project project;
};

Settings withSeed (std::uint64_t seed)
{
    Settings settings;
    settings.seed = seed;
    return settings;
}
} // namespace

TEST_CASE ("Edits are undone and redone one by one", "[source][project]")
{
    Project project (documentOf ("Anna: 1\nBen: 2\n"));
    CHECK (project.undoName().empty());
    CHECK_FALSE (project.undo());
    REQUIRE (project.edit (MoveLines { { { 2 } }, {} }));
    REQUIRE (project.edit (SetLocked { { 1 }, true }));
    CHECK (project.undoName() == "Lock Line");
    CHECK (project.undo());
    CHECK (project.undoName() == "Move Lines");
    CHECK (project.redoName() == "Lock Line");
    CHECK (project.undo());
    CHECK (*project.document()->script == "Anna: 1\nBen: 2\n");
    CHECK_FALSE (project.undo());
    CHECK (project.redo());
    CHECK (idsOf (*project.document()) == std::vector<std::uint64_t> { 2, 1 });
    REQUIRE (project.edit (Reroll { { { 1 } } })); // what was undone is forgotten
    CHECK (project.redoName().empty());
    CHECK_FALSE (project.redo());
}

TEST_CASE ("A refused edit, or one that changes nothing, is no step", "[source][project]")
{
    Project project (documentOf ("Anna: 1\n"));
    int events = 0;
    const auto listening = project.listen ([&] (const auto&, const auto&) { ++events; });
    CHECK_FALSE (project.edit (SetLocked { { 9 }, true }));
    CHECK (project.edit (SetLocked { { 1 }, false }));
    CHECK (project.edit (SetScript { "Anna: 1\n" }));
    CHECK (project.undoName().empty());
    CHECK (events == 0);
}

TEST_CASE ("Typing is one step as long as it goes on in one line", "[source][project]")
{
    TimedProject fixture ("Anna: 1\nBen: 2\n");
    fixture.type ("Anna: 1a\nBen: 2\n");
    fixture.type ("Anna: 1ab\nBen: 2\n", 1000ms);
    fixture.type ("Anna: 1b\nBen: 2\n");
    CHECK (fixture.project.undo());
    CHECK (fixture.script() == "Anna: 1\nBen: 2\n");
    CHECK (fixture.project.redo());
    CHECK (fixture.script() == "Anna: 1b\nBen: 2\n");
    fixture.type ("Anna: 1bc\nBen: 2\n"); // after an undo
    CHECK (fixture.undoAll() == 2);

    fixture.type ("Anna: 1a\nBen: 2\n");
    SECTION ("not after a while")
    {
        fixture.type ("Anna: 1ab\nBen: 2\n", 1001ms);
    }
    SECTION ("not in another line")
    {
        fixture.type ("Anna: 1a\nBen: 2b\n");
    }
    SECTION ("not beyond the end of the line")
    {
        fixture.type ("Anna: 1a\nBen: 2\n\n");
    }
    SECTION ("not after another edit")
    {
        REQUIRE (fixture.project.edit (SetLocked { { 1 }, true }));
        REQUIRE (fixture.project.undo());
        fixture.type ("Anna: 1ab\nBen: 2\n");
    }
    CHECK (fixture.undoAll() == 2);
}

TEST_CASE ("Ids are never given again, not even after an undo", "[source][project]")
{
    Project project (documentOf ("Anna: 1\n"));
    REQUIRE (project.edit (SetScript { "Anna: 1\nBen: 2\n" }));
    const auto take = project.addTake (test::wholeTake ({ 2 }, "two"));
    CHECK (take == TakeId { 3 });
    REQUIRE (project.undo());
    REQUIRE (project.edit (SetScript { "Anna: 1\nClara: 3\n" }));
    CHECK (idsOf (*project.document()) == std::vector<std::uint64_t> { 1, 4 });
    CHECK (project.addTake (test::wholeTake ({ 4 }, "three")) == TakeId { 5 });
}

TEST_CASE ("What no user did holds for undone and redone steps too", "[source][project]")
{
    Project project (documentOf ("Anna: 1\n"));
    auto member = test::memberWith ("Anna", { "a", "/a.wav" });
    REQUIRE (project.edit (SetMember { member }));
    REQUIRE (project.edit (SetLocked { { 1 }, true }));
    REQUIRE (project.undo());
    auto take = test::wholeTake ({ 1 }, "one");
    take.state = TakeRecord::State::Rendering;
    take.id = project.addTake (take);
    take.state = TakeRecord::State::Done;
    project.setTake (take);
    const std::string id (32, 'a');
    project.giveId ("no id");
    project.giveId (id);
    project.giveId (std::string (32, 'b')); // it has one
    project.setTempo (90.0);
    project.setVoiceContent ({ "a", "/a.wav" }, "01");
    project.moveVoice ({ "a", "/a.wav" }, "/b.wav");
    const HostSettings host { true, true, RenderWait::Always };
    project.setHost (host);
    const auto check = [&] {
        const auto document = project.document();
        REQUIRE (document->takes.size() == 1);
        CHECK (*document->takes[0] == take);
        CHECK (document->id == id);
        CHECK (document->tempo == 90.0);
        CHECK (document->settings.host == host);
        if (! document->cast.empty())
        {
            CHECK (document->cast[0]->moods[0].content == "01");
            CHECK (document->cast[0]->moods[0].voice == VoiceReference { "a", "/b.wav" });
        }
    };
    check();
    REQUIRE (project.redo());
    CHECK (project.document()->lines[0]->isLocked);
    check();
    REQUIRE (project.undo());
    REQUIRE (project.undo());
    CHECK (project.document()->cast.empty());
    check();
    REQUIRE (project.redo());
    check();
}

TEST_CASE ("A take's progress pins and unpins nothing, and touches no other take", "[source][project]")
{
    Project project (documentOf ("Anna: 1\n"));
    auto take = test::wholeTake ({ 1 }, "one");
    take.id = project.addTake (take);
    REQUIRE (project.edit (PinTake { take.id, true }));
    take.length = { 48'000 };
    project.setTake (take);
    CHECK (project.document()->takes[0]->length.value == 48'000);
    CHECK (project.document()->takes[0]->isPinned);
    REQUIRE (project.undo());
    CHECK_FALSE (project.document()->takes[0]->isPinned);
    CHECK (project.document()->takes[0]->length.value == 48'000);
    REQUIRE (project.redo());
    CHECK (project.document()->takes[0]->isPinned);

    const auto before = project.document();
    take.request = "of a document that was replaced";
    project.setTake (take);
    take.id = { 77 };
    project.setTake (take);
    CHECK (project.document() == before);
}

TEST_CASE ("Settings that a user edits leave those of the host alone", "[source][project]")
{
    Project project (documentOf ("Anna: 1\n"));
    const auto settings = project.document()->settings;
    project.setHost ({ true, false, RenderWait::Never });
    auto edited = settings;
    edited.seed = 5;
    REQUIRE (project.edit (SetSettings { edited }));
    CHECK (project.document()->settings.seed == 5);
    CHECK (project.document()->settings.host == HostSettings { true, false, RenderWait::Never });
    CHECK (project.undo());
    CHECK (project.document()->settings.host.rendersAhead);
    CHECK_FALSE (project.undo());
}

TEST_CASE ("A given voice that the model does not have is given anew until it was heard", "[source][project]")
{
    Project project (documentOf ("Anna: 1\nBen: 2\n"));
    const std::vector<std::string> usual { "anna", "ben" }, own { "mia", "noah" };
    const auto voiceOf = [&] (const std::string& speaker) {
        return memberOf (*project.document(), speaker)->moods.at (0).voice.name;
    };
    project.giveVoices (usual);
    CHECK (voiceOf ("Anna") == "anna");
    auto failed = test::wholeTake ({ 2 }, "two"); // Ben's, who was not heard
    failed.state = TakeRecord::State::Failed;
    project.addTake (failed);
    project.addTake (test::wholeTake ({ 1 }, "one"));
    project.giveVoices (own);
    CHECK (voiceOf ("Anna") == "anna");
    CHECK (voiceOf ("Ben") == "mia");
}

TEST_CASE ("A tempo that cannot be is ignored", "[source][project]")
{
    Project project;
    for (const double tempo : { 0.0, -1.0, 1e9, std::nan ("") })
        project.setTempo (tempo);
    CHECK (project.document()->tempo == 120.0);
}

TEST_CASE ("Listeners are told what changed", "[source][project]")
{
    Project project (documentOf ("A: 1\nB: 2\nC: 3\nD: 4\n"));
    Change last;
    std::shared_ptr<const Document> told;
    auto listening = project.listen ([&] (const auto& document, const Change& change) {
        told = document;
        last = change;
    });
    REQUIRE (project.edit (MoveLines { { { 4 } }, {} }));
    CHECK (told == project.document());
    CHECK (last.order);
    CHECK ((last.cast || last.takes || last.settings || last.isWhole) == false);
    CHECK (std::count (last.lines.begin(), last.lines.end(), LineId { 4 }) == 1);

    REQUIRE (project.edit (Reroll { { { 2 } } }));
    CHECK (last.lines == LineIdList { { 2 } });
    CHECK_FALSE (last.order);
    REQUIRE (project.edit (SetMember { test::memberWith ("A", { "anna", {} }) }));
    CHECK (last.cast);
    CHECK (last.lines.empty());
    project.addTake (test::wholeTake ({ 1 }, "one"));
    CHECK (last.takes);
    REQUIRE (project.edit (SetSettings { withSeed (7) }));
    CHECK (last.settings);
    project.replace (documentOf ("Z: 1\n"));
    CHECK (last.isWhole);
    CHECK (told == project.document());
    CHECK_FALSE (project.undo());

    listening.reset();
    project.setTempo (60.0);
    CHECK (told != project.document());
}

TEST_CASE ("Lines that were added, removed, moved or altered are named once each", "[source][project]")
{
    const auto before = documentOf ("A: 1\nB: 2\nC: 3\nD: 4\nE: 5\n");
    auto after = before;
    after.lines.erase (after.lines.begin() + 1);             // B
    std::swap (after.lines[1], after.lines[2]);              // C and D
    after.lines[3] = std::make_shared<const Line> (Line {}); // E, and a new one
    auto change = changesBetween (before, after);
    CHECK (change.order);
    std::sort (change.lines.begin(), change.lines.end());
    CHECK (change.lines.size() == 4); // the new one, 2, 5, and one of 3 and 4
    CHECK (std::unique (change.lines.begin(), change.lines.end()) == change.lines.end());
    CHECK (changesBetween (before, before).lines.empty());
}

TEST_CASE ("A listener may edit, listen and stop listening; all are told in order", "[source][project]")
{
    Project project (documentOf ("A: 1\n"));
    std::vector<std::uint64_t> heard;
    std::shared_ptr<void> first, second, third;
    bool wasThirdTold = false;
    first = project.listen ([&] (const auto& document, const Change&) {
        third.reset();
        if (document->settings.seed == 1)
            REQUIRE (project.edit (SetSettings { withSeed (2) }));
        if (document->settings.seed == 2)
            first.reset();
    });
    second = project.listen (
        [&] (const auto& document, const Change&) { heard.push_back (document->settings.seed); });
    third = project.listen ([&] (const auto&, const Change&) { wasThirdTold = true; });
    REQUIRE (project.edit (SetSettings { withSeed (1) }));
    REQUIRE (project.edit (SetSettings { withSeed (1) }));
    CHECK (heard == std::vector<std::uint64_t> { 1, 2, 1 });
    CHECK_FALSE (wasThirdTold);
}

TEST_CASE ("Threads change a project one after the other", "[source][project]")
{
    constexpr std::size_t each = 200;
    Project project (documentOf ("A: 1\n"));
    std::size_t takes = 0, events = 0; // guarded by the project, which tells one event at a time
    bool inOrder = true;
    const auto listening =
        project.listen ([&] (const std::shared_ptr<const Document>& document, const Change&) {
            ++events;
            inOrder = inOrder && document->takes.size() >= takes && document->takes.size() <= takes + 1;
            takes = document->takes.size();
        });
    const auto work = [&project] (int number) {
        for (std::size_t i = 0; i < each; ++i)
        {
            project.addTake (test::wholeTake ({ 1 }, std::to_string (number)));
            const auto seen = project.document()->takes.size();
            if (const auto done =
                    project.edit (SetSettings { withSeed (seen * 10 + (std::uint64_t) number) });
                ! done)
                return;
            project.undo();
            const auto passing = project.listen ([] (const auto&, const auto&) {});
        }
    };
    std::thread one (work, 1), two (work, 2);
    one.join();
    two.join();
    CHECK (inOrder);
    CHECK (takes == 2 * each);
    CHECK (events >= 2 * each);
    const auto document = project.document();
    for (std::size_t at = 1; at < document->takes.size(); ++at)
        CHECK (document->takes[at - 1]->id < document->takes[at]->id);
}

TEST_CASE ("Whoever waits for the listeners finds them told of what the document has", "[source][project]")
{
    Project project (documentOf ("Anna: One."));
    std::atomic<bool> isTold { false };
    const auto listening = project.listen ([&] (const auto&, const auto&) {
        std::this_thread::sleep_for (200ms);
        isTold = true;
    });
    std::thread other ([&] { project.setTempo (90.0); });
    while (project.document()->tempo != 90.0)
        std::this_thread::yield();
    project.waitForListeners();
    CHECK (isTold);
    other.join();
}

TEST_CASE ("A listener that outlives its project does no harm", "[source][project]")
{
    std::shared_ptr<void> listening;
    {
        Project project;
        listening = project.listen ([] (const auto&, const auto&) {});
    }
    listening.reset();
}

TEST_CASE ("Steps are limited in number and in memory", "[source][project]")
{
    Project project (documentOf ("A: 1\n"));
    for (std::uint64_t seed = 1; seed <= Project::mostSteps + 10; ++seed)
        REQUIRE (project.edit (SetSettings { withSeed (seed) }));
    std::size_t steps = 0;
    while (project.undo())
        ++steps;
    CHECK (steps == Project::mostSteps);
    CHECK (project.document()->settings.seed == 10);

    const std::string large (8'000'000, 'x');
    for (int i = 0; i < 12; ++i)
    {
        auto script = "# " + large;
        script += std::to_string (i);
        script += "\nA: 1\n# ";
        script += std::to_string (i);
        REQUIRE (project.edit (SetScript { script + '\n' }));
    }
    steps = 0;
    while (project.undo())
        ++steps;
    CHECK (steps == 8); // as many as 64 MB hold
}

TEST_CASE ("A document from elsewhere is mended", "[source][project]")
{
    auto document = documentOf ("A: 1\nB: 2\n");
    document.script = nullptr;
    document.nextId = 1;
    test::addTo (document, test::wholeTake ({ 2 }, "one")); // with the id 1
    Project project (document);
    CHECK (project.document()->script->empty());
    CHECK (project.addTake ({}) == TakeId { 3 });
}
