// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>

#include <catch2/catch.hpp>

#include "Editor/Lines/Filter.h"
#include "KnownMarks.h"
#include "Project/Edit.h"
#include "Project/LineIds.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
std::vector<std::size_t> rowsIn (const std::vector<ListedLine>& lines)
{
    std::vector<std::size_t> rows;
    rows.reserve (lines.size());
    for (const auto& line : lines)
        rows.push_back (line.row);
    return rows;
}

using Rows = std::vector<std::size_t>;
using State = LineFilter::State;
} // namespace

TEST_CASE ("Lines are filtered by words, by who speaks and by how they are", "[plugin][lines]")
{
    auto document = project::withScript (
                        {}, "Anna: Good evening.\nBen: The train.\n\nANNA: Sit down.\nBen: Good night.\n")
                        .value();
    REQUIRE (document.lines.size() == 4);
    KnownMarks marks;
    marks.states = { { 0, LineMark::State::Done },
                     { 1, LineMark::State::Failed },
                     { 3, LineMark::State::Stale },
                     { 4, LineMark::State::Rendering } };
    const auto rows = [&] (const LineFilter& filter) { return rowsIn (filtered (document, marks, filter)); };
    CHECK (rows ({}) == Rows { 0, 1, 3, 4 });
    CHECK (rows ({ .words = "good" }) == Rows { 0, 4 });
    CHECK (rows ({ .words = "anna" }).empty()); // names are not said
    CHECK (rows ({ .speaker = "Anna" }) == Rows { 0, 3 });
    CHECK (rows ({ .words = "good", .speaker = "Ben" }) == Rows { 4 });
    CHECK (rows ({ .state = State::Failed }) == Rows { 1 });
    CHECK (rows ({ .state = State::Changed }) == Rows { 3 });
    CHECK (rows ({ .state = State::NotRendered }) == Rows { 4 });
    CHECK (rows ({ .state = State::Locked }).empty());
    document = project::apply (document, project::SetLocked { document.lines[2]->id, true }).value();
    CHECK (rows ({ .state = State::Locked }) == Rows { 3 });

    const auto first = filtered (document, marks, {}).front();
    CHECK (first.line == document.lines[0]->id);
    CHECK (first.name() == "Line 1, Anna: Good evening.. Rendered");
}
