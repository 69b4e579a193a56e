// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Passage/Passage.h"
#include "Playback/Timing.h"
#include "Project/Edit.h"
#include "Project/LineIds.h"

using namespace tableread;

namespace
{
project::Document scene()
{
    return project::withScript ({}, "== One ==\nAnna: Good morning.\nBen: Yes.\n[pause 500ms]\nanna: It is.\n"
                                    "== Two ==\nAnna: Late.\n[pause 250ms]\n")
        .value();
}

project::Document changed (const project::Document& document, const project::Edit& edit)
{
    return project::apply (document, edit).value();
}

Timeline timelineOf (const project::Document& document, const playback::HostBeat& beat = {})
{
    return playback::timelineOf (document, project::passagesOf (document), beat);
}

project::Member memberOnBus (const char* speaker, int bus)
{
    project::Member member;
    member.speaker = speaker;
    member.bus = bus;
    return member;
}
} // namespace

TEST_CASE ("A document's passages are a timeline's items", "[source][playback][timing]")
{
    auto document = scene();
    auto settings = document.settings;
    settings.gaps = { .lineMs = 10, .speakerMs = 20, .sceneMs = 30 };
    document = changed (document, project::SetSettings { settings });
    const auto timeline = timelineOf (document);
    CHECK ((timeline.gaps == Gaps { { 240 }, { 480 }, { 720 } }));
    CHECK (timeline.silenceAfter == modelSamplesOf (250));
    REQUIRE (timeline.items.size() == 4);
    for (std::size_t i = 0; i < 4; ++i)
    {
        const auto& item = timeline.items[i];
        CHECK (item.line == document.lines[i]->id.value);
        CHECK (item.audio == nullptr);
        CHECK_FALSE (item.isGivenUp);
        CHECK (item.estimate == estimatedLength (lettersIn (document.lines[i]->text)));
        CHECK (item.pauseBefore == modelSamplesOf (i == 2 ? 500 : 0));
        CHECK_FALSE (item.anchorSeconds);
        CHECK (item.firstSpeaker == (i == 1 ? 1 : 0)); // however the name is spelt
        CHECK (item.lastSpeaker == item.firstSpeaker);
        CHECK (item.scene == document.lines[i]->scene);
    }
    CHECK (timeline.items[3].scene != timeline.items[2].scene);
}

TEST_CASE ("What is spoken in one pass is one item, of who begins and who ends it",
           "[source][playback][timing]")
{
    auto document = scene();
    document = changed (document, project::SetJoined { document.lines[1]->id, true });
    const auto items = timelineOf (document).items;
    REQUIRE (items.size() == 3);
    CHECK (items[0].line == document.lines[0]->id.value);
    CHECK (items[0].firstSpeaker == 0);
    CHECK (items[0].lastSpeaker == 1);
    CHECK (items[0].estimate == estimatedLength (lettersIn ("Good morning.") + lettersIn ("Yes.")));
}

TEST_CASE ("Anchors in beats are at the host's beat, which goes on at the document's tempo",
           "[source][playback][timing]")
{
    auto document = scene();
    document.tempo = 90.0;
    document = changed (document, project::SetAnchor { document.lines[0]->id, project::AtSeconds { -2.5 } });
    document = changed (document, project::SetAnchor { document.lines[1]->id, project::AtBeats { 6.0 } });
    const auto alone = timelineOf (document).items;
    CHECK (alone[0].anchorSeconds == -2.5);
    CHECK (alone[1].anchorSeconds == Approx (4.0));
    CHECK_FALSE (alone[2].anchorSeconds);
    const auto hosted = timelineOf (document, { .seconds = 10.0, .quarters = 3.0 }).items;
    CHECK (hosted[0].anchorSeconds == -2.5);
    CHECK (hosted[1].anchorSeconds == Approx (12.0));
}

TEST_CASE ("Each speaker has the lane of the cast, and who is not in it a plain one",
           "[source][playback][timing]")
{
    auto document = scene();
    auto ben = memberOnBus ("BEN", 3);
    ben.gainDb = -6.0;
    ben.isMuted = true;
    ben.isSolo = true;
    document = changed (document, project::SetMember { memberOnBus ("Nobody", 7) });
    document = changed (document, project::SetMember { ben });
    const auto timeline = timelineOf (document);
    REQUIRE (timeline.lanes.size() == 2);
    CHECK ((timeline.lanes[timeline.items[1].lane] == Lane { 3, -6.0, true, true }));
    CHECK ((timeline.lanes[timeline.items[0].lane] == Lane()));
    CHECK (timeline.items[2].lane == timeline.items[0].lane);
}

TEST_CASE ("A document without lines is an empty timeline", "[source][playback][timing]")
{
    CHECK (timelineOf ({}).items.empty());
    CHECK (timelineOf ({}).silenceAfter == ModelSamples());
}
