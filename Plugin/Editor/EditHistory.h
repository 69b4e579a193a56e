// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "Editor/Text/Position.h"

namespace tableread::plugin
{
/** What was typed, to take back: the script alone, until a Project keeps the history of everything. Typing is one step as
    long as it goes on in one line within a second. */
class EditHistory
{
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t mostSteps = 500, mostBytes = 50'000'000;

    void add (const TextEdit& edit, Clock::time_point now = Clock::now());
    void clear();

    /** The edit that takes the last step back, or does it again; to be applied. Empty: there is none. */
    std::optional<TextEdit> undo();
    std::optional<TextEdit> redo();

private:
    void drop();

    std::deque<TextEdit> done, undone;
    std::size_t bytes = 0; // of done
    Clock::time_point last;
};
} // namespace tableread::plugin
