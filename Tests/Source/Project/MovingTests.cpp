// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>

#include "Documents.h"

using namespace tableread;
using namespace tableread::project;
using test::documentOf;
using test::idsOf;

namespace
{
using LineNumbers = std::vector<std::uint64_t>; // in a new document they are the ids

MoveLines moving (const LineNumbers& lines, std::uint64_t after)
{
    MoveLines move;
    for (const auto line : lines)
        move.lines.push_back ({ line });
    move.after = { after };
    return move;
}

/** The script after the lines were moved; checks that text and lines agree. */
std::string moved (const std::string& script, const LineNumbers& lines, std::uint64_t after)
{
    const auto before = documentOf (script);
    const auto document = apply (before, moving (lines, after));
    if (! document)
        return "refused: " + document.error().message;
    auto ids = idsOf (*document), former = idsOf (before);
    const auto read = scriptOf (*document).value();
    REQUIRE (read.lines.size() == document->lines.size());
    for (std::size_t at = 0; at < ids.size(); ++at)
    {
        const auto& line = *document->lines[at];
        CHECK (line.text == read.lines[at].text);
        CHECK (line.sourceLine == read.lines[at].sourceLine);
        CHECK (line.text == before.lines[line.id.value - 1]->text);
        CHECK (line.speaker == before.lines[line.id.value - 1]->speaker);
        CHECK (line.direction == before.lines[line.id.value - 1]->direction);
    }
    const auto place = after == 0 ? ids.begin() : std::find (ids.begin(), ids.end(), after) + 1;
    CHECK (LineNumbers (place, place + (std::ptrdiff_t) lines.size()) == lines);
    std::sort (ids.begin(), ids.end());
    CHECK (ids == former);
    return *document->script;
}
} // namespace

TEST_CASE ("Lines are moved in the script's text", "[source][project]")
{
    CHECK (moved ("A: 1\nB: 2\nC: 3", { 3 }, 1) == "A: 1\nC: 3\nB: 2");
    CHECK (moved ("A: 1\r\nB: 2", { 2 }, 0) == "B: 2\r\nA: 1");
    CHECK (moved ("A: 1\nand one\nB: 2\nC: 3\n", { 1 }, 3) == "B: 2\nC: 3\nA: 1\nand one\n");
    CHECK (moved ("A: 1\nB: 2\nC: 3\nD: 4\n", { 4, 2 }, 0) == "D: 4\nB: 2\nA: 1\nC: 3\n");
    CHECK (moved ("A: 1\nB: 2\nC: 3\n", { 1, 2, 3 }, 0) == "A: 1\nB: 2\nC: 3\n");
}

TEST_CASE ("Comments and blank lines go with the line that follows", "[source][project]")
{
    CHECK (moved ("# head\nA: 1\n\n# note\nB: 2\n# tail\n", { 2 }, 0) ==
           "\n# note\nB: 2\n# head\nA: 1\n# tail\n");
    CHECK (moved ("A: 1\n[pause 2s]\nB: 2\nC: 3\n", { 2 }, 3) == "A: 1\nC: 3\n[pause 2s]\nB: 2\n");
}

TEST_CASE ("A scene's title stays, unless the whole scene is moved", "[source][project]")
{
    const std::string script = "== One ==\nA: 1\nB: 2\n\n== Two ==\n# quiet\nC: 3\nD: 4\n";
    CHECK (moved (script, { 3 }, 1) == "== One ==\nA: 1\n# quiet\nC: 3\nB: 2\n\n== Two ==\nD: 4\n");
    CHECK (moved (script, { 1 }, 2) == "== One ==\nB: 2\nA: 1\n\n== Two ==\n# quiet\nC: 3\nD: 4\n");
    CHECK (moved (script, { 4 }, 0) == "== One ==\nD: 4\nA: 1\nB: 2\n\n== Two ==\n# quiet\nC: 3\n");
    CHECK (moved (script, { 3, 4 }, 0) == "\n== Two ==\n# quiet\nC: 3\nD: 4\n== One ==\nA: 1\nB: 2\n");
    CHECK (moved (script, { 2 }, 4) == "== One ==\nA: 1\n\n== Two ==\n# quiet\nC: 3\nD: 4\nB: 2\n");
    CHECK (moved ("A: 1\nB: 2\n== Two ==\nC: 3\n", { 3 }, 0) == "== Two ==\nC: 3\nA: 1\nB: 2\n");
}

