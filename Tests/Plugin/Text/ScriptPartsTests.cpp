// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>

#include <catch2/catch.hpp>

#include "Editor/ReadingMarks.h"
#include "Editor/Script/Completion.h"
#include "Editor/Text/FontFiles.h"
#include "Editor/Text/Search.h"
#include "Project/LineIds.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;

namespace
{
std::vector<std::string> offered (std::string_view line, std::size_t caret)
{
    const std::vector<std::string> speakers { "Anna", "Anton", "Ben", "\u00c9mile", "\u5b89\u5a1c" };
    const auto found = completionFor (line, caret, speakers);
    return found ? found->names : std::vector<std::string> {};
}
} // namespace

TEST_CASE ("Names are offered at the start of a line", "[plugin][script]")
{
    using Names = std::vector<std::string>;
    CHECK (offered ("a", 1) == Names { "Anna", "Anton" });
    CHECK (offered ("  ANN", 5) == Names { "Anna" });
    CHECK (offered ("\u00e9m", 3) == Names { "\u00c9mile" });
    CHECK (offered ("\u5b89", 3) == Names { "\u5b89\u5a1c" });
    CHECK (offered ("An: hello", 2) == Names { "Anna", "Anton" }); // a colon is there already
    CHECK (offered ("", 0).empty());
    CHECK (offered ("Anna", 4).empty()); // nothing to add
    CHECK (offered ("An ", 3).empty());
    CHECK (offered ("An apple", 2).empty());
    CHECK (offered ("x", 1).empty());
    const auto found = completionFor (" b", 2, { "Ben" });
    REQUIRE (found);
    CHECK (found->from == 1);
    CHECK (found->needsColon);
    CHECK_FALSE (completionFor ("b:", 1, { "Ben" })->needsColon);
    CHECK (completionFor ("a", 1, Names (20, "Anna"))->names.size() == 8);
}

TEST_CASE ("Words are found without regard to case", "[plugin][text]")
{
    TextBuffer text;
    text.replace ({}, "Anna: \u00c4pfel\nBen: anna ANNA\n\nannanna");
    TextSearch search;
    CHECK (search.in ("anything").empty());
    CHECK_FALSE (search.next (text, {}));
    search.setWanted ("anna");
    CHECK (search.count (text, { 1, 6 }).all == 4); // matches do not overlap
    CHECK (search.count (text, { 1, 6 }).before == 2);
    CHECK (search.next (text, { 0, 0 }) == TextRange { { 0, 0 }, { 0, 4 } });
    CHECK (search.next (text, { 0, 4 }) == TextRange { { 1, 5 }, { 1, 9 } });
    CHECK (search.next (text, { 3, 1 }) == TextRange { { 0, 0 }, { 0, 4 } }); // from the start again
    CHECK (search.previous (text, { 1, 5 }) == TextRange { { 0, 0 }, { 0, 4 } });
    CHECK (search.previous (text, { 0, 0 }) == TextRange { { 3, 0 }, { 3, 4 } });
    search.setWanted ("\u00e4PFEL");
    CHECK (search.next (text, { 2, 0 }) == TextRange { { 0, 6 }, { 0, 12 } });
    search.setWanted ("nobody");
    CHECK_FALSE (search.next (text, { 1, 0 }));
    CHECK_FALSE (search.previous (text, { 1, 0 }));
}

TEST_CASE ("Marks follow the lines while they are edited", "[plugin][script]")
{
    std::vector<std::string> text { "== Scene ==", "Anna: hi", "there", "[pause 1s]", "Ben (low): yes", "" };
    ReadingMarks marks (
        [&] (std::size_t line) -> const std::string& { return text[line]; },
        [] (const SpeakerColour& colour) { return colour.number == 0 ? 0xff111111u : 0xff222222u; });
    CHECK (marks.markOf (1).colour == 0);
    std::string script;
    for (const auto& line : text)
        script += line + "\n";
    const auto document = project::withScript ({}, script);
    REQUIRE (document);
    marks.show (*document, text.size());
    CHECK (marks.markOf (0).colour == 0);
    CHECK (marks.markOf (1).colour == 0xff111111u);
    CHECK (marks.markOf (1).nameBytes == std::string ("Anna").size());
    CHECK (marks.markOf (3).colour == 0);
    CHECK (marks.markOf (4).colour == 0xff222222u);
    CHECK (marks.markOf (4).nameBytes == std::string ("Ben (low)").size());
    CHECK (marks.markOf (5).colour == 0);
    CHECK (marks.markOf (99).colour == 0);

    const auto passage = marks.light (std::nullopt); // it was none before
    CHECK_FALSE (passage);
    CHECK (marks.light (document->lines[0]->id.value));
    CHECK (marks.markOf (1).isSounding);
    CHECK_FALSE (marks.markOf (4).isSounding);

    text.insert (text.begin() + 1, "new");
    marks.edited ({ 11, {}, "\nnew", 0 });
    CHECK (marks.markOf (1).colour == 0);
    CHECK (marks.markOf (2).colour == 0xff111111u);
    CHECK (marks.markOf (5).colour == 0xff222222u);
    text.erase (text.begin() + 1, text.begin() + 3);
    marks.edited ({ 11, "\nnew\nAnna: hi", {}, 0 });
    CHECK (marks.markOf (3).colour == 0xff222222u);
    text.assign (1, "x");
    marks.edited ({ 0, "a\nb\nc\nd\ne\nf\ng\nh\ni", "x", 0 }); // more than there are
    CHECK (marks.markOf (0).colour == 0);
}

