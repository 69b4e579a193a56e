// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Takes/Panel.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/Script/StateIcon.h"
#include "Editor/StatusText.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
namespace
{
constexpr int headHeight = 42, takeButton = 28, gapBetween = 6;
constexpr int plainRow = 46, remarkRow = 64; // heights, without and with remarks
constexpr const char* selectFirst = "Select a line to see its takes.";
constexpr const char* noTakes = "No take yet. Play or render the script.";

/** What is to be said of it besides its name and where it comes from. */
std::string noticeOf (const TakeEntry& entry)
{
    return entry.remark.empty() ? progressOf (entry) : entry.remark;
}

LineMark markFor (const TakeEntry& entry)
{
    LineMark mark;
    mark.progress = (float) entry.fraction;
    switch (entry.state)
    {
        case TakeEntry::State::Waiting:
        case TakeEntry::State::Loading:
            mark.state = LineMark::State::Queued;
            break;
        case TakeEntry::State::Rendering:
            mark.state = LineMark::State::Rendering;
            break;
        case TakeEntry::State::Done:
            mark.state = entry.isStale ? LineMark::State::Stale : LineMark::State::Done;
            break;
        case TakeEntry::State::Failed:
            mark.state = LineMark::State::Failed;
            break;
    }
    return mark;
}
} // namespace

class TakesPanel::List : public juce::ListBox
{
public:
    explicit List (juce::ListBoxModel& source) : ListBox ({}, &source)
    {
        setTitle ("Takes");
        getVerticalScrollBar().setTitle ("Scroll the takes");
        setRowHeight (plainRow);
        setColour (backgroundColourId, Theme::field);
        setRowSelectedOnMouseDown (true);
    }

    void paintOverChildren (juce::Graphics& g) override
    {
        const bool isFocused = hasKeyboardFocus (true);
        g.setColour (isFocused ? Theme::accent : Theme::line);
        g.drawRect (getLocalBounds(), isFocused ? 2 : 1);
        if (getModel()->getNumRows() > 0)
            return;
        g.setColour (Theme::dim);
        g.setFont (Theme::font (14.0f));
        g.drawFittedText (noTakes, getLocalBounds().reduced (12), juce::Justification::centred, 2);
    }

    void focusGained (FocusChangeType) override { repaint(); }
    void focusLost (FocusChangeType) override { repaint(); }
};

TakesPanel::TakesPanel (std::shared_ptr<Typefaces> typefaces)
    : faces (std::move (typefaces))
    , refusal (faces)
    , list (std::make_unique<List> (static_cast<juce::ListBoxModel&> (*this)))
{
    setTitle ("Takes");
    setUp (reroll, [this] { return model.reroll(); });
    setUp (lock, [this] { return model.toggleLock(); });
    setUp (newest, [this] { return model.newestAgain(); });
    setUp (join, [this] { return model.join(); });
    setUp (split, [this] { return model.split(); });
    setUp (choose, [this] { return model.choose (current); });
    setUp (pin, [this] { return model.togglePin (current); });
    listen.onClick = [this] { hear(); };
    ab.onClick = [this] { compare(); };
    retry.onClick = [this] {
        if (onRetry && model.canRetry())
            onRetry (model.passageLine());
    };
    addAndMakeVisible (handle);
    addAndMakeVisible (refusal);
    addAndMakeVisible (*list);
    int order = 0;
    for (auto* const button : { &reroll, &lock, &newest, &join, &split })
    {
        button->setExplicitFocusOrder (++order);
        addAndMakeVisible (*button);
    }
    list->setExplicitFocusOrder (++order);
    for (auto* const button : { &listen, &ab, &choose, &pin, &retry })
    {
        button->setExplicitFocusOrder (++order);
        addAndMakeVisible (*button);
    }
    handle.setExplicitFocusOrder (++order);
    showButtons();
}

TakesPanel::~TakesPanel()
{
    list->setModel (nullptr);
}

void TakesPanel::setUp (juce::TextButton& button, std::function<TakeAction()> action)
{
    button.onClick = [this, action = std::move (action)] {
        const auto wanted = action();
        if (wanted && onEdit)
            refusal.report (onEdit (*wanted.edit));
    };
}

