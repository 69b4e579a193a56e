// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Takes/Model.h"

#include <catch2/catch.hpp>

#include "Project/Passages.h"
#include "Project/Project.h"
#include "Project/Requests.h"
#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::plugin;
using Catch::Contains;
using project::LineId;
using project::TakeId;

namespace
{
constexpr std::uint64_t largeSeed = 18'446'744'073'709'551'615u;

/** A project, and a model that shows the takes of one of its lines. */
struct Booth
{
    explicit Booth (const std::string& script) : project (test::documentOf (script))
    {
        select ({ idOf (0) });
    }

    LineId idOf (std::size_t line) const { return project.document()->lines[line]->id; }

    void select (std::vector<LineId> ids)
    {
        lines = std::move (ids);
        show();
    }

    void show() { model.show (project.document(), std::make_shared<playback::View> (view), lines); }

    /** What the passage with a line asks for is rendered. */
    TakeId render (std::size_t line, project::TakeRecord::State state = project::TakeRecord::State::Done)
    {
        const auto document = project.document();
        const auto passage = passageWith (passagesOf (*document), line);
        auto take = test::wholeTake (document->lines[passage.first]->id, nameOf (*document, passage),
                                     seedOf (*document, passage));
        take.state = state;
        take.fingerprint = "cpu-fp32-k1-t88cb923c-7b11aaaa";
        if (state == project::TakeRecord::State::Failed)
        {
            take.failure = "the voice is not audio";
            take.length = {};
            take.audio.clear();
        }
        const auto id = project.addTake (take);
        show();
        return id;
    }

    void does (const TakeAction& action)
    {
        REQUIRE (action);
        REQUIRE (project.edit (*action.edit));
        show();
    }

    void setScript (const std::string& script)
    {
        REQUIRE (project.edit (project::SetScript { script }));
        show();
    }

    void setSeed (std::uint64_t seed)
    {
        auto settings = project.document()->settings;
        settings.seed = seed;
        REQUIRE (project.edit (project::SetSettings { settings }));
        show();
    }

