// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "Editor/Cast/Context.h"
#include "Editor/Cast/Controls.h"

namespace tableread::plugin
{
/** Somebody of the cast: colour, name, voices, and how they are heard. A recording that is dropped on a voice is that
    voice. */
class MemberRow : public juce::Component,
                  public juce::SettableTooltipClient,
                  public juce::FileDragAndDropTarget
{
public:
    explicit MemberRow (CastContext& shared);

    static int heightFor (const CastEntry& entry);
    void show (const CastEntry& entry);
    const CastEntry& entry() const { return shown; }

    /** Gives the keyboard to the control with this explicit focus order, which is that of its kind in all rows; if there is
        none, to the voice. */
    void focusControl (int order);

    void paint (juce::Graphics& g) override;
    void resized() override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;
    bool isInterestedInFileDrag (const juce::StringArray& files) override;
    void fileDragEnter (const juce::StringArray& files, int x, int y) override;
    void fileDragMove (const juce::StringArray&, int x, int y) override;
    void fileDragExit (const juce::StringArray&) override;
    void filesDropped (const juce::StringArray& files, int x, int y) override;

private:
    struct VoiceLine
    {
        std::unique_ptr<MenuField> field;
        std::unique_ptr<juce::TextButton> remove; // null for the usual voice
    };

    void makeVoices();
    void showMixing();
    void showBus();
    juce::Rectangle<int> lineBounds (std::size_t voice) const;
    std::size_t voiceAt (int y) const;
    void setTarget (int voice);
    void name (juce::Component& control, const juce::String& what, const juce::String& value);

    CastContext& context;
    CastEntry shown;
    std::vector<VoiceLine> voices;
    ColourButton colour;
    juce::TextButton forget { "Remove" }, mute { "M" }, solo { "S" };
    MenuField bus;
    GainSlider gain;
    DragHandle grip;
    int target = -1; // the voice that a file is dragged over
};
} // namespace tableread::plugin
