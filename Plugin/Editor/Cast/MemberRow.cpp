// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/MemberRow.h"

#include <initializer_list>
#include <utility>

#include "Editor/Cast/Menus.h"
#include "Editor/Look/Theme.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
namespace
{
constexpr int rowEdge = 8, nameLine = 34, voiceLine = 30, mixLine = 26, between = 6;
constexpr int patchSize = 26, smallButton = 26;
constexpr int firstVoiceOrder = 2, firstMixOrder = 1000; // of the keyboard's focus, the same in all rows
constexpr float faint = 0.55f;                           // who has left

int indent()
{
    return rowEdge + patchSize + between;
}
} // namespace

MemberRow::MemberRow (CastContext& shared) : context (shared), bus (shared.faces), grip (shared.sounds)
{
    colour.makeMenu = [this] { return colourMenu (context, shown, colour); };
    bus.makeMenu = [this] { return busMenu (context, shown); };
    forget.onClick = [this] { context.edit (context.model.forget (shown.speaker)); };
    forget.setTooltip ("Forget this voice");
    gain.onValueChange = [this] {
        if (gain.getValue() != shown.gainDb)
            context.edit (context.model.setGain (shown.speaker, gain.getValue()));
    };
    mute.onClick = [this] { context.edit (context.model.setMuted (shown.speaker, ! shown.isMuted)); };
    solo.onClick = [this] { context.edit (context.model.setSolo (shown.speaker, ! shown.isSolo)); };
    forget.setColour (juce::TextButton::buttonColourId, Theme::panel.brighter (0.06f));
    forget.setColour (juce::TextButton::textColourOffId, Theme::dim);
    mute.setColour (juce::TextButton::buttonOnColourId, Theme::bad);
    solo.setColour (juce::TextButton::buttonOnColourId, Theme::accent);
    for (auto* const button : { &mute, &solo })
        button->setColour (juce::TextButton::textColourOnId, Theme::background);
    for (auto* const control :
         std::initializer_list<juce::Component*> { &colour, &bus, &gain, &mute, &solo, &forget, &grip })
        addChildComponent (control);
}

int MemberRow::heightFor (const CastEntry& entry)
{
    const auto moods = (int) entry.voices.size() - 1;
    return 2 * rowEdge + nameLine + (entry.hasLeft ? 0 : moods * voiceLine + between + mixLine);
}

void MemberRow::name (juce::Component& control, const juce::String& what, const juce::String& value)
{
    control.setTitle (what + " of " + textOf (shown.title) + (value.isEmpty() ? "" : ": " + value));
}

void MemberRow::show (const CastEntry& entry)
{
    if (! voices.empty() && entry == shown)
        return;
    const bool isOther =
        voices.empty() || shown.voices.size() != entry.voices.size() || shown.hasLeft != entry.hasLeft;
    shown = entry;
    setTitle (textOf (shown.title));
    setDescription (textOf (shown.remark));
    setTooltip (textOf (shown.title + ": " + shown.remark)); // what is too long for the row
    if (isOther)
        makeVoices();
    for (std::size_t at = 0; at < voices.size(); ++at)
    {
        const auto& voice = shown.voices[at];
        auto& line = voices[at];
        line.field->show (voice.label.empty() ? "Choose a voice" : voice.label, at == 0 && ! shown.isChosen);
        line.field->setTooltip (voice.tip.empty() ? juce::String ("Drop a recording here to use its voice")
                                                  : textOf (voice.tip));
        const auto which = voice.direction.empty() ? juce::String() : " (" + textOf (voice.direction) + ")";
        name (*line.field, "Voice" + which, textOf (voice.label));
        if (line.remove != nullptr)
            name (*line.remove, "Remove the voice" + which, {});
    }
    showMixing();
    if (isOther)
        resized();
    repaint();
}