    void comes (playback::PartState state, std::shared_ptr<Take> take = {}, std::string reason = {})
    {
        playback::PartView part;
        part.line = model.passageLine().value;
        part.state = state;
        part.take = std::move (take);
        part.reason = std::move (reason);
        part.place.length = { 48'000 };
        view.parts = { part };
        show();
    }

    /** "3 2 1": the takes' numbers as they are shown, * what plays. */
    std::string numbers() const
    {
        std::string all;
        for (const auto& entry : model.entries())
            all += (all.empty() ? "" : " ") + std::to_string (entry.number) + (entry.isHeard ? "*" : "");
        return all;
    }

    project::Project project;
    playback::View view;
    std::vector<LineId> lines;
    TakesModel model;
};
} // namespace

TEST_CASE ("A line's takes are shown, the newest first", "[plugin][takes]")
{
    Booth booth ("# By the script's line numbers\n\nAnna: Good evening.\nBen: Yes.\n");
    CHECK (booth.model.title() == "Line 3  Anna: Good evening.");
    CHECK (booth.model.entries().empty());
    booth.render (0);
    booth.render (1);
    booth.does (booth.model.reroll());
    booth.render (0);
    CHECK (booth.numbers() == "2* 1");
    CHECK (booth.model.entries()[1].seconds == 1.0);
    CHECK (booth.model.entries()[0].seed != booth.model.entries()[1].seed);
    CHECK_FALSE (booth.model.entries()[1].isStale); // an earlier roll of the same words
    CHECK (titleOf (booth.model.entries()[0]) == "Take 2, plays now");
    booth.select ({});
    CHECK (booth.model.title().empty());
    CHECK (booth.model.entries().empty());
    CHECK_FALSE (booth.model.reroll());
    booth.select ({ { 99 }, booth.idOf (1) }); // the first is gone
    CHECK (booth.model.title() == "Line 4  Ben: Yes.");
}

TEST_CASE ("Seeds are shown with all their bits", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    booth.setSeed (largeSeed);
    booth.render (0);
    CHECK (booth.model.entries()[0].seed == largeSeed);
    CHECK (detailsOf (booth.model.entries()[0]) == "Seed 18446744073709551615, cpu 7b11");
    booth.comes (playback::PartState::Queued);
    CHECK (booth.model.entries()[0].seed == largeSeed);
}

TEST_CASE ("A take of other words is stale, and plays on if the line is locked", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    booth.render (0);
    booth.does (booth.model.toggleLock());
    CHECK (booth.model.isLocked());
    CHECK (booth.model.title() == "Line 1, locked  Anna: Good evening.");
    booth.setScript ("Anna: Good morning.\n");
    REQUIRE (booth.numbers() == "1*");
    CHECK (booth.model.entries()[0].isStale);
    CHECK_THAT (booth.model.entries()[0].remark, Contains ("other words"));
    CHECK_FALSE (booth.model.reroll());
    CHECK_THAT (booth.model.reroll().why, Contains ("Unlock it first"));
    booth.does (booth.model.toggleLock());
    CHECK (booth.numbers() == "1"); // nothing fits any more
    booth.does (booth.model.reroll());
}

TEST_CASE ("A take is chosen, and the newest again", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    const auto first = booth.render (0);
    CHECK_FALSE (booth.model.newestAgain());
    booth.does (booth.model.reroll());
    const auto second = booth.render (0);
    booth.does (booth.model.choose (first));
    CHECK (booth.numbers() == "2 1*");
    CHECK (booth.model.entries()[1].isChosen);
    CHECK_FALSE (booth.model.choose (first));
    booth.does (booth.model.newestAgain());
    CHECK (booth.numbers() == "2* 1");
    booth.does (booth.model.toggleLock());
    CHECK_THAT (booth.model.choose (first).why, Contains ("Unlock"));
    CHECK_THAT (booth.model.newestAgain().why, Contains ("Unlock"));
    CHECK (booth.model.canHear (second));
    CHECK_FALSE (booth.model.canHear ({ 99 }));
}

TEST_CASE ("What plays is compared with another take", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    const auto first = booth.render (0);
    CHECK_FALSE (booth.model.comparison (first).first);
    booth.does (booth.model.reroll());
    const auto second = booth.render (0);
    booth.does (booth.model.reroll());
    const auto third = booth.render (0);
    CHECK (booth.model.comparison (first) == std::pair (third, first));
    CHECK (booth.model.comparison (third) == std::pair (third, second)); // not with itself
    CHECK (booth.model.comparison ({}) == std::pair (third, second));
}

TEST_CASE ("A take is pinned", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    const auto take = booth.render (0);
    booth.does (booth.model.togglePin (take));
    CHECK (booth.model.entries()[0].isPinned);
    CHECK (titleOf (booth.model.entries()[0]) == "Take 1, plays now, pinned");
    booth.does (booth.model.togglePin (take));
    CHECK_FALSE (booth.model.entries()[0].isPinned);
    CHECK_FALSE (booth.model.togglePin ({}));
}

TEST_CASE ("Takes on their way are shown with their progress", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    booth.comes (playback::PartState::Missing);
    CHECK (booth.model.entries().empty());
    booth.comes (playback::PartState::Queued);
    REQUIRE (booth.numbers() == "1");
    CHECK (progressOf (booth.model.entries()[0]) == "Waiting for the engine");
    auto take = std::make_shared<Take>();
    take->begin ("cpu-x-1");
    const std::vector<float> half (24'000, 0.1f);
    take->append (half);
    booth.comes (playback::PartState::Rendering, take);
    CHECK (progressOf (booth.model.entries()[0]) == "Rendering, 50 %");
    CHECK (booth.model.entries()[0].seconds == 1.0);
    CHECK (booth.model.entries()[0].fingerprint == "cpu-x-1");
    CHECK_FALSE (booth.model.choose ({}));
    const auto id = booth.render (0);
    booth.comes (playback::PartState::Loading);
    REQUIRE (booth.numbers() == "1*");
    CHECK (progressOf (booth.model.entries()[0]) == "Loading");
    CHECK (booth.model.canHear (id));
}

TEST_CASE ("A failed take says why, and can be asked for again", "[plugin][takes]")
{
    Booth booth ("Anna: Good evening.\n");
    booth.render (0, project::TakeRecord::State::Failed);
    REQUIRE (booth.model.entries().size() == 1);
    CHECK (booth.model.entries()[0].remark == "the voice is not audio");
    CHECK (booth.model.canRetry());
    CHECK_FALSE (booth.model.canHear (booth.model.entries()[0].id));
    booth.comes (playback::PartState::Rendering);
    REQUIRE (booth.model.entries().size() == 1); // the same one, again
    CHECK (booth.model.entries()[0].remark.empty());
    CHECK_FALSE (booth.model.canRetry());
    booth.comes (playback::PartState::Failed, {}, "there is no engine");
    CHECK (booth.model.entries()[0].remark == "there is no engine");
    booth.view.parts.clear();
    booth.does (booth.model.reroll());
    CHECK_FALSE (booth.model.canRetry()); // another seed is asked for now
    booth.render (0, project::TakeRecord::State::CutOff);
    CHECK_THAT (booth.model.entries()[0].remark, Contains ("its end may be missing"));
    CHECK (booth.model.entries()[0].isHeard);
}

TEST_CASE ("Lines are joined to passages and split again", "[plugin][takes]")
{
    Booth booth ("Anna: One.\nBen: Two.\nAnna: Three.\n== Next ==\nBen: Four.\n[pause 1s]\nBen: Five.\n");
    CHECK_THAT (booth.model.join().why, Contains ("no line before"));
    CHECK_THAT (booth.model.split().why, Contains ("not joined"));
    booth.select ({ booth.idOf (1) });
    const auto alone = booth.render (1);
    booth.does (booth.model.join());
    CHECK (booth.model.title() == "Lines 1 to 2  Anna: One.");
    REQUIRE (booth.model.entryOf (alone) != nullptr);
    CHECK (booth.model.entryOf (alone)->isStale);
    booth.select ({ booth.idOf (2) });
    booth.does (booth.model.join());
    CHECK (booth.model.passageLine() == booth.idOf (0));
    booth.select ({ booth.idOf (0) });
    CHECK_THAT (booth.model.split().why, Contains ("Select the line"));
    booth.select ({ booth.idOf (1) });
    booth.does (booth.model.split());
    CHECK (booth.model.title() == "Lines 2 to 3  Ben: Two.");
    booth.select ({ booth.idOf (3) });
    CHECK_THAT (booth.model.join().why, Contains ("scene"));
    booth.select ({ booth.idOf (4) });
    CHECK_THAT (booth.model.join().why, Contains ("pause"));
}

TEST_CASE ("A passage has at most four voices", "[plugin][takes]")
{
    Booth booth ("A: 1\nB: 2\nC: 3\nD: 4\nE: 5\nA: 6\n");
    for (std::size_t line = 1; line < 4; ++line)
    {
        booth.select ({ booth.idOf (line) });
        booth.does (booth.model.join());
    }
    booth.select ({ booth.idOf (4) });
    CHECK_THAT (booth.model.join().why, Contains ("four voices"));
}

TEST_CASE ("Selected lines get new takes together", "[plugin][takes]")
{
    Booth booth ("Anna: One.\nBen: Two.\nAnna: Three.\n");
    booth.select ({ booth.idOf (1), booth.idOf (2) });
    booth.does (booth.model.reroll());
    const auto& lines = booth.project.document()->lines;
    CHECK (lines[0]->reroll == 0);
    CHECK (lines[1]->reroll == 1);
    CHECK (lines[2]->reroll == 1);
}

TEST_CASE ("A fingerprint is shortened to what tells engines apart", "[plugin][takes]")
{
    CHECK (shortFingerprint ("cpu-fp32-k1-t88cb923c-7b11ffff") == "cpu 7b11");
    CHECK (shortFingerprint ("cuda-sm90-bf16-fp8-k1-t88cb923c-5c1e0000") == "cuda-sm90 5c1e");
    CHECK (shortFingerprint ("tones") == "tones");
    CHECK (shortFingerprint ("cpu-x-1") == "cpu 1");
    CHECK (shortFingerprint ("cuda-1") == "cuda 1");
    CHECK (shortFingerprint ("-") == " ");
}
