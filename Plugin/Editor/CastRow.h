// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Passage/Cast.h"

namespace tableread::plugin
{
/** One speaker and the voice it has: a list of the model's voices, or a recording, chosen or dropped here. */
class CastRow : public juce::Component, public juce::FileDragAndDropTarget
{
public:
    CastRow();

    /** Called with the voice that the user chose. */
    std::function<void (const VoiceReference&)> onChoice;

    /** @param modelVoices the names to choose from. */
    void show (const CastMember& member, int index, const std::vector<std::string>& modelVoices);

    void paint (juce::Graphics& g) override;
    void resized() override;
    bool isInterestedInFileDrag (const juce::StringArray& files) override;
    void filesDropped (const juce::StringArray& files, int, int) override;
    void fileDragEnter (const juce::StringArray&, int, int) override;
    void fileDragExit (const juce::StringArray&) override;

private:
    void fillList();
    void chosen();
    void openChooser();
    void useFile (const juce::File& file);

    CastMember shown;
    std::vector<std::string> names; // of the model's voices
    int colourIndex = 0;
    bool isTarget = false; // of a drag
    juce::ComboBox voices;
    std::unique_ptr<juce::FileChooser> chooser;
};
} // namespace tableread::plugin
