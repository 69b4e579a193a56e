// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "Core/Units.h"
#include "Passage/Cast.h"
#include "Project/Ids.h"

namespace tableread::project
{
/** A place on the timeline in seconds. */
struct AtSeconds
{
    double seconds = 0.0; // may be negative: before the host's 0

    bool operator== (const AtSeconds&) const = default;
};

/** A place in the host's music: at its tempo, and without a host at Document::tempo. */
struct AtBeats
{
    double quarters = 0.0; // quarter notes from the host's start, its "ppq"

    bool operator== (const AtBeats&) const = default;
};

using Anchor = std::variant<AtSeconds, AtBeats>;

/** A line of the script, which keeps its id through every edit. What belongs to a passage stands in its first line. */
struct Line
{
    LineId id;
    std::string speaker;   // as the script first writes the name
    std::string direction; // "whispering" in `Anna (whispering): …`
    std::string text;
    int pauseBeforeMs = 0;
    int scene = 0;      // index into Document::scenes
    int sourceLine = 0; // where it begins in the script, counted from 1

    bool joinsPrevious = false;   // spoken in one pass with the line before it (Passages.h says when it can)
    std::optional<Anchor> anchor; // empty: it follows what is before it
    TakeId chosen;                // none: the newest that is whole and not stale
    bool isLocked = false;        // keeps its take whatever is edited
    std::uint64_t reroll = 0;     // how often a new seed was asked for

    bool operator== (const Line&) const = default;
};

/** What was rendered, or is to be. Its audio is named by its hash and lies in the take store. */
struct TakeRecord
{
    enum class State
    {
        Rendering, // or waiting: nothing is stored
        Done,
        CutOff, // whole but for what the model's length limit cut
        Failed
    };

    TakeId id;
    LineId line; // the first of its passage
    std::string
        request; // hash of what was asked for (Requests.h): the take is stale where the passage asks for another
    std::uint64_t seed = 0;
    std::string fingerprint; // of the engine; empty until it began
    State state = State::Rendering;
    std::string failure; // one sentence
    ModelSamples length;
    std::string audio;     // hash of the samples (contentHash); empty unless it is Done or CutOff
    bool isPinned = false; // never evicted

    bool operator== (const TakeRecord&) const = default;
};

/** A recording, or a voice of the model, for one way of speaking. */
struct Mood
{
    std::string direction; // "whispering"; empty: whatever is not named
    VoiceReference voice;
    std::string content;            // hash of the recording's samples; empty: the model's, or not read yet
    std::filesystem::path relative; // to the project's file, as last saved; empty: none

    bool operator== (const Mood&) const = default;
};

/** Who speaks, with which voices, and where it sounds. Also those who have left the script: they may come back. */
struct Member
{
    std::string speaker;
    std::vector<Mood> moods;  // the first is that without a direction; none: no voice was chosen or heard yet
    bool isChosen = false;    // by the user; else given by us, and kept once it was heard
    std::uint32_t colour = 0; // 0xRRGGBB; 0: the theme's next one
    int bus = 0;              // 0: main alone; 1 to 16: a speaker's bus
    double gainDb = 0.0;      // -60 to 24
    bool isMuted = false, isSolo = false;

    bool operator== (const Member&) const = default;
};

/** Silence between passages that follow each other without an anchor or a pause of the script. */
struct Gaps
{
    int lineMs = 0, speakerMs = 0, sceneMs = 0; // the largest that applies

    bool operator== (const Gaps&) const = default;
};

/** When a block waits for speech that is not there (Playback/Stage.h). */
enum class RenderWait
{
    Auto,
    Always,
    Never
};

/** How it is played: set by the host or while it plays. No edit, and the same for all steps of undo. */
struct HostSettings
{
    bool rendersAhead = false; // the script was being rendered when it was saved
    bool isBypassed = false;
    RenderWait wait = RenderWait::Auto;

    bool operator== (const HostSettings&) const = default;
};

struct Settings
{
    static constexpr int usualPatienceSeconds = 30;

    std::uint64_t seed = 0;
    std::optional<float> guidanceScale; // 0 to 100; empty: the model's
    int steps = 10;
    Gaps gaps;
    std::filesystem::path engine;       // the program, if the user chose one
    bool playsSlate = true;             // where an offline bounce has a gap
    std::optional<int> patienceSeconds; // without progress, until a bounce gives a line up; empty: the usual
    HostSettings host;

    bool operator== (const Settings&) const = default;
};

/** A project as a value. Copies share what they have in common, so each step of undo is one. */
struct Document
{
    template <typename T>
    using Shared = std::vector<std::shared_ptr<const T>>;

    std::string
        id; // names its list of takes in the store (Project::giveId); empty: none of them is there yet
    std::shared_ptr<const std::string> script; // as the user typed it; never null
    std::vector<std::string> scenes;           // titles; the first is of the lines before any title
    Shared<Line> lines;                        // in the script's order
    Shared<Member> cast;
    Shared<TakeRecord> takes; // in the order of their ids
    Settings settings;
    double tempo = 120.0;     // quarters a minute, the host's last one
    std::uint64_t nextId = 1; // of a line or a take

    Document();
    bool operator== (const Document& other) const; // by content
};
} // namespace tableread::project
