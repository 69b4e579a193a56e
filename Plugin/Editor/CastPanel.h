// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "Editor/CastRow.h"

namespace tableread::plugin
{
/** A row for each speaker of the script, scrolled if there are many. */
class CastPanel : public juce::Component
{
public:
    CastPanel();

    std::function<void (const std::string& speaker, const VoiceReference&)> onChoice;

    /** @param modelVoices the names to choose from. */
    void show (const std::vector<CastMember>& cast, const std::vector<std::string>& modelVoices);

    void paint (juce::Graphics& g) override;
    void resized() override;

private:
    void layOut();

    juce::Viewport viewport;
    juce::Component list;
    std::vector<std::unique_ptr<CastRow>> rows;
};
} // namespace tableread::plugin
