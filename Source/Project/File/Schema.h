// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <limits>
#include <string>
#include <utility>

#include "Passage/Names.h"
#include "Project/Document.h"

/** The fields of each object of a file, in one place for reading and writing (Fields.h). Assets/docs/project.md describes
    them. */
namespace tableread::project
{
inline constexpr std::int64_t mostWhole = std::numeric_limits<int>::max();
inline constexpr std::int64_t mostTakeSamples =
    modelSampleRateHz * 60 * 90; // 90 minutes, as long as a model speaks
inline constexpr std::int64_t mostGapMs = 600'000;
inline constexpr std::int64_t mostSteps = 1000;
inline constexpr float mostGuidance = 100.0f;
inline constexpr std::int64_t mostPatienceSeconds = 3600;
inline constexpr int mostBus = 16;
inline constexpr double mostTempo = 10'000.0;

inline constexpr std::array takeStates { std::pair { TakeRecord::State::Rendering, "rendering" },
                                         std::pair { TakeRecord::State::Done, "done" },
                                         std::pair { TakeRecord::State::CutOff, "cut_off" },
                                         std::pair { TakeRecord::State::Failed, "failed" } };

inline constexpr std::array renderWaits { std::pair { RenderWait::Auto, "auto" },
                                          std::pair { RenderWait::Always, "always" },
                                          std::pair { RenderWait::Never, "never" } };

template <typename Io, typename Value>
void lineFields (Io& io, Value& line)
{
    io.id ("id", line.id);
    io.text ("speaker", line.speaker);
    io.text ("direction", line.direction);
    io.text ("text", line.text);
    io.whole ("pause_before_ms", line.pauseBeforeMs, 0, mostWhole);
    io.whole ("scene", line.scene, 0, mostWhole);
    io.whole ("source_line", line.sourceLine, 0, mostWhole);
    io.flag ("joins_previous", line.joinsPrevious);
    io.anchor ("anchor", line.anchor);
    io.number ("chosen", line.chosen.value);
    io.flag ("locked", line.isLocked);
    io.number ("reroll", line.reroll);
}

template <typename Io, typename Value>
void takeFields (Io& io, Value& take)
{
    io.id ("id", take.id);
    io.number ("line", take.line.value);
    io.hash ("request", take.request);
    io.number ("seed", take.seed);
    io.text ("fingerprint", take.fingerprint);
    io.choice ("state", take.state, takeStates);
    io.text ("failure", take.failure);
    io.whole ("length", take.length.value, 0, mostTakeSamples);
    io.hash ("audio", take.audio);
    io.flag ("pinned", take.isPinned);
}

template <typename Io, typename Value>
void moodFields (Io& io, Value& mood)
{
    io.text ("direction", mood.direction);
    io.text ("voice", mood.voice.name);
    io.path ("path", mood.voice.path);
    io.text ("id", mood.voice.id);
    io.hash ("content", mood.content);
    io.path ("relative", mood.relative);
}

template <typename Io, typename Value>
void memberFields (Io& io, Value& member)
{
    io.text ("speaker", member.speaker);
    io.list (
        "moods", member.moods, [] (const Mood& mood) { return mood.direction; },
        [] (auto& inner, auto& mood) { moodFields (inner, mood); });
    io.flag ("chosen", member.isChosen);
    io.colour ("colour", member.colour);
    io.whole ("bus", member.bus, 0, mostBus);
    io.real ("gain_db", member.gainDb, -60.0, 24.0);
    io.flag ("muted", member.isMuted);
    io.flag ("solo", member.isSolo);
}

template <typename Io, typename Value>
void settingsFields (Io& io, Value& settings)
{
    io.number ("seed", settings.seed);
    io.real ("cfg_scale", settings.guidanceScale, 0.0f, mostGuidance);
    io.whole ("steps", settings.steps, 1, mostSteps);
    io.object ("gaps", [&] (auto& inner) {
        inner.whole ("line_ms", settings.gaps.lineMs, 0, mostGapMs);
        inner.whole ("speaker_ms", settings.gaps.speakerMs, 0, mostGapMs);
        inner.whole ("scene_ms", settings.gaps.sceneMs, 0, mostGapMs);
    });
    io.path ("engine", settings.engine);
    io.flag ("slate", settings.playsSlate, true);
    io.whole ("patience_s", settings.patienceSeconds, 1, mostPatienceSeconds);
    io.flag ("rendered", settings.host.rendersAhead);
    io.flag ("bypassed", settings.host.isBypassed);
    io.choice ("wait", settings.host.wait, renderWaits, RenderWait::Auto);
}

inline std::string keyOf (const Line& line)
{
    return std::to_string (line.id.value);
}

inline std::string keyOf (const TakeRecord& take)
{
    return std::to_string (take.id.value);
}

inline std::string keyOf (const Member& member)
{
    return foldedName (member.speaker);
}
} // namespace tableread::project
