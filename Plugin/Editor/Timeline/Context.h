// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/DragHandle.h"
#include "Editor/Look/Theme.h"
#include "Editor/Text/Typefaces.h"
#include "Editor/Timeline/Model/Model.h"
#include "Editor/Timeline/Model/Rows.h"

namespace tableread::plugin
{
/** What the parts of the timeline's window share. Message thread. */
struct TimelineContext
{
    explicit TimelineContext (std::shared_ptr<Typefaces> typefaces) : faces (std::move (typefaces)) {}

    TimelineModel model;
    TimelineRows rows;
    const std::shared_ptr<Typefaces> faces;
    std::function<void (double seconds)> locate;         // null: the host's position cannot be set
    std::function<void (project::LineId line)> audition; // null: a line cannot be heard alone
    std::function<void (project::LineId line)>
        retry; // null: a line that has failed cannot be asked for again
    std::function<void (double from, double to)> setLoop; // seconds; null: the host loops
    SoundsOut sounds;                                     // for lines, scenes and stems
    std::function<void()> changed;                        // what is on the screen is another part
    std::function<void()> visited;                        // the user goes to a clip, or to none
    std::function<void()> openMenu;
};

} // namespace tableread::plugin
