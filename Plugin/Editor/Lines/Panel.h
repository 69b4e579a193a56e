// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Lines/Filter.h"
#include "Editor/Look/Icons.h"
#include "Editor/Text/LeaveOnClick.h"
#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
/** The lines of the script that a filter leaves: by words, by who speaks and by how they are. Those that are selected here are
    selected for the takes; Return, or a double click, goes to one in the script. Message thread. */
class LinesPanel : public juce::Component, private juce::ListBoxModel
{
public:
    explicit LinesPanel (std::shared_ptr<Typefaces> typefaces = Typefaces::shared());
    ~LinesPanel() override;

    std::function<void (const std::vector<project::LineId>&)> onSelect; // what is selected now
    std::function<void (std::size_t row)> onGo;                         // of the text
    std::function<void (std::size_t row)> onRetry;                      // likewise: of a line that has failed
    std::function<void()> onClose;

    /** To be called when the document or a mark may be another. @param marks  of the document's script; outlives this. */
    void show (std::shared_ptr<const project::Document> document, const ScriptMarks& marks);

    /** Gives the keyboard to the field for words. */
    void takeFocus();

    const std::vector<ListedLine>& lines() const { return listed; }
    juce::String countText() const { return count.getText(); }

    void paint (juce::Graphics& g) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress& key) override;
    void focusOfChildComponentChanged (FocusChangeType cause) override;

private:
    int getNumRows() override { return (int) listed.size(); }
    void paintListBoxItem (int row, juce::Graphics& g, int width, int height, bool isSelected) override;
    juce::String getNameForRow (int row) override;
    juce::String getTooltipForRow (int row) override;
    void selectedRowsChanged (int) override;
    void listBoxItemClicked (int row, const juce::MouseEvent& event) override;
    void listBoxItemDoubleClicked (int row, const juce::MouseEvent&) override { returnKeyPressed (row); }
    void returnKeyPressed (int row) override;

    void fillSpeakers();
    std::vector<project::LineId> selected() const;
    void showFiltered();
    LineFilter filter() const;

    const std::shared_ptr<Typefaces> faces;
    std::shared_ptr<const project::Document> shown; // null: nothing yet, as the next
    const ScriptMarks* shownMarks = nullptr;
    std::vector<ListedLine> listed;
    std::vector<std::string> speakers; // in the list of who speaks
    juce::TextEditor words;
    juce::ComboBox speaker, state;
    juce::Label count;
    IconButton close { Icon::Close, "Close" };
    LeaveOnClick leaveWords { words };
    std::unique_ptr<juce::ListBox> list;
};
} // namespace tableread::plugin
