// SPDX-License-Identifier: Apache-2.0
#include "Project/Requests.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

#include <catch2/catch.hpp>

#include "Documents.h"
#include "Project/Lookup.h"

using namespace tableread;
using namespace tableread::project;
using test::documentOf;

namespace
{
constexpr auto largestSeed = std::numeric_limits<std::uint64_t>::max();

PassageView firstPassage (const Document& document)
{
    return passagesOf (document).at (0);
}

std::string firstName (const Document& document)
{
    return nameOf (document, firstPassage (document));
}

Document with (const Document& before, const Edit& edit)
{
    return project::apply (before, edit).value();
}

Document withSettings (Document document, const std::function<void (Settings&)>& change)
{
    change (document.settings);
    return with (document, SetSettings { document.settings });
}

Member recorded (const std::string& file, const std::string& content)
{
    auto member = test::memberWith ("Anna", { "label", file });
    member.moods.front().content = content;
    return member;
}

Document joinedPair()
{
    auto document = documentOf ("Anna: One.\nBen: Two.\nAnna: Three.\n");
    document = with (document, SetMember { test::memberWith ("Anna", { "anna", {} }) });
    document = with (document, SetMember { test::memberWith ("Ben", { "ben", {} }) });
    return with (document, SetJoined { { 2 }, true });
}
} // namespace

TEST_CASE ("A passage asks for its lines with their speakers' voices", "[source][project]")
{
    auto document = joinedPair();
    document = withSettings (document, [] (Settings& settings) {
        settings.seed = largestSeed;
        settings.steps = 7;
        settings.guidanceScale = 1.5f;
    });
    const auto request = requestOf (document, firstPassage (document));
    CHECK (request.lines == std::vector<SpokenLine> { { 0, "One." }, { 1, "Two." } });
    CHECK (request.voices == std::vector<VoiceReference> { { "anna", {} }, { "ben", {} } });
    CHECK (request.seed == largestSeed);
    CHECK (request.steps == 7);
    CHECK (request.guidanceScale == 1.5f);
    CHECK (requestOf (documentOf ("Anna: One.\n"), { 0, 1, { "Anna" }, {} }).voices ==
           std::vector<VoiceReference> { {} });
}

TEST_CASE ("A speaker in two moods has two voices in a request", "[source][project]")
{
    auto member = test::memberWith ("Anna", { "anna", {} });
    member.moods.push_back ({ "softly", { "soft", "/soft.wav" }, {}, {} });
    auto document = documentOf ("Anna: One.\nAnna (softly): Two.\nAnna: Three.\n");
    document = with (document, SetMember { member });
    document = with (with (document, SetJoined { { 2 }, true }), SetJoined { { 3 }, true });
    const auto request = requestOf (document, firstPassage (document));
    CHECK (request.lines == std::vector<SpokenLine> { { 0, "One." }, { 1, "Two." }, { 0, "Three." } });
    CHECK (request.voices == std::vector<VoiceReference> { { "anna", {} }, { "soft", "/soft.wav" } });
}

TEST_CASE ("Seeds use all 64 bits, and each roll has its own", "[source][project]")
{
    auto document = documentOf ("Anna: One.\nAnna: One.\n");
    document = withSettings (document, [] (Settings& settings) { settings.seed = largestSeed; });
    std::set<std::uint64_t> seeds { largestSeed };
    std::uint64_t ones = 0, zeros = 0;
    for (int roll = 0; roll < 100; ++roll)
    {
        document = with (document, Reroll { { { 1 }, { 2 } } });
        for (const auto& passage : passagesOf (document))
        {
            const auto seed = seedOf (document, passage);
            CHECK (seeds.insert (seed).second);
            CHECK (requestOf (document, passage).seed == seed);
            ones |= seed;
            zeros |= ~seed;
        }
    }
    CHECK (ones == largestSeed);
    CHECK (zeros == largestSeed);
}