TEST_CASE ("Who speaks is named where a move would make it unclear", "[source][project]")
{
    const std::string script = "A: 1\n\ntwo\nB: 3\n";
    CHECK (moved (script, { 2 }, 3) == "A: 1\nB: 3\n\nA: two\n");
    CHECK (moved (script, { 3 }, 1) == "A: 1\nB: 3\n\nA: two\n");
    CHECK (moved (script, { 1, 2 }, 3) == "B: 3\nA: 1\n\ntwo\n");
    CHECK (moved ("hello\nA: 1\n", { 1 }, 2) == "A: 1\nNarrator: hello\n");
    CHECK (moved ("A: 1\n(softly)\ntwo\nB: 3", { 2 }, 3) == "A: 1\nB: 3\nA:\n(softly)\ntwo");
    CHECK (moved ("A: 1\n\n\\Note: this\nB: 3\n", { 2 }, 3) == "A: 1\nB: 3\n\nA:\n\\Note: this\n");
    CHECK (moved ("A: 1\n\n(laughs) two\nB: 3\n", { 2 }, 3) == "A: 1\nB: 3\n\nA:\n\\(laughs) two\n");
    CHECK (moved ("A: 1\n\n#two\nB: 3\n", { 2 }, 3) == "A: 1\nB: 3\n\nA:\n#two\n");
}

TEST_CASE ("A row of the text is divided at a pause only where it has to be", "[source][project]")
{
    const std::string script = "A: one [pause 1s] two\nB: three\n";
    CHECK (moved (script, { 2 }, 3) == "A: one\nB: three\nA: [pause 1s] two\n");
    CHECK (moved (script, { 3 }, 1) == "A: one\nB: three\nA: [pause 1s] two\n");
    CHECK (moved (script, { 1, 2 }, 3) == "B: three\nA: one [pause 1s] two\n");
    CHECK (moved ("A: one\nmore [pause]! two [beat] three\nB: four\n", { 3 }, 0) ==
           "A: [beat] three\nA: one\nmore!\n[pause] two\nB: four\n");
}

TEST_CASE ("Lines that are next to others no longer join them", "[source][project]")
{
    auto document = documentOf ("A: 1\nB: 2\nC: 3\nD: 4\n");
    for (const std::uint64_t line : { 2u, 3u, 4u })
        document = apply (document, SetJoined { { line }, true }).value();
    const auto after = apply (document, moving ({ 3, 4 }, 1)).value();
    REQUIRE (idsOf (after) == LineNumbers { 1, 3, 4, 2 });
    CHECK_FALSE (after.lines[1]->joinsPrevious);
    CHECK (after.lines[2]->joinsPrevious);
    CHECK_FALSE (after.lines[3]->joinsPrevious);
}

TEST_CASE ("What cannot be moved is refused", "[source][project][errors]")
{
    CHECK_THAT (moved ("anna: hi there\nBen: hello\n", { 1 }, 2),
                Catch::Contains ("would be read otherwise"));
    const auto document = documentOf ("A: 1\nB: 2\n");
    for (const auto& move : { moving ({ 3 }, 0), moving ({ 1 }, 3), moving ({ 2, 2 }, 0) })
        CHECK (apply (document, move).error().code == ErrorCode::InvalidInput);
    CHECK (apply (document, moving ({ 1, 2 }, 1)).value() == document); // behind itself
    CHECK (apply (document, moving ({}, 2)).value() == document);

    auto other = document; // as in a file that somebody has edited
    other.script = std::make_shared<const std::string> ("A: 1\n");
    CHECK_FALSE (apply (other, moving ({ 2 }, 0)));
}
