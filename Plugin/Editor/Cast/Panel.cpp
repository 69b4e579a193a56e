// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Panel.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int memberGap = 6, footHeight = 28;
constexpr const char* firstSteps = "Whoever speaks in the script appears here.\n"
                                   "Write a line like  Anna: Good evening.";
} // namespace

class CastView::List : public juce::Component
{
public:
    explicit List (CastView& owner) : view (owner)
    {
        setTitle ("Cast");
        setFocusContainerType (FocusContainerType::none);
    }

    bool keyPressed (const juce::KeyPress& key) override
    {
        if (key != juce::KeyPress::upKey && key != juce::KeyPress::downKey)
            return false;
        view.moveFocus (key == juce::KeyPress::upKey ? -1 : 1);
        return true;
    }

private:
    CastView& view;
};

class CastView::Scroller : public juce::Viewport
{
public:
    explicit Scroller (CastView& owner) : view (owner)
    {
        setScrollBarsShown (true, false);
        setWantsKeyboardFocus (false); // nothing would be seen of it
        getVerticalScrollBar().setTitle ("Scroll the cast");
    }

    void visibleAreaChanged (const juce::Rectangle<int>&) override { view.makeRows(); }
    bool keyPressed (const juce::KeyPress&) override { return false; }

private:
    CastView& view;
};

CastView::CastView (std::shared_ptr<Typefaces> typefaces)
    : context (std::make_shared<CastContext> (std::move (typefaces)))
    , refusal (context->faces)
    , list (std::make_unique<List> (*this))
    , scroller (std::make_unique<Scroller> (*this))
    , load (juce::String::fromUTF8 ("Load cast\u2026"))
    , save (juce::String::fromUTF8 ("Save cast\u2026"))
{
    setTitle ("Cast");
    context->edit = [this] (const Result<project::Edit>& edit) {
        if (! edit)
            refusal.report (tl::unexpected (edit.error()));
        else if (onEdit)
            refusal.report (onEdit (*edit));
    };
    scroller->setViewedComponent (list.get(), false);
    addAndMakeVisible (*scroller);
    addAndMakeVisible (refusal);
    load.onClick = [this] { openCastFile (false); };
    save.onClick = [this] { openCastFile (true); };
    load.setTooltip ("Use the voices of a cast that was saved");
    save.setTooltip ("Save these voices for other projects");
    for (auto* const button : { &load, &save })
    {
        button->setColour (juce::TextButton::buttonColourId, Theme::panel);
        button->setColour (juce::TextButton::textColourOffId, Theme::dim);
        addAndMakeVisible (*button);
    }
    juce::Desktop::getInstance().addFocusChangeListener (this);
}

CastView::~CastView()
{
    juce::Desktop::getInstance().removeFocusChangeListener (this);
    context->edit = [] (const Result<project::Edit>&) {}; // a menu may still be open
    context->chooser.reset();
    const auto gone = std::exchange (rows, {}); // who loses the keyboard now must not be looked for
}

void CastView::show (std::shared_ptr<const project::Document> document, std::vector<std::string> modelVoices,
                     const std::vector<VoiceReference>& missing)
{
    context->modelVoices = std::move (modelVoices);
    if (document == shown && missing == shownMissing)
        return;
    shown = std::move (document);
    shownMissing = missing;
    context->model.show (shown, missing);
    save.setEnabled (! entries().empty());
    layOut();
    for (auto& [place, row] : rows)
        row->show (entries()[place]);
    repaint();
}

/** After the rows or the room for them have changed. */
void CastView::layOut()
{
    tops.assign (1, 0);
    for (const auto& entry : entries())
        tops.push_back (tops.back() + MemberRow::heightFor (entry) + memberGap);
    while (! rows.empty() && rows.rbegin()->first >= entries().size())
        rows.erase (std::prev (rows.end()));
    const auto height = std::max (0, tops.back() - memberGap);
    const bool hasBar = height > scroller->getHeight();
    list->setSize (std::max (0, scroller->getWidth() - (hasBar ? scroller->getScrollBarThickness() + 2 : 0)),
                   height);
    makeRows();
}

