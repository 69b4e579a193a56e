// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the window ask for, and who does it.
#include <utility>

#include "Editor/PluginEditor.h"

namespace tableread::plugin
{
void PluginEditor::connectScript()
{
    script.setMarks (&marks);
    script.onEdit = [this] (const TextEdit& edit) { typed (edit); };
    script.onUndo = [this] { undo(); };
    script.onRedo = [this] { redo(); };
    script.onMove = [this] (ScriptRows rows, std::size_t before) {
        moveLines ([=] (const project::Document& document) { return movedBefore (document, rows, before); });
    };
    script.onMoveByOne = [this] (ScriptRows rows, bool isUp) {
        moveLines ([=] (const project::Document& document) {
            return isUp ? movedUp (document, rows) : movedDown (document, rows);
        });
    };
    script.undoName = [this] { return workspace.project().undoName(); };
    script.redoName = [this] { return workspace.project().redoName(); };
    marks.onRetry = [this] (std::uint64_t line) { retry (line); };
}

void PluginEditor::connectLines()
{
    filterButton.setTooltip ("List lines by words, by who speaks, or by how they are (Ctrl+Shift+F)");
    filterButton.onClick = [this] { showLines (! lines.isVisible()); };
    lines.onClose = [this] {
        showLines (false);
        script.grabKeyboardFocus();
    };
    lines.onRetry = [this] (std::size_t row) { marks.retry (row); };
    lines.onGo = [this] (std::size_t row) {
        showLines (false);
        script.selectRows ({ row, row });
        script.grabKeyboardFocus();
    };
}

void PluginEditor::showLines (bool isWanted)
{
    lines.setVisible (isWanted);
    filterButton.setToggleState (isWanted, juce::dontSendNotification);
    if (! isWanted)
    {
        visited = Place::Script; // what is selected in the list is seen no longer
        return;
    }
    lines.show (now.document, marks);
    lines.takeFocus();
}

void PluginEditor::connectTimeline()
{
    timeline.onEdit = [this] (const project::Edit& wanted) { report (edit (wanted)); };
    timeline.setOnRetry ([this] (project::LineId line) { retry (line.value); });
    timeline.setOnAudition ([this] (project::LineId line) { hear (line); });
    timeline.sounds() = soundDrag.sounds();
    if (! isApp)
        return;
    timeline.setOnLocate (
        [this] (double seconds) { transport.locate ({ (std::int64_t) (seconds * transport.rate()) }); });
    timeline.setOnLoop ([this] (double from, double to) { transport.setLoop ({ from, to, true }); });
}

void PluginEditor::connectSide()
{
    soundDrag.folder = [this] { return workspace.projectFolder(); };
    side.cast.onEdit = side.takes.onEdit =
        side.bounce.onEdit = [this] (const project::Edit& wanted) { return edit (wanted); };
    side.cast.sounds() = side.takes.sounds = soundDrag.sounds();
    side.bounce.onWait = [this] (project::RenderWait wait) { setWait (wait); };
    side.cast.onSaveCast = [this] (const std::filesystem::path& file) { return saveCast (file); };
    side.cast.onLoadCast = [this] (const std::filesystem::path& file) { return loadCast (file); };
    side.takes.onRetry = [this] (project::LineId line) { retry (line.value); };
    side.takes.onAudition = [this] (project::TakeId take) { hear (take); };
    side.engine.link = [this] { return EnginePanel::Link { .status = now.link, .progress = now.progress }; };
    side.engine.onTryAgain = [this] (bool withEmbeddedModel) { tryAgain (withEmbeddedModel); };
    side.seed.onSeed = [this] (std::uint64_t seed) { setSeed (seed); };
    side.seed.onRefused = [this] (Error why) { problem = std::move (why); };
}
} // namespace tableread::plugin
