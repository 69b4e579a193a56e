// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/DragHandle.h"
#include "Editor/ProblemLine.h"
#include "Editor/Takes/Model.h"
#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
/** The takes of a selected line's passage, newest first, and what can be done with the line and with one of them. In the list
    the arrows choose a take to do something with, and Return has it played from now on. Message thread. */
class TakesPanel : public juce::Component, private juce::ListBoxModel
{
public:
    explicit TakesPanel (std::shared_ptr<Typefaces> typefaces = Typefaces::shared());
    ~TakesPanel() override;

    /** Does an edit; what is refused is shown. */
    std::function<Result<void> (const project::Edit&)> onEdit;

    /** Asks the engine once more for the passage that begins with a line (Stage::retry()). */
    std::function<void (project::LineId)> onRetry;

    /** Has a take heard by itself; none: no longer. */
    std::function<void (project::TakeId)> onAudition;

    /** For the line that is dragged out of the panel. */
    SoundsOut sounds;

    /** To be called as often as progress is to be seen; costs little if nothing has changed. @param lines the selected ones. */
    void show (std::shared_ptr<const project::Document> document, std::shared_ptr<const playback::View> view,
               const std::vector<project::LineId>& lines);

    /** The take that is heard by itself; none: the audition has ended. */
    void setAudition (project::TakeId take);

    const TakesModel& state() const { return model; }
    void select (std::size_t entry);
    const std::string& problem() const { return refusal.text(); }

    void paint (juce::Graphics& g) override;
    void resized() override;

private:
    class List;

    int getNumRows() override { return (int) model.entries().size(); }
    void paintListBoxItem (int row, juce::Graphics& g, int width, int height, bool isSelected) override;
    juce::String getNameForRow (int row) override;
    juce::String getTooltipForRow (int row) override;
    void selectedRowsChanged (int row) override;
    void listBoxItemDoubleClicked (int row, const juce::MouseEvent&) override { returnKeyPressed (row); }
    void returnKeyPressed (int row) override;

    void setUp (juce::TextButton& button, std::function<TakeAction()> action);
    void showButtons();
    void showButton (juce::TextButton& button, const TakeAction& action, const juce::String& tip);
    void hear();
    void compare();
    void audition (project::TakeId take);
    int flow (juce::Rectangle<int> area, std::initializer_list<juce::TextButton*> buttons, bool places);

    const std::shared_ptr<Typefaces> faces;
    TakesModel model;
    std::shared_ptr<const project::Document> shown;
    std::shared_ptr<const playback::View> shownView;
    std::vector<project::LineId> shownLines;
    std::vector<TakeEntry> shownEntries;
    project::TakeId current, auditioned; // selected in the list; heard by itself
    juce::TextButton reroll { "New take" }, lock { "Lock" }, newest { "Newest" }, join { "Join" },
        split { "Split" }; // of the line
    juce::TextButton listen { "Hear" }, ab { "A/B" }, choose { "Choose" }, pin { "Pin" },
        retry { "Try again" }; // of the take
    ProblemLine refusal;
    DragHandle handle { sounds };
    std::unique_ptr<List> list;
};
} // namespace tableread::plugin
