// SPDX-License-Identifier: Apache-2.0
#include "Project/Passages.h"

#include <catch2/catch.hpp>

#include "Documents.h"

using namespace tableread;
using namespace tableread::project;
using test::documentOf;

namespace
{
/** "1-2{A,B} 3-3{C}+500" */
std::string passagesIn (const Document& document)
{
    std::string all;
    for (const auto& passage : passagesOf (document))
    {
        all += (all.empty() ? "" : " ") + std::to_string (passage.first + 1) + "-" +
               std::to_string (passage.first + passage.count) + "{";
        for (const auto& speaker : passage.speakers)
            all += (all.back() == '{' ? "" : ",") + speaker;
        all += "}";
        if (passage.pauseBefore.value != 0)
            all += "+" + std::to_string (passage.pauseBefore.value / 24);
    }
    return all;
}

Document joinedThroughout (const std::string& script)
{
    auto document = documentOf (script);
    for (const auto lines = document.lines; const auto& line : lines)
        document = apply (document, SetJoined { line->id, true }).value();
    return document;
}
} // namespace

TEST_CASE ("Each line is a passage until it is joined", "[source][project]")
{
    CHECK (passagesOf ({}).empty());
    auto document = documentOf ("A: 1\nB: 2\n[pause 500ms]\nA: 3\n");
    CHECK (passagesIn (document) == "1-1{A} 2-2{B} 3-3{A}+500");
    document = apply (document, SetJoined { { 2 }, true }).value();
    CHECK (passagesIn (document) == "1-2{A,B} 3-3{A}+500");
    document = apply (document, SetJoined { { 2 }, false }).value();
    CHECK (passagesIn (document) == "1-1{A} 2-2{B} 3-3{A}+500");
}

TEST_CASE ("A line joins no other scene, no fifth speaker, and nothing across a pause or an anchor",
           "[source][project]")
{
    CHECK (passagesIn (joinedThroughout ("A: 1\nA: 2\n[pause 500ms]\nA: 3\nA: 4\n== Two ==\nA: 5\n")) ==
           "1-2{A} 3-4{A}+500 5-5{A}");
    CHECK (passagesIn (joinedThroughout ("D: 1\nB: 2\nC: 3\nA: 4\nB: 5\nE: 6\nA: 7\n")) ==
           "1-5{D,B,C,A} 6-7{E,A}");
    const auto document = joinedThroughout ("A: 1\nB: 2\nA: 3\n");
    CHECK (passagesIn (document) == "1-3{A,B}");
    CHECK (passagesIn (apply (document, SetAnchor { { 2 }, AtBeats { 16.0 } }).value()) == "1-1{A} 2-3{B,A}");
    CHECK (passagesIn (apply (document, SetAnchor { { 1 }, AtBeats { 16.0 } }).value()) == "1-3{A,B}");
}

TEST_CASE ("A speaker with several moods counts as several voices", "[source][project]")
{
    auto member = test::memberWith ("A", { "anna", {} });
    member.moods.push_back ({ "softly", { "ben", {} }, {}, {} });
    const auto script = "A: 1\nA (softly): 2\nB: 3\nC: 4\nD: 5\n";
    CHECK (passagesIn (joinedThroughout (script)) == "1-5{A,B,C,D}");
    CHECK (passagesIn (apply (joinedThroughout (script), SetMember { member }).value()) ==
           "1-4{A,B,C} 5-5{D}");
}

TEST_CASE ("A passage is called by its lines and who speaks it", "[source][project]")
{
    const auto apart = documentOf ("\n\nAnna: 1\nBen: 2\n");
    CHECK (titleOf (apart, passagesOf (apart)[1]) == "line 4, Ben");
    const auto together = joinedThroughout ("Anna: 1\nBen: 2\nAnna: 3\nClara: 4\n");
    CHECK (titleOf (together, passagesOf (together)[0]) == "lines 1 to 4, Anna, Ben and Clara");
}
