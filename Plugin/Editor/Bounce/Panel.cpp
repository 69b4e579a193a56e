// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Bounce/Panel.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
namespace
{
void styleLabel (juce::Label& label, const char* text, const juce::Font& font)
{
    label.setText (text, juce::dontSendNotification);
    label.setFont (font);
    label.setColour (juce::Label::textColourId, Theme::dim);
    label.setBorderSize ({});
}

int itemOf (project::RenderWait wait)
{
    return (int) wait + 1; // 0 is none
}
} // namespace

BouncePanel::BouncePanel (std::shared_ptr<Typefaces> typefaces) : refusal (std::move (typefaces))
{
    setTitle ("Bounce");
    for (const auto& [label, text] :
         { std::pair { &missingTitle, "WHERE SPEECH IS MISSING" },
           std::pair { &gapsTitle, "SILENCE BETWEEN LINES" }, std::pair { &reportTitle, "THE LAST BOUNCE" } })
        styleLabel (*label, text, Theme::font (12.0f, true));
    styleLabel (waitName, "Wait", Theme::font (14.0f));
    using project::RenderWait;
    wait.addItem ("In offline bounces", itemOf (RenderWait::Auto));
    wait.addItem ("Always", itemOf (RenderWait::Always));
    wait.addItem ("Never", itemOf (RenderWait::Never));
    wait.setTitle ("Wait for render");
    wait.setTooltip (
        "When playing waits for speech that is still rendered. In offline bounces: also where a host "
        "asks for blocks faster than they can be heard.");
    wait.onChange = [this] {
        if (onWait)
            onWait ((RenderWait) (wait.getSelectedId() - 1));
    };
    slate.setTooltip ("A bounce that lacks a line has a second of 1 kHz where it begins; else silence");
    slate.onClick = [this] {
        auto settings = shown->settings;
        settings.playsSlate = slate.getToggleState();
        edit (std::move (settings));
    };
    setUp (numbers[0], "Give up after", "s without progress",
           "How long a bounce waits while nothing comes from the engine");
    setUp (numbers[1], "After a line", "ms", "Silence between two lines");
    setUp (numbers[2], "Other speaker", "ms", "Silence where another speaker begins");
    setUp (numbers[3], "Other scene", "ms",
           "Silence where another scene begins; the largest that applies counts");
    report.setMultiLine (true);
    report.setReadOnly (true);
    report.setCaretVisible (false);
    report.setFont (Theme::font (14.0f));
    report.setTitle ("The last bounce");
    for (auto* part : std::initializer_list<juce::Component*> { &missingTitle, &gapsTitle, &reportTitle,
                                                                &waitName, &wait, &slate, &report })
        content.addAndMakeVisible (part);
    addAndMakeVisible (scroller);
    addAndMakeVisible (refusal);
    showReport (nullptr);
}

void BouncePanel::setUp (Number& number, const char* name, const char* unit, const char* tip)
{
    constexpr int mostDigits = 9;
    styleLabel (number.name, name, Theme::font (14.0f));
    styleLabel (number.unit, unit, Theme::font (14.0f));
    auto& field = number.field;
    field.setInputRestrictions (mostDigits, "0123456789");
    field.setFont (Theme::font (15.0f));
    field.setIndents (8, 5);
    field.setTitle (juce::String (name) + ", " + unit);
    field.setTooltip (tip);
    field.setSelectAllWhenFocused (true);
    field.onReturnKey = field.onFocusLost = [this, &number] { typed (number); };
    field.onEscapeKey = [this, &number] {
        number.field.setText (textOf (shownNumber (shown->settings, number.which)), false);
        number.field.giveAwayKeyboardFocus();
    };
    for (auto* part : std::initializer_list<juce::Component*> { &number.name, &field, &number.unit })
        content.addAndMakeVisible (part);
}

void BouncePanel::typed (Number& number)
{
    edit (withNumber (shown->settings, number.which, number.field.getText().toStdString()));
    number.field.setText (textOf (shownNumber (shown->settings, number.which)), false);
}

/** One that changes nothing is no step of undo: a field that is left has its number anyway. */
void BouncePanel::edit (project::Settings settings)
{
    if (onEdit)
        refusal.report (onEdit (project::SetSettings { std::move (settings) }));
}

void BouncePanel::show (std::shared_ptr<const project::Document> document,
                        const std::shared_ptr<const GapReport>& lastReport)
{
    if (std::exchange (shownReport, lastReport) != lastReport)
        showReport (lastReport.get());
    if (document == shown)
        return;
    shown = std::move (document);
    const auto& settings = shown->settings;
    wait.setSelectedId (itemOf (settings.host.wait), juce::dontSendNotification);
    slate.setToggleState (settings.playsSlate, juce::dontSendNotification);
    for (auto& number : numbers)
        if (! number.field.hasKeyboardFocus (true))
            number.field.setText (textOf (shownNumber (settings, number.which)), false);
}

void BouncePanel::showReport (const GapReport* last)
{
    const bool hasGaps = last != nullptr && ! last->isEmpty();
    report.setColour (juce::TextEditor::textColourId, hasGaps ? Theme::bad : Theme::dim);
    report.setText (last != nullptr ? textOf (shortText (*last))
                                    : juce::String ("There was none since this session was opened."),
                    false);
    resized(); // it has another height
}

void BouncePanel::resized()
{
    auto area = getLocalBounds();
    refusal.placeAtBottom (area);
    scroller.setBounds (area);
    auto width = area.getWidth();
    auto height = layOut (width, area.getHeight());
    if (height > area.getHeight()) // then the scroll bar takes some of the width
    {
        width -= scroller.getScrollBarThickness();
        height = layOut (width, area.getHeight());
    }
    content.setSize (width, height);
}

/** Places the parts. @returns the height that they need: `height`, or more. */
int BouncePanel::layOut (int width, int height)
{
    constexpr int title = 20, row = 32, control = 28, nameWidth = 104, fieldWidth = 72, gap = 6, between = 10;
    constexpr int around = 16; // of the report's text
    juce::Rectangle<int> area (width, height);
    const auto nextRow = [&] {
        auto line = area.withHeight (row);
        area.setTop (area.getY() + row);
        return line.withSizeKeepingCentre (width, control);
    };
    const auto place = [&] (Number& number) {
        auto line = nextRow();
        number.name.setBounds (line.removeFromLeft (nameWidth));
        number.field.setBounds (line.removeFromLeft (fieldWidth));
        line.removeFromLeft (gap);
        number.unit.setBounds (line);
    };
    const auto placeTitle = [&] (juce::Label& label) {
        label.setBounds (area.withHeight (title));
        area.setTop (area.getY() + title);
    };
    placeTitle (missingTitle);
    auto line = nextRow();
    waitName.setBounds (line.removeFromLeft (nameWidth));
    wait.setBounds (line);
    place (numbers[0]);
    slate.setBounds (nextRow());
    area.setTop (area.getY() + between);
    placeTitle (gapsTitle);
    for (std::size_t i = 1; i < numbers.size(); ++i)
        place (numbers.at (i));
    area.setTop (area.getY() + between);
    placeTitle (reportTitle);
    report.setBounds (area.withHeight (std::max (area.getHeight(), row))); // its text wraps at this width
    report.setBounds (area.withHeight (std::max (height - area.getY(), report.getTextHeight() + around)));
    return report.getBottom();
}
} // namespace tableread::plugin
