// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Core/Error.h"
#include "Editor/Text/Typefaces.h"

namespace tableread::plugin
{
/** Why the last thing that the user asked a panel for was not done: seen, and read out. The panel makes room for it in its
    resized(), which is called when there is something to say and when there is nothing any more. Message thread. */
class ProblemLine : public juce::Component
{
public:
    static constexpr int height = 36; // two rows

    explicit ProblemLine (std::shared_ptr<Typefaces> typefaces) : faces (std::move (typefaces))
    {
        setInterceptsMouseClicks (false, false);
    }

    void report (const Result<void>& done);
    void clear() { report ({}); }
    const std::string& text() const { return shown; }

    /** Takes its room from the bottom of an area; none if there is nothing to say. */
    void placeAtBottom (juce::Rectangle<int>& area);

    void paint (juce::Graphics& g) override;

private:
    const std::shared_ptr<Typefaces> faces;
    std::string shown;
};
} // namespace tableread::plugin
