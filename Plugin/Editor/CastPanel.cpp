// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/CastPanel.h"

#include "Editor/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int rowHeight = 42, gap = 6;
} // namespace

CastPanel::CastPanel()
{
    viewport.setViewedComponent (&list, false);
    viewport.setScrollBarsShown (true, false);
    viewport.setWantsKeyboardFocus (false); // nothing would be seen of it
    addAndMakeVisible (viewport);
}

void CastPanel::show (const std::vector<CastMember>& cast, const std::vector<std::string>& modelVoices)
{
    const bool changes = rows.size() != cast.size();
    rows.resize (cast.size());
    for (std::size_t i = 0; i < cast.size(); ++i)
    {
        if (rows[i] == nullptr)
        {
            rows[i] = std::make_unique<CastRow>();
            list.addAndMakeVisible (*rows[i]);
        }
        rows[i]->onChoice = [this, speaker = cast[i].speaker] (const VoiceReference& voice) {
            if (onChoice)
                onChoice (speaker, voice);
        };
        rows[i]->show (cast[i], (int) i, modelVoices);
    }
    if (changes)
    {
        layOut();
        repaint();
    }
}

void CastPanel::paint (juce::Graphics& g)
{
    if (! rows.empty())
        return;
    g.setColour (Theme::dim);
    g.setFont (Theme::font (14.0f));
    g.drawFittedText ("Whoever speaks in the script appears here.\nWrite a line like  Anna: Good evening.",
                      getLocalBounds().removeFromTop (60), juce::Justification::centredLeft, 2);
}

void CastPanel::resized()
{
    viewport.setBounds (getLocalBounds());
    layOut();
}

void CastPanel::layOut()
{
    const auto height = std::max (0, (int) rows.size() * (rowHeight + gap) - gap);
    const auto width =
        viewport.getWidth() - (height > viewport.getHeight() ? viewport.getScrollBarThickness() + 2 : 0);
    list.setSize (width, height);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i]->setBounds (0, (int) i * (rowHeight + gap), width, rowHeight);
}
} // namespace tableread::plugin