TEST_CASE ("Whatever changes the samples changes the name", "[source][project]")
{
    const auto document = joinedPair();
    std::vector<Document> others;
    others.push_back (with (document, SetScript { "Anna: One!\nBen: Two.\nAnna: Three.\n" }));
    others.push_back (with (document, SetScript { "Ben: One.\nAnna: Two.\nAnna: Three.\n" }));
    others.push_back (with (document, SetJoined { { 2 }, false }));
    others.push_back (with (document, SetJoined { { 3 }, true }));
    others.push_back (with (document, SetMember { test::memberWith ("Ben", { "clara", {} }) }));
    others.push_back (with (document, SetMember { recorded ("/a.wav", "") }));
    others.push_back (with (document, SetMember { recorded ("/b.wav", "") }));
    others.push_back (with (document, SetMember { recorded ("/a.wav", "01") }));
    others.push_back (with (document, SetMember { recorded ("/a.wav", "02") }));
    others.push_back (with (document, Reroll { { { 1 } } }));
    others.push_back (with (with (document, Reroll { { { 1 } } }), Reroll { { { 2 } } })); // the same passage
    others.push_back (withSettings (document, [] (Settings& settings) { settings.seed = 1; }));
    others.push_back (withSettings (document, [] (Settings& settings) { settings.steps = 11; }));
    others.push_back (withSettings (document, [] (Settings& settings) { settings.guidanceScale = 1.5f; }));
    others.push_back (withSettings (document, [] (Settings& settings) { settings.guidanceScale = 0.0f; }));
    std::set<std::string> names { firstName (document) };
    for (const auto& other : others)
        names.insert (firstName (other));
    CHECK (names.size() == others.size() + 1);
    for (const auto& name : names)
        CHECK (name.size() == 32);
}

TEST_CASE ("What does not change the samples does not change the name", "[source][project]")
{
    const auto document = with (joinedPair(), SetMember { recorded ("/a.wav", "01") });
    std::vector<Document> others;
    others.push_back (with (document, SetScript { "Zoe: Zero.\n" + *document.script }));
    others.push_back (with (document, SetAnchor { { 1 }, AtSeconds { 3.0 } }));
    others.push_back (with (document, SetMember { recorded ("/elsewhere/b.wav", "01") })); // it was moved
    others.push_back (with (document, SetMember { test::memberWith ("Ben", { "BEN", {} }) }));
    others.push_back (withSettings (document, [] (Settings& settings) { settings.gaps.lineMs = 500; }));
    others.push_back (with (document, SetLocked { { 1 }, true }));
    for (const auto& other : others)
    {
        const auto passages = passagesOf (other);
        const auto found = std::find_if (passages.begin(), passages.end(), [&] (const PassageView& passage) {
            return other.lines[passage.first]->id == LineId { 1 };
        });
        REQUIRE (found != passages.end());
        CHECK (nameOf (other, *found) == firstName (document));
    }
    const auto negative =
        withSettings (document, [] (Settings& settings) { settings.guidanceScale = -0.0f; });
    const auto positive = withSettings (document, [] (Settings& settings) { settings.guidanceScale = 0.0f; });
    CHECK (firstName (negative) == firstName (positive));
}

TEST_CASE ("A passage plays the newest whole take of what it asks for", "[source][project]")
{
    auto document = joinedPair();
    const auto name = firstName (document);
    const auto playing = [&document] { return choiceOf (document, firstPassage (document)).take; };
    CHECK (playing() == nullptr);

    auto failed = test::wholeTake ({ 1 }, name);
    failed.state = TakeRecord::State::Failed;
    test::addTo (document, failed);
    test::addTo (document, test::wholeTake ({ 1 }, "another"));
    CHECK (playing() == nullptr);

    const auto first = test::addTo (document, test::wholeTake ({ 1 }, name));
    REQUIRE (playing() != nullptr);
    CHECK (playing()->id == first);
    auto cut = test::wholeTake ({ 1 }, name);
    cut.state = TakeRecord::State::CutOff;
    const auto second = test::addTo (document, cut);
    CHECK (playing()->id == second);
    document = with (document, ChooseTake { { 1 }, first });
    CHECK (playing()->id == first);
    CHECK_FALSE (choiceOf (document, firstPassage (document)).isStale);

    document = with (document, Reroll { { { 1 } } });
    CHECK (playing() == nullptr);
    document = with (document, ChooseTake { { 1 }, first }); // an earlier roll is as good
    CHECK (playing()->id == first);
    CHECK_FALSE (choiceOf (document, firstPassage (document)).isStale);
}

