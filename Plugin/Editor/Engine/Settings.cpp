// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Engine/Settings.h"

#include <algorithm>
#include <array>

#include "Editor/Engine/Rows.h"
#include "Editor/Look/Theme.h"
#include "Editor/StartFolder.h"

namespace tableread::plugin
{
namespace
{
using Layers = EngineChoices::Layers;

struct Choice
{
    const char* value;
    const char* text;
};

constexpr std::array devices { Choice { "auto", "The GPU, if there is one" },
                               Choice { "cpu", "The CPU" },
                               Choice { "cuda", "The first GPU" },
                               Choice { "cuda:1", "The second GPU" },
                               Choice { "cuda:2", "The third GPU" },
                               Choice { "cuda:3", "The fourth GPU" } };
constexpr std::array weightKinds { Choice { "", "As the model is computed" },
                                   Choice { "fp8", "8 bits, floating point (fp8)" },
                                   Choice { "int8", "8 bits, whole numbers (int8)" } };
constexpr int automaticId = 1, allId = 2, countId = 3, firstPresetId = 10; // of the layers' list

template <std::size_t size>
void fill (juce::ComboBox& list, const std::array<Choice, size>& choices)
{
    int id = 1;
    for (const auto& choice : choices)
        list.addItem (choice.text, id++);
}

/** What is not among the choices, from a file that was written by hand, is added. */
template <std::size_t size>
void select (juce::ComboBox& list, const std::array<Choice, size>& choices, const std::string& value)
{
    for (std::size_t i = 0; i < size; ++i)
        if (value == choices[i].value)
            return list.setSelectedId ((int) i + 1, juce::dontSendNotification);
    const auto own = (int) size + 1;
    if (list.indexOfItemId (own) < 0)
        list.addItem (juceText (value), own);
    list.changeItemText (own, juceText (value));
    list.setSelectedId (own, juce::dontSendNotification);
}

template <std::size_t size>
std::string selected (const juce::ComboBox& list, const std::array<Choice, size>& choices)
{
    const auto index = (std::size_t) std::max (0, list.getSelectedId() - 1);
    return index < size ? choices[index].value : list.getText().toStdString();
}

std::int64_t numberIn (const juce::TextEditor& field)
{
    return field.isEmpty() ? -1 : field.getText().getLargeIntValue();
}
} // namespace

EngineSettings::EngineSettings()
{
    constexpr int mostDigits = 12;
    setTitle ("Engine settings");
    setUp (model, modelName, "Model",
           "A model's folder, or its name in the hub's cache: microsoft/VibeVoice-1.5B");
    setUp (device, deviceName, "Device", "What computes");
    setUp (layers, layersName, "On the GPU",
           "How many of the model's layers stay on the GPU; the others are copied for each frame");
    setUp (weights, weightsName, "Weights", "8 bits take half the memory and half the copies");
    setUp (trim, trimName, "Cache trim", "Layer transfers until unused memory is given back; 0: never");
    count.setTitle ("Number of layers on the GPU");
    count.setTooltip (count.getTitle());
    for (auto* field : { &count, &trim })
        field->setInputRestrictions (mostDigits, "0123456789");
    model.setTextToShowWhenEmpty ("The embedded model", Theme::dim);
    for (auto* field : { &model, &count, &trim })
    {
        field->setFont (Theme::font (15.0f));
        field->setIndents (8, 5);
        field->onTextChange = [this] { read(); };
    }
    folder.onClick = [this] { chooseFolder(); };
    addAndMakeVisible (folder);
    addChildComponent (count);
    fillLists();
    for (auto* list : { &device, &layers, &weights })
        list->onChange = [this] { read(); };
    chosen.cacheTrimInterval = -1; // so that the first show() shows all
    show ({});
}

void EngineSettings::setUp (juce::Component& control, juce::Label& name, const char* title, const char* tip)
{
    name.setText (title, juce::dontSendNotification);
    name.setFont (Theme::font (14.0f));
    name.setColour (juce::Label::textColourId, Theme::dim);
    name.setBorderSize ({});
    control.setTitle (title);
    if (auto* client = dynamic_cast<juce::SettableTooltipClient*> (&control))
        client->setTooltip (tip);
    addAndMakeVisible (name);
    addAndMakeVisible (control);
}

void EngineSettings::fillLists()
{
    fill (device, devices);
    fill (weights, weightKinds);
    layers.addItem ("As many layers as fit", automaticId);
    layers.addItem ("All layers", allId);
    layers.addItem (juce::String::fromUTF8 ("A number of layers\u2026"), countId);
    layers.addSectionHeading ("Presets, of 28 layers");
    int id = firstPresetId;
    for (const auto& preset : layerPresets())
        layers.addItem (juce::String (std::string (preset.name)) + ": " + juce::String (preset.layersOf28),
                        id++);
}

void EngineSettings::show (const EngineChoices& choices)
{
    if (choices == chosen)
        return;
    chosen = choices;
    model.setText (juceText (choices.model), false);
    select (device, devices, choices.device);
    select (weights, weightKinds, choices.weights);
    int id = choices.layers == Layers::All ? allId : choices.layers == Layers::Count ? countId : automaticId;
    if (choices.layers == Layers::Preset)
    {
        const auto presets = layerPresets();
        const auto found = std::ranges::find (presets, choices.preset, &LayerPreset::name);
        id = firstPresetId + (int) (found - presets.begin());
        if (found == presets.end() && layers.indexOfItemId (id) < 0)
            layers.addItem (juceText (choices.preset), id);
        if (found == presets.end())
            layers.changeItemText (id, juceText (choices.preset));
    }
    layers.setSelectedId (id, juce::dontSendNotification);
    count.setText (juce::String (choices.count), false);
    trim.setText (juce::String (choices.cacheTrimInterval), false);
    count.setVisible (choices.layers == Layers::Count);
    resized();
}

void EngineSettings::read()
{
    chosen.model = model.getText().trim().toStdString();
    chosen.device = selected (device, devices);
    chosen.weights = selected (weights, weightKinds);
    chosen.cacheTrimInterval = numberIn (trim);
    const auto id = layers.getSelectedId();
    chosen.layers = id == allId           ? Layers::All
                    : id == countId       ? Layers::Count
                    : id >= firstPresetId ? Layers::Preset
                                          : Layers::Automatic;
    if (chosen.layers == Layers::Count)
        chosen.count = numberIn (count);
    if (const auto preset = (std::size_t) (id - firstPresetId); chosen.layers == Layers::Preset)
        chosen.preset = preset < layerPresets().size() ? std::string (layerPresets()[preset].name)
                                                       : layers.getText().toStdString();
    if (count.isVisible() != (chosen.layers == Layers::Count))
    {
        count.setVisible (chosen.layers == Layers::Count);
        resized();
    }
    if (onChange)
        onChange();
}

void EngineSettings::chooseFolder()
{
    const juce::File start (juce::File::isAbsolutePath (model.getText()) ? juce::File (model.getText())
                                                                         : juce::File());
    chooser = std::make_unique<juce::FileChooser> ("The model's folder", startFolder (start));
    const auto oneFolder =
        juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectDirectories;
    chooser->launchAsync (oneFolder, [this] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            model.setText (result.getResult().getFullPathName(), true);
    });
}

void EngineSettings::resized()
{
    constexpr int nameWidth = 92, gap = 6, numberWidth = 64, controlHeight = 28;
    auto area = getLocalBounds();
    const auto nextRow = [&] (juce::Label& name) {
        auto row = area.removeFromTop (rowHeight).withSizeKeepingCentre (area.getWidth(), controlHeight);
        name.setBounds (row.removeFromLeft (nameWidth));
        return row;
    };
    auto row = nextRow (modelName);
    folder.setBounds (row.removeFromRight (controlHeight));
    row.removeFromRight (gap);
    model.setBounds (row);
    device.setBounds (nextRow (deviceName));
    row = nextRow (layersName);
    if (count.isVisible())
    {
        count.setBounds (row.removeFromRight (numberWidth));
        row.removeFromRight (gap);
    }
    layers.setBounds (row);
    weights.setBounds (nextRow (weightsName));
    trim.setBounds (nextRow (trimName).removeFromLeft (numberWidth + 32));
}
} // namespace tableread::plugin
