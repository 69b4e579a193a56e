// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Processor/Workspace.h"

namespace tableread::test
{
/** A line as it is to be heard. */
struct SceneLine
{
    std::string speaker, text;
    std::uint64_t seed = 0;
    std::optional<double> seconds {}; // where the user has moved it
};

/** A scene of 60 lines and five speakers in the course of a working day, and what it sounds like: reckoned line by line from
    what the engine says to each, with none of the code that plays a project. The first four speakers have the model's voices of
    their names, the fifth has a recording. */
class LongScene
{
public:
    static constexpr std::size_t lineCount = 60;
    static constexpr double benDb = -6.0;

    /** What the engine says to a line, by itself. */
    using Speech = std::function<std::vector<float> (const SceneLine& line)>;

    LongScene (Speech engine, std::filesystem::path evasVoice);

    /** Paste, cast, render, edit 3 words, re-roll 5 lines, lock 2, move 4, undo all, redo all, save. Checks the sound after each.
        @returns what was saved */
    std::string workOn (plugin::Workspace& workspace);

    /** Opens it in a workspace and in the built plugins, where no engine is to be had, and checks that they sound like it and
        lose nothing. */
    void reopen (const std::string& saved, double rate) const;

    /** All of it, as it is now. */
    std::vector<float> sound (double rate = 24'000.0) const;

    std::span<const SceneLine> lines() const { return all; }

    /** What a speaker's voice is called. */
    static std::string voiceOf (const SceneLine& line);

private:
    /** A line where it lies, in model samples. */
    struct Spoken
    {
        std::int64_t start = 0;
        std::vector<float> samples;
        bool isBens = false;

        std::int64_t end() const { return start + std::ssize (samples); }
    };

    /** What was heard after so many edits. */
    struct Heard
    {
        std::size_t edits = 0;
        std::string hash;
    };

    std::string script() const;
    std::vector<Spoken> spoken() const;
    void edit (plugin::Workspace& workspace, const project::Edit& wanted);
    void type (plugin::Workspace& workspace);
    void hear (plugin::Workspace& workspace, const char* step);

    void paste (plugin::Workspace& workspace);
    void cast (plugin::Workspace& workspace);
    void editWords (plugin::Workspace& workspace);
    void reroll (plugin::Workspace& workspace);
    void lock (plugin::Workspace& workspace);
    void move (plugin::Workspace& workspace);
    void undoAll (plugin::Workspace& workspace);
    void redoAll (plugin::Workspace& workspace);

    const Speech speech;
    const std::filesystem::path recording;
    std::vector<SceneLine> all;
    std::size_t edits = 0; // steps of undo
    std::vector<Heard> heard;
};
} // namespace tableread::test
