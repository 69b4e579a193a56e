// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Engine/Choices.h"
#include "Editor/Look/Icons.h"
#include "Editor/Text/LeaveOnClick.h"

namespace tableread::plugin
{
/** The fields of the engine's settings, a row each. Message thread. */
class EngineSettings : public juce::Component
{
public:
    EngineSettings();

    /** Shows them, unless they are what is shown. */
    void show (const EngineChoices& choices);

    /** As they are in the fields. */
    const EngineChoices& choices() const { return chosen; }

    std::function<void()> onChange; // by the user

    static int height() { return rows * rowHeight; }
    void resized() override;

private:
    static constexpr int rows = 5, rowHeight = 36;

    void setUp (juce::Component& control, juce::Label& name, const char* title, const char* tip);
    void fillLists();
    void read();
    void chooseFolder();

    EngineChoices chosen;
    juce::Label modelName, deviceName, layersName, weightsName, trimName;
    juce::TextEditor model, count, trim;
    IconButton folder { Icon::Folder, "Choose the model's folder" };
    juce::ComboBox device, layers, weights;
    LeaveOnClick leaveModel { model }, leaveCount { count }, leaveTrim { trim };
    std::unique_ptr<juce::FileChooser> chooser;
};
} // namespace tableread::plugin
