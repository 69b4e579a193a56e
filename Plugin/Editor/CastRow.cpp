// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/CastRow.h"

#include "Editor/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int fileItem = 1000;   // the recording that is in use
constexpr int browseItem = 1001; // "Choose a recording…"
constexpr const char* patterns = "*.wav;*.flac;*.ogg;*.mp3;*.aif;*.aiff";

juce::String capitalised (const std::string& name)
{
    const auto text = juce::String::fromUTF8 (name.c_str());
    return text.substring (0, 1).toUpperCase() + text.substring (1);
}
} // namespace

CastRow::CastRow()
{
    addAndMakeVisible (voices);
    voices.setTextWhenNothingSelected ("Choose a voice");
    voices.onChange = [this] { chosen(); };
}

void CastRow::show (const CastMember& member, int index, const std::vector<std::string>& modelVoices)
{
    if (voices.getNumItems() > 0 && member == shown && index == colourIndex && modelVoices == names)
        return;
    shown = member;
    names = modelVoices;
    colourIndex = index;
    fillList();
    repaint();
}

void CastRow::fillList()
{
    voices.clear (juce::dontSendNotification);
    int id = 1, selected = 0;
    if (! names.empty())
        voices.addSectionHeading ("The model's voices");
    for (const auto& name : names)
    {
        if (shown.voice.path.empty() && shown.voice.name == name)
            selected = id;
        voices.addItem (capitalised (name), id++);
    }
    voices.addSectionHeading ("A recording");
    if (! shown.voice.path.empty())
    {
        selected = fileItem;
        voices.addItem (juce::String::fromUTF8 (shown.voice.path.filename().c_str()), fileItem);
    }
    voices.addItem (juce::String::fromUTF8 ("Choose a file\u2026"), browseItem);
    voices.setSelectedId (selected, juce::dontSendNotification);
    voices.setTooltip (juce::String::fromUTF8 (
        shown.voice.path.empty() ? "Drop a recording here to use its voice" : shown.voice.path.c_str()));
}

void CastRow::chosen()
{
    const auto id = voices.getSelectedId();
    if (id == browseItem)
    {
        fillList(); // the old voice stays until a file is chosen
        openChooser();
    }
    else if (id > 0 && id != fileItem && onChoice)
        onChoice ({ names[(std::size_t) id - 1], {} });
}

void CastRow::openChooser()
{
    const juce::File start (juce::String::fromUTF8 (shown.voice.path.parent_path().c_str()));
    chooser = std::make_unique<juce::FileChooser> (
        "The voice of " + juce::String::fromUTF8 (shown.speaker.c_str()), start, patterns);
    const auto oneFile = juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles;
    chooser->launchAsync (oneFile, [this] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            useFile (result.getResult());
    });
}

void CastRow::useFile (const juce::File& file)
{
    if (onChoice)
        onChoice ({ file.getFileNameWithoutExtension().toStdString(), file.getFullPathName().toStdString() });
}

void CastRow::paint (juce::Graphics& g)
{
    auto area = getLocalBounds().toFloat();
    g.setColour (isTarget ? Theme::accent.withAlpha (0.18f) : Theme::panel);
    g.fillRoundedRectangle (area, 5.0f);
    g.setColour (Theme::speaker (colourIndex));
    g.fillRoundedRectangle (area.removeFromLeft (4.0f), 2.0f);
    g.setColour (Theme::text);
    g.setFont (Theme::font (15.0f, true));
    g.drawFittedText (juce::String::fromUTF8 (shown.speaker.c_str()),
                      getLocalBounds().withTrimmedLeft (14).withWidth (getWidth() / 2 - 22),
                      juce::Justification::centredLeft, 1);
}

void CastRow::resized()
{
    voices.setBounds (getLocalBounds().withTrimmedLeft (getWidth() / 2 - 4).reduced (4, 5));
}

bool CastRow::isInterestedInFileDrag (const juce::StringArray& files)
{
    return files.size() == 1;
}

void CastRow::filesDropped (const juce::StringArray& files, int, int)
{
    fileDragExit (files);
    useFile (juce::File (files[0]));
}

void CastRow::fileDragEnter (const juce::StringArray&, int, int)
{
    isTarget = true;
    repaint();
}

void CastRow::fileDragExit (const juce::StringArray&)
{
    isTarget = false;
    repaint();
}
} // namespace tableread::plugin