TEST_CASE ("A choice of takes ends when the words, voices or settings change, and an undo brings it back",
           "[source][project]")
{
    auto document = joinedPair();
    const auto take = test::addTo (document, test::wholeTake ({ 1 }, firstName (document)));
    document = with (document, ChooseTake { { 1 }, take });
    const auto chosenAfter = [&] (const Edit& edit) { return with (document, edit).lines[0]->chosen; };
    CHECK (chosenAfter (SetScript { "Anna: One.\nBen: Two?\nAnna: Three.\n" }) == TakeId {});
    CHECK (chosenAfter (SetMember { test::memberWith ("Ben", { "david", {} }) }) == TakeId {});
    CHECK (chosenAfter (SetJoined { { 2 }, false }) == TakeId {});
    CHECK (chosenAfter (SetScript { "# a comment\n" + *document.script }) == take);
    CHECK (chosenAfter (SetMember { test::memberWith ("Anna", { "anna", {} }) }) == take);
    auto settings = document.settings;
    settings.seed = 5;
    CHECK (chosenAfter (SetSettings { settings }) == take);
    settings.steps = 5;
    CHECK (chosenAfter (SetSettings { settings }) == TakeId {});
}

TEST_CASE ("A locked line keeps its take whatever is edited", "[source][project]")
{
    auto document = joinedPair();
    const auto first = test::addTo (document, test::wholeTake ({ 1 }, firstName (document)));
    auto edited = with (document, SetScript { "Anna: Won.\nBen: Two.\nAnna: Three.\n" });
    test::addTo (edited, test::wholeTake ({ 1 }, firstName (edited)));
    document = with (edited, SetScript { *document.script }); // the first take again
    document = with (document, SetLocked { { 1 }, true });
    for (const auto* script :
         { "Anna: Won.\nBen: Two.\nAnna: Three.\n", "Anna: Gone.\nBen: Two.\nAnna: Three.\n" })
    {
        document = with (document, SetScript { script });
        const auto choice = choiceOf (document, firstPassage (document));
        REQUIRE (choice.take != nullptr);
        CHECK (choice.take->id == first);
        CHECK (choice.isStale);
    }
    CHECK_FALSE (apply (document, Reroll { { { 2 } } })); // in the locked passage
    CHECK_FALSE (apply (document, ChooseTake { { 1 }, {} }));
    CHECK (with (document, Reroll { { { 1 }, { 3 } } }).lines[0]->reroll == 0);
    CHECK (with (document, Reroll { { { 1 }, { 3 } } }).lines[2]->reroll == 1);

    document = with (document, SetLocked { { 1 }, false });
    CHECK (choiceOf (document, firstPassage (document)).take == nullptr);
}

TEST_CASE ("A line that was locked before it had a take keeps the first one", "[source][project]")
{
    auto document = with (joinedPair(), SetLocked { { 1 }, true });
    const auto take = test::addTo (document, test::wholeTake ({ 1 }, firstName (document)));
    document = with (document, SetScript { "Anna: Other.\nBen: Two.\nAnna: Three.\n" });
    const auto choice = choiceOf (document, firstPassage (document));
    REQUIRE (choice.take != nullptr);
    CHECK (choice.take->id == take);
    CHECK (choice.isStale);
}
