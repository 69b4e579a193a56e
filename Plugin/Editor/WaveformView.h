// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/ReadingMarks.h"
#include "Editor/TakePeaks.h"
#include "Processor/Workspace.h"

namespace tableread::plugin
{
/** The performance on a time line: a clip for each passage in its speaker's colour, hatched where its speech is
    still to come, and the play head. */
class WaveformView : public juce::Component
{
public:
    WaveformView() { setOpaque (true); }

    /** Called with the second that was clicked on. */
    std::function<void (double seconds)> onLocate;

    /** @param playSeconds where playback is. */
    void show (const playback::View& view, const ReadingMarks& marks, double playSeconds);

    void paint (juce::Graphics& g) override;
    void mouseDown (const juce::MouseEvent& event) override;
    void mouseDrag (const juce::MouseEvent& event) override { mouseDown (event); }

private:
    struct Clip
    {
        TakePeaks peaks;
        double start = 0.0, length = 0.0,
               rendered = 0.0; // seconds; the length is a guess until the take has ended
        int speaker = 0;
        playback::PartState state = playback::PartState::Missing;
    };

    bool place (const playback::View& view, const ReadingMarks& marks);
    float toX (double seconds) const;
    void paintRuler (juce::Graphics& g, juce::Rectangle<int> area) const;
    void paintClip (juce::Graphics& g, const Clip& clip, juce::Rectangle<float> area) const;
    void paintPlayHead (juce::Graphics& g) const;

    std::vector<Clip> clips;
    double visibleSeconds = 10.0;
    double playHead = 0.0;
    float gain = 1.0f; // of the drawing, so that quiet speech fills the height too
};
} // namespace tableread::plugin
