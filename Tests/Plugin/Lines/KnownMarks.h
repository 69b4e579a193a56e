// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "Editor/Script/Marks.h"

namespace tableread::test
{
/** Marks as a test says. */
struct KnownMarks : plugin::ScriptMarks
{
    plugin::LineMark markOf (std::size_t line) const override
    {
        plugin::LineMark mark;
        if (const auto found = states.find (line); found != states.end())
            mark.state = found->second;
        return mark;
    }

    void retry (std::size_t line) override { retried.push_back (line); }

    std::map<std::size_t, plugin::LineMark::State> states; // by the text's rows
    std::vector<std::size_t> retried;
};
} // namespace tableread::test
