// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tableread::plugin
{
/** What the script's editor shows beside and in a line of text. */
struct LineMark
{
    enum class State
    {
        None, // nothing to speak, or nothing known
        Queued,
        Rendering,
        Done,
        Stale, // the take speaks other words, or with another voice
        Failed // can be asked for again
    };

    State state = State::None;
    float progress = 0.0f;     // 0 to 1, while rendering
    std::string tip {};        // why it failed; empty: a word for the state
    std::uint32_t colour = 0;  // of who speaks, 0xAARRGGBB; 0: nobody
    std::size_t nameBytes = 0; // of the line: the name that has this colour
    bool isSounding = false;
};

/** Where the script's editor learns about lines. It asks for the visible ones, whenever it draws: be quick. Lines are those of
    the text, counted from 0. Message thread. */
class ScriptMarks
{
public:
    virtual ~ScriptMarks() = default;
    virtual LineMark markOf (std::size_t line) const = 0;

    /** The user wants a failed line to be rendered again. */
    virtual void retry (std::size_t line) = 0;
};

/** A state in words: "Rendering, 40 %". */
std::string wordsFor (const LineMark& mark);
} // namespace tableread::plugin
