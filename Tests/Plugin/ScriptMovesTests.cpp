// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Script/Moves.h"
#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::plugin;

namespace
{
// Rows:                     0           1           2 3                4           5              6
const char* const quarrel = "Anna: One.\nBen: Two.\n\n[pause 100ms]\nAnna: Three.\nand a half.\nBen: Four.\n";

/** The script after a move; empty: there is none. */
std::string after (const project::Document& document, const std::optional<project::MoveLines>& move)
{
    return move ? *project::apply (document, *move).value().script : std::string();
}
} // namespace

TEST_CASE ("Lines are moved by their rows", "[plugin][script]")
{
    const auto document = test::documentOf (quarrel);
    REQUIRE (document.lines.size() == 4);
    const auto line = [&] (std::size_t place) { return document.lines[place]->id; };
    const auto isMove = [] (const std::optional<project::MoveLines>& move,
                            const std::vector<project::LineId>& lines, project::LineId behind) {
        return move && move->lines == lines && move->after == behind;
    };
    CHECK (isMove (movedBefore (document, { 0, 0 }, 2), { line (0) }, line (1)));
    CHECK (isMove (movedBefore (document, { 0, 1 }, 6), { line (0), line (1) }, line (2)));
    CHECK (isMove (movedBefore (document, { 4, 5 }, 0), { line (2) }, {}));
    CHECK (isMove (movedBefore (document, { 5, 5 }, 1), { line (2) }, line (0))); // it goes on in that row
    CHECK (isMove (movedBefore (document, { 0, 0 }, 99), { line (0) }, line (3)));
    CHECK (isMove (movedUp (document, { 6, 6 }), { line (3) }, line (1)));
    CHECK (isMove (movedUp (document, { 1, 6 }), { line (1), line (2), line (3) }, {}));
    CHECK (isMove (movedDown (document, { 0, 1 }), { line (0), line (1) }, line (2)));

    CHECK (after (document, movedUp (document, { 1, 1 })).starts_with ("Ben: Two.\nAnna: One.\n"));
}

TEST_CASE ("What would stay where it is, or is not spoken, is not moved", "[plugin][script]")
{
    const auto document = test::documentOf (quarrel);
    CHECK_FALSE (movedBefore (document, { 1, 1 }, 1));
    CHECK_FALSE (movedBefore (document, { 1, 1 }, 2));
    CHECK_FALSE (movedBefore (document, { 1, 1 }, 3)); // behind it stands what is not spoken
    CHECK_FALSE (movedUp (document, { 0, 1 }));
    CHECK_FALSE (movedDown (document, { 6, 6 }));
    CHECK_FALSE (movedDown (test::documentOf (""), { 0, 0 }));
    CHECK_FALSE (movedUp (test::documentOf ("[pause 100ms]\n"), { 0, 0 }));
}

TEST_CASE ("The rows of lines are found wherever they are", "[plugin][script]")
{
    const auto document = test::documentOf (quarrel);
    CHECK (rowsOf (document, { document.lines[1]->id, document.lines[2]->id }) == ScriptRows { 1, 4 });
    CHECK (rowsOf (document, { document.lines[3]->id }) == ScriptRows { 6, 6 });
    CHECK_FALSE (rowsOf (document, { { 1'000 } }));
}