void MemberRow::makeVoices()
{
    const auto count = shown.hasLeft ? 1 : shown.voices.size();
    if (voices.size() > count)
        voices.resize (count);
    for (auto& line : voices) // they stay: one of them may have the keyboard
        line.field->setVisible (! shown.hasLeft);
    for (auto at = voices.size(); at < count; ++at)
    {
        auto& line = voices.emplace_back();
        line.field = std::make_unique<MenuField> (context.faces);
        line.field->makeMenu = [this, at] {
            return voiceMenu (context, shown, shown.voices[at], *voices[at].field);
        };
        addChildComponent (*line.field);
        line.field->setVisible (! shown.hasLeft);
        if (at == 0)
            continue;
        line.remove = std::make_unique<juce::TextButton> (juce::String::fromUTF8 ("\u00d7"));
        line.remove->setColour (juce::TextButton::buttonColourId, Theme::panel.brighter (0.06f));
        line.remove->setTooltip ("Remove this mood");
        line.remove->onClick = [this, at] {
            context.edit (context.model.removeMood (shown.speaker, shown.voices[at].direction));
        };
        addAndMakeVisible (*line.remove);
    }
    colour.setExplicitFocusOrder (1);
    for (int at = 0; at < (int) voices.size(); ++at)
    {
        auto& line = voices[(std::size_t) at];
        line.field->setExplicitFocusOrder (firstVoiceOrder + 2 * at);
        if (line.remove != nullptr)
            line.remove->setExplicitFocusOrder (firstVoiceOrder + 2 * at + 1);
    }
    int order = firstMixOrder;
    for (auto* const control :
         std::initializer_list<juce::Component*> { &bus, &gain, &mute, &solo, &forget, &grip })
        control->setExplicitFocusOrder (order++);
}

void MemberRow::focusControl (int order)
{
    juce::Component* found = &forget;
    if (! shown.hasLeft)
        found = voices.front().field.get();
    for (auto* const child : getChildren())
        if (child->getExplicitFocusOrder() == order && child->isVisible())
            found = child;
    found->grabKeyboardFocus();
}

void MemberRow::showMixing()
{
    for (auto* const control : std::initializer_list<juce::Component*> { &bus, &gain, &mute, &solo })
        control->setVisible (! shown.hasLeft);
    colour.setVisible (true);
    forget.setVisible (shown.hasLeft);
    grip.setVisible (! shown.hasLeft && ! shown.isEverybodyElse);
    grip.show (playback::DraggedSpeaker { shown.speaker }, textOf (shown.title) + "'s stem");
    colour.setPatch (Theme::speaker (shown.colour).withMultipliedAlpha (shown.hasLeft ? faint : 1.0f));
    showBus();
    gain.setValue (shown.gainDb, juce::dontSendNotification);
    mute.setToggleState (shown.isMuted, juce::dontSendNotification);
    solo.setToggleState (shown.isSolo, juce::dontSendNotification);
    name (colour, "Colour", {});
    name (forget, "Remove the voice", {});
    name (gain, "Gain", {});
    name (mute, "Mute", shown.isMuted ? "on" : "off");
    name (solo, "Solo", shown.isSolo ? "on" : "off");
    colour.setTooltip ("Colour");
    bus.setTooltip ("The bus that this voice is heard on besides the main one");
    gain.setTooltip ("Gain: drag it, or click and type");
    mute.setTooltip ("Mute");
    solo.setTooltip ("Solo: others are silent");
}

juce::Rectangle<int> MemberRow::lineBounds (std::size_t voice) const
{
    const auto area = getLocalBounds().reduced (rowEdge, 0);
    return voice == 0
               ? area.withY (rowEdge).withHeight (nameLine)
               : area.withY (rowEdge + nameLine + ((int) voice - 1) * voiceLine).withHeight (voiceLine);
}

std::size_t MemberRow::voiceAt (int y) const
{
    for (std::size_t at = 1; at < voices.size(); ++at)
        if (const auto line = lineBounds (at); y >= line.getY() && y < line.getBottom())
            return at;
    return 0;
}