/** Those that are seen, and one before and behind them, so that Tab finds it. One that has the keyboard stays. */
void CastView::makeRows()
{
    if (tops.size() <= 1)
        return;
    const auto area = scroller->getViewArea();
    const auto placeAt = [this] (int y) {
        const auto behind = std::upper_bound (tops.begin(), tops.end(), y);
        return (std::size_t) std::max<std::ptrdiff_t> (0, behind - tops.begin() - 1);
    };
    const auto first = std::max<std::size_t> (placeAt (area.getY()), 1) - 1;
    const auto last = std::min (placeAt (area.getBottom()) + 1, entries().size() - 1);
    std::erase_if (rows, [&] (const auto& row) {
        return (row.first < first || row.first > last) && ! row.second->hasKeyboardFocus (true);
    });
    for (auto place = first; place <= last; ++place)
    {
        auto& row = rows[place];
        if (row == nullptr)
        {
            row = std::make_unique<MemberRow> (*context);
            row->show (entries()[place]);
            list->addAndMakeVisible (*row);
        }
    }
    for (auto& [place, row] : rows)
        row->setBounds (0, tops[place], list->getWidth(), MemberRow::heightFor (entries()[place]));
}

MemberRow* CastView::rowOf (std::size_t entry)
{
    const auto found = rows.find (entry);
    return found != rows.end() ? found->second.get() : nullptr;
}

void CastView::reveal (std::size_t entry)
{
    if (entry >= entries().size())
        return;
    const auto area = scroller->getViewArea();
    const auto top = tops[entry], bottom = tops[entry + 1] - memberGap;
    if (top < area.getY() || bottom - top > area.getHeight())
        scroller->setViewPosition (0, top);
    else if (bottom > area.getBottom())
        scroller->setViewPosition (0, bottom - area.getHeight());
}

/** The row with the keyboard is seen. */
void CastView::globalFocusChanged (juce::Component*)
{
    for (const auto& [place, row] : rows)
        if (row->hasKeyboardFocus (true))
            return reveal (place);
}

/** From a control to the same one of another row. */
void CastView::moveFocus (int by)
{
    const auto focused = std::find_if (rows.begin(), rows.end(),
                                       [] (const auto& row) { return row.second->hasKeyboardFocus (true); });
    if (focused == rows.end())
        return;
    const auto goal = (std::ptrdiff_t) focused->first + by;
    if (goal < 0 || goal >= (std::ptrdiff_t) entries().size())
        return;
    const auto* const control = getCurrentlyFocusedComponent();
    const auto order = control != nullptr ? control->getExplicitFocusOrder() : 0;
    reveal ((std::size_t) goal);
    makeRows();
    if (auto* const row = rowOf ((std::size_t) goal))
        row->focusControl (order);
}

void CastView::openCastFile (bool saves)
{
    const auto& action = saves ? onSaveCast : onLoadCast;
    if (! action)
        return;
    using Browser = juce::FileBrowserComponent;
    context->chooser = std::make_unique<juce::FileChooser> (
        saves ? "Save the cast" : "Load a cast", juce::File(), juce::String ("*") + project::castExtension);
    const auto flags = saves ? Browser::saveMode | Browser::warnAboutOverwriting : (int) Browser::openMode;
    context->chooser->launchAsync (
        flags | Browser::canSelectFiles, [this, saves] (const juce::FileChooser& result) {
            auto file = result.getResult();
            if (file == juce::File())
                return;
            if (saves && ! file.hasFileExtension (project::castExtension))
                file = file.withFileExtension (project::castExtension);
            refusal.report ((saves ? onSaveCast : onLoadCast) (file.getFullPathName().toStdString()));
        });
}

void CastView::paint (juce::Graphics& g)
{
    if (! entries().empty())
        return;
    g.setColour (Theme::dim);
    g.setFont (context->faces->font (Typefaces::Bundled, 14.0f));
    g.drawFittedText (firstSteps, getLocalBounds().removeFromTop (60), juce::Justification::centredLeft, 2);
}

void CastView::resized()
{
    auto area = getLocalBounds();
    auto foot = area.removeFromBottom (footHeight);
    const auto width = std::min (120, (foot.getWidth() - memberGap) / 2);
    load.setBounds (foot.removeFromLeft (width));
    foot.removeFromLeft (memberGap);
    save.setBounds (foot.removeFromLeft (width));
    area.removeFromBottom (memberGap);
    refusal.placeAtBottom (area);
    scroller->setBounds (area);
    layOut();
}
} // namespace tableread::plugin