void TakesPanel::show (std::shared_ptr<const project::Document> document,
                       std::shared_ptr<const playback::View> view, const std::vector<project::LineId>& lines)
{
    const bool isComing = std::any_of (shownEntries.begin(), shownEntries.end(), [] (const auto& entry) {
        return entry.state != TakeEntry::State::Done && entry.state != TakeEntry::State::Failed;
    });
    if (document == shown && view == shownView && lines == shownLines && ! isComing)
        return;
    const auto before = model.passageLine();
    const bool isOther = document != shown || lines != shownLines;
    shown = std::move (document);
    shownView = std::move (view);
    shownLines = lines;
    model.show (shown, shownView, lines);
    if (isOther)
        repaint();
    if (! isOther && model.entries() == shownEntries)
        return;
    if (before != model.passageLine())
    {
        current = {};
        audition ({});
        refusal.clear();
    }
    const auto& entries = model.entries();
    shownEntries = entries;
    const bool hasRemarks = std::any_of (entries.begin(), entries.end(),
                                         [] (const auto& entry) { return ! noticeOf (entry).empty(); });
    const bool showsNewest = list->getSelectedRow() <= 0; // then also the next one
    list->setRowHeight (hasRemarks ? remarkRow : plainRow);
    list->updateContent();
    const auto place = std::find_if (entries.begin(), entries.end(),
                                     [this] (const auto& entry) { return entry.id == current; });
    const auto row = showsNewest || place == entries.end() ? 0 : (int) (place - entries.begin());
    list->selectRow (entries.empty() ? -1 : row, true);
    selectedRowsChanged (list->getSelectedRow()); // also where another take has come to this row
    list->repaint();
    resized();
}

void TakesPanel::select (std::size_t entry)
{
    list->selectRow ((int) entry);
}

void TakesPanel::selectedRowsChanged (int row)
{
    const auto& entries = model.entries();
    current = row >= 0 && row < (int) entries.size() ? entries[(std::size_t) row].id : project::TakeId {};
    showButtons();
}

void TakesPanel::returnKeyPressed (int)
{
    if (choose.isEnabled())
        choose.onClick();
}

void TakesPanel::showButton (juce::TextButton& button, const TakeAction& action, const juce::String& tip)
{
    button.setEnabled ((bool) action);
    button.setTooltip (action || action.why.empty() ? tip : textOf (action.why));
    button.setDescription (button.getTooltip());
}

void TakesPanel::showButtons()
{
    const auto count = model.selectedLines();
    reroll.setButtonText (count > 1 ? "New takes" : "New take");
    showButton (reroll, model.reroll(),
                count > 1
                    ? "Render the " + juce::String ((juce::int64) count) + " selected lines with new seeds"
                    : juce::String ("Render this line with a new seed"));
    lock.setButtonText (model.isLocked() ? "Unlock" : "Lock");
    showButton (lock, model.toggleLock(),
                model.isLocked() ? "Let this line follow the script again"
                                 : "Keep the take that plays now, whatever is edited");
    showButton (newest, model.newestAgain(), "Play the newest take that fits");
    join.setTitle ("Join with the line before");
    split.setTitle ("Split here");
    newest.setTitle ("Newest again");
    showButton (join, model.join(), "Speak this line in one pass with the line before it");
    showButton (split, model.split(), "Begin another passage at this line");

    const auto* const entry = model.entryOf (current);
    pin.setButtonText (entry != nullptr && entry->isPinned ? "Unpin" : "Pin");
    showButton (choose, model.choose (current), "Play this take, also when there are newer ones");
    showButton (pin, model.togglePin (current), "Keep this take's audio, however little room there is");
    const bool isHeard = auditioned && auditioned == current;
    listen.setButtonText (isHeard ? "Stop" : "Hear");
    listen.setEnabled (model.canHear (current));
    listen.setTooltip ("Hear this take by itself");
    const auto [now, other] = model.comparison (current);
    ab.setEnabled ((bool) now && (bool) other);
    ab.setToggleState (auditioned && auditioned == other, juce::dontSendNotification);
    ab.setTooltip ("Hear what plays now (A) and the selected take (B) in turn");
    retry.setEnabled (model.canRetry());
    retry.setVisible (model.canRetry());
    retry.setTooltip ("Ask the engine once more");
    handle.show (playback::DraggedLine { model.passageLine() }, "this line");
    handle.setEnabled (std::any_of (model.entries().begin(), model.entries().end(),
                                    [] (const auto& each) { return each.isHeard; }));
}

void TakesPanel::hear()
{
    audition (auditioned == current ? project::TakeId {} : current);
}

void TakesPanel::compare()
{
    const auto [now, other] = model.comparison (current);
    if (now && other)
        audition (auditioned == other ? now : other);
}

void TakesPanel::audition (project::TakeId take)
{
    if (take == auditioned && ! take)
        return;
    auditioned = take;
    if (onAudition)
        onAudition (take);
    showButtons();
    list->repaint();
}

void TakesPanel::setAudition (project::TakeId take)
{
    if (std::exchange (auditioned, take) == take)
        return;
    showButtons();
    list->repaint();
}

