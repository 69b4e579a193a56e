// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "Documents.h"
#include "Project/Lookup.h"
#include "Project/Project.h"
#include "Project/Requests.h"

using namespace tableread;
using namespace tableread::project;

namespace
{
const std::vector<std::string> rowsToWrite { "Anna: Good morning.",
                                             "Ben: Yes.",
                                             "Clara (softly): It is late.",
                                             "David: [pause 1s] So",
                                             "and another thing.",
                                             "[pause 500ms]",
                                             "# a comment",
                                             "== A scene ==",
                                             "",
                                             "(sighs)",
                                             "Ben: Stop [beat]! I mean it.",
                                             "\\Note: this is spoken",
                                             "#7 is spoken",
                                             "Eve: What is it?",
                                             "Anna: Yes.\r" };

/** Makes up edits for a document; some of them are refused. */
class RandomEdits
{
public:
    explicit RandomEdits (unsigned seed) : random (seed) {}

    std::size_t below (std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

    Edit next (const Document& document)
    {
        const auto line = someLine (document);
        switch (below (10))
        {
            case 0:
                return SetJoined { line, below (2) == 0 };
            case 1:
            {
                const auto anchor =
                    below (2) == 0 ? std::optional<Anchor>() : AtSeconds { (double) below (90) };
                if (below (2) == 0)
                    return SetAnchor { line, anchor };
                return SetAnchors { { { line, anchor }, { someLine (document), AtBeats { 3.5 } } } };
            }
            case 2:
                return SetLocked { line, below (2) == 0 };
            case 3:
                return Reroll { { line, someLine (document) } };
            case 4:
                return ChooseTake { line, someTake (document) };
            case 5:
                return PinTake { someTake (document), below (2) == 0 };
            case 6:
                return SetMember { someMember() };
            case 7:
                return MoveLines { someLines (document), below (4) == 0 ? LineId {} : someLine (document) };
            case 8:
            {
                auto settings = document.settings;
                settings.seed = below (3);
                settings.steps = 1 + (int) below (3);
                return SetSettings { settings };
            }
            default:
                return SetScript { otherScript (*document.script) };
        }
    }

    LineId someLine (const Document& document)
    {
        return document.lines.empty() ? LineId { 1 } : document.lines[below (document.lines.size())]->id;
    }

private:
    TakeId someTake (const Document& document)
    {
        return document.takes.empty() ? TakeId {} : document.takes[below (document.takes.size())]->id;
    }

    std::vector<LineId> someLines (const Document& document)
    {
        std::vector<LineId> lines;
        for (const auto& line : document.lines)
            if (below (4) == 0)
                lines.push_back (line->id);
        return lines;
    }

    Member someMember()
    {
        static const std::vector<std::string> names { "Anna", "Ben", "Clara", "David", "Eve" };
        auto member =
            test::memberWith (names[below (names.size())], { "voice" + std::to_string (below (3)), {} });
        if (below (2) == 0)
            member.moods.push_back ({ "softly", { "soft", "/soft.wav" }, {}, {} });
        return member;
    }

    std::string otherScript (std::string script)
    {
        for (auto count = 1 + below (3); count > 0; --count)
        {
            const auto at = below (script.size() + 1);
            switch (below (4))
            {
                case 0:
                    script.insert (at, rowsToWrite[below (rowsToWrite.size())] + "\n");
                    break;
                case 1:
                    script.insert (at, "\n" + rowsToWrite[below (rowsToWrite.size())] + "\n");
                    break;
                case 2:
                    script.erase (at, below (20));
                    break;
                default:
                    script.insert (at, 1, "aZ .:[()#\n"[below (10)]);
                    break;
            }
        }
        return script;
    }

    std::mt19937 random;
};

/** What an undo brings back: all but the takes' contents and the next id. */
Document withoutLasting (Document document)
{
    Document::Shared<TakeRecord> pinned;
    for (const auto& take : document.takes)
        if (take->isPinned)
        {
            TakeRecord known;
            known.id = take->id;
            pinned.push_back (std::make_shared<const TakeRecord> (known));
        }
    document.takes = pinned;
    document.nextId = 0;
    return document;
}

/** That lines and text agree, and that ids are ids. */
void checkSound (const Document& document)
{
    std::set<std::uint64_t> ids;
    for (const auto& line : document.lines)
        REQUIRE (ids.insert (line->id.value).second);
    for (const auto& take : document.takes)
        REQUIRE (ids.insert (take->id.value).second);
    REQUIRE ((ids.empty() || (*ids.begin() > 0 && *ids.rbegin() < document.nextId)));
    const auto script = scriptOf (document);
    REQUIRE (document.lines.size() == (script ? script->lines.size() : 0));
    for (std::size_t at = 0; at < document.lines.size(); ++at)
    {
        const auto& line = *document.lines[at];
        const auto& read = script->lines[at];
        REQUIRE (line.text == read.text);
        REQUIRE (line.speaker == script->speakers[(std::size_t) read.speaker].name);
        REQUIRE (line.sourceLine == read.sourceLine);
        REQUIRE (line.direction == read.direction);
        REQUIRE (line.scene == read.scene);
    }
    const Choices choices (document);
    std::size_t lines = 0;
    for (const auto& passage : passagesOf (document))
    {
        lines += passage.count;
        REQUIRE (passage.speakers.size() <= Passage::mostSpeakers);
        const auto request = requestOf (document, passage);
        REQUIRE (request.lines.size() == passage.count);
        REQUIRE (request.voices.size() <= Passage::mostSpeakers);
        const auto choice = choices.of (passage);
        REQUIRE ((choice.take == nullptr || isWhole (*choice.take)));
    }
    REQUIRE (lines == document.lines.size());
}

/** That lines that are new after an edit have new ids. */
void checkNewIds (const Document& before, const Document& after)
{
    const auto former = test::idsOf (before);
    for (const auto id : test::idsOf (after))
        REQUIRE ((id >= before.nextId || std::find (former.begin(), former.end(), id) != former.end()));
}

std::string firstScript (RandomEdits& edits)
{
    std::string script = "Anna: Hello.\n";
    for (int i = 0; i < 12; ++i)
        script += rowsToWrite[edits.below (rowsToWrite.size())] + "\n";
    return script;
}
} // namespace

TEST_CASE ("Whatever is edited can be undone and redone", "[source][project]")
{
    for (unsigned seed = 1; seed <= 60; ++seed)
    {
        CAPTURE (seed);
        RandomEdits edits (seed);
        auto time = std::chrono::steady_clock::time_point();
        Project project (test::documentOf (firstScript (edits)),
                         [&time] { return time += std::chrono::seconds (2); });
        std::vector<Document> states { withoutLasting (*project.document()) };
        std::size_t done = 0; // of the states, the one that is there now
        for (int i = 0; i < 60; ++i)
        {
            const auto before = project.document();
            const auto choice = edits.below (10);
            if (choice == 0 && project.undo())
                --done;
            else if (choice == 1 && project.redo())
                ++done;
            else if (choice == 2 && ! before->lines.empty())
            {
                auto take =
                    test::wholeTake (edits.someLine (*before), "one of " + std::to_string (edits.below (5)));
                const auto passages = passagesOf (*before);
                const auto& passage = passages[edits.below (passages.size())];
                if (edits.below (2) == 0)
                    take.request = nameOf (*before, passage);
                project.addTake (take);
            }
            else if (project.edit (edits.next (*before)))
            {
                checkNewIds (*before, *project.document());
                if (withoutLasting (*project.document()) != states[done])
                {
                    states.resize (++done);
                    states.push_back (withoutLasting (*project.document()));
                }
            }
            checkSound (*project.document());
            REQUIRE (withoutLasting (*project.document()) == states[done]);
        }
        while (project.redo())
            ++done;
        REQUIRE (done + 1 == states.size());
        REQUIRE (withoutLasting (*project.document()) == states.back());
        while (project.undo())
            REQUIRE (withoutLasting (*project.document()) == states[--done]);
        REQUIRE (done == 0);
        while (project.redo())
            REQUIRE (withoutLasting (*project.document()) == states[++done]);
        REQUIRE (done + 1 == states.size());
        checkSound (*project.document());
    }
}

TEST_CASE ("Moving lines keeps every line, comment and title", "[source][project]")
{
    const auto rowsWith = [] (const std::string& script, const std::string& mark) {
        std::size_t count = 0;
        for (auto at = script.find (mark); at != script.npos; at = script.find (mark, at + mark.size()))
            ++count;
        return count;
    };
    std::size_t moved = 0;
    for (unsigned seed = 1; seed <= 300; ++seed)
    {
        CAPTURE (seed);
        RandomEdits edits (seed);
        auto document = test::documentOf (firstScript (edits));
        for (int i = 0; i < 5; ++i)
        {
            MoveLines move;
            for (const auto& line : document.lines)
                if (edits.below (4) == 0)
                    move.lines.push_back (line->id);
            if (edits.below (4) != 0)
                move.after = edits.someLine (document);
            const auto after = apply (document, move);
            if (! after)
                continue;
            ++moved;
            checkSound (*after);
            auto ids = test::idsOf (document), now = test::idsOf (*after);
            const auto place =
                move.lines.empty() ? now.begin() : std::find (now.begin(), now.end(), move.lines[0].value);
            for (std::size_t at = 0; at < move.lines.size(); ++at)
                REQUIRE (*(place + (std::ptrdiff_t) at) == move.lines[at].value);
            std::sort (ids.begin(), ids.end());
            std::sort (now.begin(), now.end());
            REQUIRE (ids == now);
            for (const auto* mark : { "# a comment", "== A scene ==", "(sighs)", "[pause 500ms]" })
                REQUIRE (rowsWith (*document.script, mark) == rowsWith (*after->script, mark));
            document = *after;
        }
    }
    CHECK (moved > 1200); // of 1500: hardly any are refused
}
