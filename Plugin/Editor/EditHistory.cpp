// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/EditHistory.h"

#include <utility>

namespace tableread::plugin
{
namespace
{
std::size_t sizeOf (const TextEdit& edit)
{
    return edit.removed.size() + edit.inserted.size();
}

/** Letters typed behind letters. */
bool goesOn (const TextEdit& before, const TextEdit& edit)
{
    return before.removed.empty() && edit.removed.empty() && edit.at == before.at + before.inserted.size() &&
           before.linesInserted() == 0 && edit.linesInserted() == 0;
}
} // namespace

void EditHistory::add (const TextEdit& edit, Clock::time_point now)
{
    undone.clear();
    const bool isSoon = now - last < std::chrono::seconds (1);
    last = now;
    bytes += sizeOf (edit);
    if (! done.empty() && isSoon && goesOn (done.back(), edit))
        done.back().inserted += edit.inserted;
    else
        done.push_back (edit);
    drop();
}

void EditHistory::drop()
{
    while (done.size() > mostSteps || (bytes > mostBytes && done.size() > 1))
    {
        bytes -= sizeOf (done.front());
        done.pop_front();
    }
}

void EditHistory::clear()
{
    done.clear();
    undone.clear();
    bytes = 0;
}

std::optional<TextEdit> EditHistory::undo()
{
    if (done.empty())
        return {};
    auto edit = std::move (done.back());
    done.pop_back();
    bytes -= sizeOf (edit);
    last = {};
    undone.push_back (edit);
    return edit.inverse();
}

std::optional<TextEdit> EditHistory::redo()
{
    if (undone.empty())
        return {};
    auto edit = std::move (undone.back());
    undone.pop_back();
    bytes += sizeOf (edit);
    last = {};
    done.push_back (edit);
    return edit;
}
} // namespace tableread::plugin