void MemberRow::resized()
{
    const auto fieldWidth =
        shown.hasLeft ? 72 : juce::jlimit (96, 220, (getWidth() - 2 * rowEdge) * 45 / 100);
    for (std::size_t at = 0; at < voices.size(); ++at)
    {
        auto line = lineBounds (at).withSizeKeepingCentre (getWidth() - 2 * rowEdge, 26);
        if (at == 0)
            colour.setBounds (line.removeFromLeft (patchSize));
        line = line.removeFromRight (fieldWidth);
        if (voices[at].remove != nullptr)
        {
            voices[at].remove->setBounds (line.removeFromRight (smallButton));
            line.removeFromRight (4);
        }
        voices[at].field->setBounds (line);
        if (shown.hasLeft)
            forget.setBounds (line);
    }
    auto mix =
        getLocalBounds().reduced (rowEdge).removeFromBottom (mixLine).withTrimmedLeft (indent() - rowEdge);
    grip.setBounds (mix.withX (rowEdge).withWidth (patchSize));
    solo.setBounds (mix.removeFromRight (smallButton));
    mix.removeFromRight (4);
    mute.setBounds (mix.removeFromRight (smallButton));
    mix.removeFromRight (between);
    const auto half = (mix.getWidth() - between) / 2;
    bus.setBounds (mix.removeFromLeft (half));
    mix.removeFromLeft (between);
    gain.setBounds (mix);
    showBus();
}

/** Its number alone where there is no room for more. */
void MemberRow::showBus()
{
    constexpr int roomForWord = 80;
    const auto number = std::to_string (shown.bus);
    const auto text = bus.getWidth() < roomForWord ? number : "Bus " + number;
    bus.show (shown.bus == 0 ? std::string ("Main") : text, shown.bus == 0);
    name (bus, "Bus", shown.bus == 0 ? juce::String ("Main") : textOf (number));
}

void MemberRow::paint (juce::Graphics& g)
{
    const auto strength = shown.hasLeft ? faint : 1.0f;
    g.setColour (Theme::panel.withMultipliedAlpha (strength));
    g.fillRoundedRectangle (getLocalBounds().toFloat(), 5.0f);
    for (std::size_t at = 0; at < voices.size(); ++at)
    {
        auto line = lineBounds (at).withTrimmedLeft (indent() - rowEdge);
        if ((int) at == target)
        {
            g.setColour (Theme::accent.withAlpha (0.22f));
            g.fillRoundedRectangle (lineBounds (at).expanded (4, 1).toFloat(), 4.0f);
        }
        const auto text = line.withRight (voices[at].field->getX() - between).toFloat();
        if (at > 0)
        {
            g.setColour (Theme::dim);
            drawWords (g, *context.faces, "(" + shown.voices[at].direction + ")", { text, 14.0f });
            continue;
        }
        g.setColour (Theme::text.withMultipliedAlpha (strength));
        drawWords (g, *context.faces, shown.title, { text.withTrimmedBottom (14.0f), 16.0f });
        g.setColour (shown.isWarning ? Theme::accent : Theme::dim);
        drawWords (g, *context.faces, shown.remark, { text.withTrimmedTop (19.0f), 12.0f });
    }
}

std::unique_ptr<juce::AccessibilityHandler> MemberRow::createAccessibilityHandler()
{
    return std::make_unique<juce::AccessibilityHandler> (*this, juce::AccessibilityRole::group);
}

bool MemberRow::isInterestedInFileDrag (const juce::StringArray& files)
{
    return files.size() == 1 && CastContext::isRecording (files[0]);
}

void MemberRow::setTarget (int voice)
{
    if (std::exchange (target, voice) != voice)
        repaint();
}

void MemberRow::fileDragEnter (const juce::StringArray& files, int x, int y)
{
    fileDragMove (files, x, y);
}

void MemberRow::fileDragMove (const juce::StringArray&, int, int y)
{
    setTarget ((int) voiceAt (y));
}

void MemberRow::fileDragExit (const juce::StringArray&)
{
    setTarget (-1);
}

void MemberRow::filesDropped (const juce::StringArray& files, int, int y)
{
    setTarget (-1);
    context.useRecording (shown.speaker, shown.voices[voiceAt (y)].direction, juce::File (files[0]));
}
} // namespace tableread::plugin
