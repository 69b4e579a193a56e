// SPDX-License-Identifier: GPL-3.0-or-later
// Which lines the takes' panel shows.
#include <utility>

#include "Editor/PluginEditor.h"

namespace tableread::plugin
{
void PluginEditor::connectSelection()
{
    script.onVisit = [this] { visited = Place::Script; };
    timeline.onVisit = [this] { visited = Place::Timeline; };
    lines.onSelect = [this] (const std::vector<project::LineId>& chosen) {
        visited = Place::List;
        chosenInList = chosen;
    };
}

/** Those of where the user went last: what is selected in the script, or the caret's line; what is selected in the list; clips
    of the timeline, that which has the focus first. */
std::vector<project::LineId> PluginEditor::selectedLines() const
{
    const auto& clips = timeline.model().selection;
    if (visited == Place::List)
        return chosenInList;
    if (visited == Place::Script || clips.isEmpty())
        return marks.passagesIn (selectedRows);
    std::vector<project::LineId> selected { clips.focus() };
    for (const auto line : clips.lines())
        if (line != clips.focus())
            selected.push_back (line);
    return selected;
}

/** Asked for each time: a line that was just typed is read a moment later. */
void PluginEditor::showSelection()
{
    const auto rows = script.selectedRows();
    if (std::exchange (selectedRows, rows) != rows)
        visited = Place::Script;
    side.takes.show (now.document, now.view, selectedLines());
    side.takes.setAudition (workspace.audition().current());
    const auto unheard = workspace.audition().problem();
    if (const auto why = unheard ? unheard->text() : std::string();
        std::exchange (shownUnheard, why) != why && unheard)
        problem = unheard;
}
} // namespace tableread::plugin