TEST_CASE ("Marks say how far each line's speech is", "[plugin][script]")
{
    const std::vector<std::string> text { "Anna: one", "and on", "Ben: two", "Anna: three" };
    auto document = *project::withScript ({}, "Anna: one\nand on\nBen: two\nAnna: three\n");
    ReadingMarks marks ([&] (std::size_t line) -> const std::string& { return text[line]; },
                        [] (const SpeakerColour&) { return 0xff111111u; });
    std::uint64_t retried = 0;
    marks.onRetry = [&] (std::uint64_t line) { retried = line; };
    const auto id = [&] (std::size_t line) { return document.lines[line]->id.value; };
    auto view = std::make_shared<playback::View>();
    view->parts = { { id (0), playback::PartState::Done, {}, nullptr, {} },
                    { id (1), playback::PartState::Failed, "no voice", nullptr, {} },
                    { id (2), playback::PartState::Missing, {}, nullptr, {} } };
    marks.show (document, text.size());
    CHECK (marks.markOf (0).state == LineMark::State::None);
    CHECK (marks.follow (view));
    CHECK_FALSE (marks.follow (view));
    CHECK (marks.markOf (0).state == LineMark::State::Done);
    CHECK (marks.markOf (1).state == LineMark::State::None); // the same line goes on
    CHECK (marks.markOf (2).state == LineMark::State::Failed);
    CHECK (marks.markOf (2).tip == "no voice");
    CHECK (marks.markOf (3).state == LineMark::State::None);
    CHECK (marks.passageAt (1) == id (0)); // the same line goes on
    CHECK (marks.passageAt (2) == id (1));
    CHECK_FALSE (marks.passageAt (4));
    marks.retry (2);
    CHECK (retried == id (1));

    auto take = project::TakeRecord {};
    take.id = { document.nextId++ };
    take.line = { id (2) };
    take.state = project::TakeRecord::State::Done;
    document.takes.push_back (std::make_shared<const project::TakeRecord> (take));
    marks.show (document, text.size());
    CHECK (marks.markOf (3).state == LineMark::State::Stale); // of other words
}

TEST_CASE ("The best font with Chinese characters is found by its file", "[plugin][text]")
{
    const test::TemporaryFolder folder;
    const auto fonts = folder.path() / "fonts";
    CHECK_FALSE (findCjkFont ({ fonts }));
    std::filesystem::create_directories (fonts / "deep" / "er");
    const auto touch = [&] (const char* name) { std::ofstream (fonts / name) << "x"; };
    touch ("DejaVuSans.ttf");
    touch ("NotoSansCJK-Regular.txt");
    CHECK_FALSE (findCjkFont ({ fonts }));
    touch ("DroidSansFallbackFull.ttf");
    CHECK (findCjkFont ({ folder.path() / "nowhere", fonts })->filename() == "DroidSansFallbackFull.ttf");
    touch ("deep/er/NotoSansCJK-Bold.ttc");
    CHECK (findCjkFont ({ fonts })->filename() == "NotoSansCJK-Bold.ttc");
    touch ("deep/NotoSansCJK-Regular.ttc");
    CHECK (findCjkFont ({ fonts })->filename() == "NotoSansCJK-Regular.ttc");
    std::filesystem::create_directories (fonts / "notosanscjk-regular.otf"); // a folder
    CHECK (findCjkFont ({ fonts })->filename() == "NotoSansCJK-Regular.ttc");
}

TEST_CASE ("A font that was cut is no font", "[plugin][text]")
{
    std::ifstream file (TABLEREAD_ROOT "/Assets/fonts/sans.ttf", std::ios::binary);
    std::vector<unsigned char> bytes { std::istreambuf_iterator<char> (file), {} };
    REQUIRE (bytes.size() > 100'000);
    CHECK (isWholeFont (bytes));
    for (const std::size_t size : { 0u, 3u, 4u, 11u, 12u, 40u, 200u, 5'000u })
        CHECK_FALSE (isWholeFont (std::span (bytes).first (size)));
    CHECK_FALSE (isWholeFont (std::span (bytes).first (bytes.size() - 8)));
    bytes[0] = 'x';
    CHECK_FALSE (isWholeFont (bytes));
    const std::string collection ("ttcf\0\1\0\0\0\0\0\1\xff\xff\xff\xff", 16);
    CHECK_FALSE (isWholeFont ({ reinterpret_cast<const unsigned char*> (collection.data()), 16 }));
}
