// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "Project/File/Format.h"

namespace tableread::test
{
using namespace project;

template <typename T>
Document::Shared<T> sharedOf (std::vector<T> values)
{
    Document::Shared<T> result;
    for (auto& value : values)
        result.push_back (std::make_shared<const T> (std::move (value)));
    return result;
}

inline const std::string sampleScript = "== The quay ==\nAnna (whispering): \"Gr\u00fc\u00dfe\", said the "
                                        "tab\t.\n[pause 500ms]\nBen: \u3053\u3093\u306b\u3061\u306f\n";

inline std::vector<Line> sampleLines()
{
    Line first;
    first.id = { 3 };
    first.speaker = "Anna";
    first.direction = "whispering";
    first.text = "\"Gr\u00fc\u00dfe\", said the tab\t.";
    first.scene = 1;
    first.sourceLine = 2;
    first.anchor = AtBeats { 64.5 };
    first.chosen = { 7 };
    first.isLocked = true;
    first.reroll = 2;
    Line second;
    second.id = { 4 };
    second.speaker = "Ben";
    second.text = "\u3053\u3093\u306b\u3061\u306f";
    second.pauseBeforeMs = 500;
    second.scene = 1;
    second.sourceLine = 4;
    second.joinsPrevious = true;
    second.anchor = AtSeconds { -1.25 };
    return { first, second };
}

inline std::vector<Member> sampleCast()
{
    Member anna;
    anna.speaker = "Anna";
    anna.moods = { { {}, { "Ada", "/voices/ada.wav" }, std::string (32, 'a'), "../voices/ada.wav" },
                   { "whispering", { "Ada, soft", "/voices/soft.wav" }, std::string (32, 'b'), {} } };
    anna.isChosen = true;
    anna.colour = 0x00ff8800;
    anna.bus = 3;
    anna.gainDb = -1.5;
    anna.isSolo = true;
    Member ben;
    ben.speaker = "Ben";
    ben.moods = { { {}, { "david", {}, "voice_1" }, {}, {} } };
    ben.isMuted = true;
    Member gone;
    gone.speaker = "Somebody who has left";
    return { anna, ben, gone };
}

inline std::vector<TakeRecord> sampleTakes()
{
    TakeRecord done;
    done.id = { 7 };
    done.line = { 3 };
    done.request = std::string (32, 'c');
    done.seed = 18'446'744'073'709'551'615u;
    done.fingerprint = "cpu fp32";
    done.state = TakeRecord::State::Done;
    done.length = { 48'000 };
    done.audio = std::string (32, 'd');
    done.isPinned = true;
    TakeRecord failed;
    failed.id = { 8 };
    failed.line = { 4 };
    failed.request = std::string (32, 'e');
    failed.state = TakeRecord::State::Failed;
    failed.failure = "The engine was ended.";
    TakeRecord cut = done;
    cut.id = { 9 };
    cut.state = TakeRecord::State::CutOff;
    cut.audio = std::string (32, 'f');
    cut.isPinned = false;
    TakeRecord waiting;
    waiting.id = { 10 };
    waiting.line = { 4 };
    return { done, failed, cut, waiting };
}

/** A document in which every field has a value of its own. */
inline Document sampleDocument()
{
    Document document;
    document.script = std::make_shared<const std::string> (sampleScript);
    document.scenes = { "", "The quay" };
    document.lines = sharedOf (sampleLines());
    document.cast = sharedOf (sampleCast());
    document.takes = sharedOf (sampleTakes());
    document.settings.seed = 42;
    document.settings.guidanceScale = 1.3f;
    document.settings.steps = 20;
    document.settings.gaps = { 150, 250, 1000 };
    document.settings.engine = "/opt/tableread/bin/tableread-engine";
    document.settings.playsSlate = false;
    document.settings.host.rendersAhead = true;
    document.tempo = 96.5;
    document.nextId = 11;
    return document;
}

inline Content contentWith (Document document)
{
    return { .document = std::make_shared<const Document> (std::move (document)) };
}
} // namespace tableread::test