juce::String TakesPanel::getNameForRow (int row)
{
    if (row < 0 || row >= getNumRows())
        return {};
    const auto& entry = model.entries()[(std::size_t) row];
    auto name = titleOf (entry);
    for (const auto& more : { noticeOf (entry), detailsOf (entry) })
        name += more.empty() ? more : ". " + more;
    return textOf (name);
}

juce::String TakesPanel::getTooltipForRow (int row)
{
    if (row < 0 || row >= getNumRows())
        return {};
    const auto& entry = model.entries()[(std::size_t) row];
    auto tip = entry.remark;
    if (! entry.fingerprint.empty())
        tip += (tip.empty() ? "Engine " : "\nEngine ") + entry.fingerprint;
    return textOf (tip);
}

void TakesPanel::paintListBoxItem (int row, juce::Graphics& g, int width, int height, bool isSelected)
{
    if (row < 0 || row >= getNumRows())
        return;
    const auto& entry = model.entries()[(std::size_t) row];
    auto area = juce::Rectangle<int> (width, height).toFloat();
    if (isSelected)
    {
        g.setColour (Theme::accent.withAlpha (0.16f));
        g.fillRect (area);
    }
    g.setColour (Theme::line.withAlpha (0.6f));
    g.fillRect (area.removeFromBottom (1.0f));
    if (entry.isHeard)
    {
        g.setColour (Theme::accent);
        g.fillRect (area.withWidth (3.0f));
    }
    area.reduce (12.0f, 6.0f);
    auto top = area.removeFromTop (18.0f);
    paintState (g, markFor (entry), top.removeFromLeft (13.0f).withSizeKeepingCentre (12.0f, 12.0f));
    top.removeFromLeft (8.0f);
    g.setColour (entry.isHeard ? Theme::text : Theme::text.withMultipliedAlpha (0.85f));
    const auto length =
        entry.seconds > 0.0 ? clockText (entry.seconds) : std::string(); // of what there is, while it grows
    const auto right = entry.id && auditioned == entry.id ? "heard  " + length : length;
    drawWords (g, *faces, right, { top, 14.0f, juce::Justification::centredRight });
    top.removeFromRight (widthOf (*faces, right, 14.0f) + 10.0f);
    drawWords (g, *faces, titleOf (entry), { top, 15.0f });
    area.removeFromLeft (21.0f);
    g.setColour (Theme::dim);
    drawWords (g, *faces, detailsOf (entry), { area.removeFromTop (17.0f), 13.0f });
    g.setColour (entry.state == TakeEntry::State::Failed ? Theme::bad : Theme::accent);
    drawWords (g, *faces, noticeOf (entry), { area.removeFromTop (17.0f), 13.0f });
}

void TakesPanel::paint (juce::Graphics& g)
{
    const auto head = getLocalBounds().removeFromTop (headHeight).withTrimmedRight (30).toFloat();
    const auto title = model.title();
    g.setColour (title.empty() ? Theme::dim : Theme::text);
    drawParagraph (g, faces, title.empty() ? selectFirst : title, { head, 15.0f });
}

/** Places buttons one behind the other, in as many rows as they need. @returns the height of these. */
int TakesPanel::flow (juce::Rectangle<int> area, std::initializer_list<juce::TextButton*> buttons,
                      bool places)
{
    int x = 0, y = 0;
    for (auto* const button : buttons)
    {
        if (! button->isVisible())
            continue;
        constexpr int padding = 22; // beside the words, together
        const auto width = std::min (area.getWidth(), button->getBestWidthForHeight (padding));
        if (x > 0 && x + width > area.getWidth())
        {
            x = 0;
            y += takeButton + gapBetween;
        }
        if (places)
            button->setBounds (area.getX() + x, area.getY() + y, width, takeButton);
        x += width + gapBetween;
    }
    return y + takeButton;
}

void TakesPanel::resized()
{
    auto area = getLocalBounds();
    auto head = area.removeFromTop (headHeight);
    handle.setBounds (head.removeFromRight (24));
    const std::initializer_list<juce::TextButton*> ofLine { &reroll, &lock, &newest, &join, &split };
    const std::initializer_list<juce::TextButton*> ofTake { &listen, &ab, &choose, &pin, &retry };
    area.removeFromTop (4);
    area.removeFromTop (flow (area, ofLine, true) + gapBetween);
    const auto below = area.removeFromBottom (flow (area, ofTake, false));
    flow (below, ofTake, true);
    area.removeFromBottom (gapBetween);
    refusal.placeAtBottom (area);
    list->setBounds (area);
}
} // namespace tableread::plugin
