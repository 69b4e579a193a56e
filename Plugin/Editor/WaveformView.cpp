// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/WaveformView.h"

#include <cmath>

#include "Editor/StatusText.h"
#include "Editor/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int rulerHeight = 20;
constexpr double rate = (double) modelSampleRateHz;

/** The shortest of the usual steps that leaves room for the ruler's numbers. */
double rulerStep (double secondsPerPixel)
{
    for (const double step : { 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0 })
        if (step / secondsPerPixel >= 64.0)
            return step;
    return 600.0;
}
} // namespace

void WaveformView::show (const playback::View& view, const ReadingMarks& marks, double playSeconds)
{
    const bool changed = place (view, marks);
    if (changed || std::abs (playSeconds - playHead) * getWidth() / visibleSeconds > 0.5)
    {
        playHead = playSeconds;
        repaint();
    }
}

bool WaveformView::place (const playback::View& view, const ReadingMarks& marks)
{
    static const auto none = std::make_shared<const Take>();
    bool changed = clips.size() != view.parts.size();
    while (clips.size() > view.parts.size())
        clips.pop_back();
    double end = 0.0;
    for (std::size_t i = 0; i < view.parts.size(); ++i)
    {
        const auto& part = view.parts[i];
        const auto& take = part.take != nullptr ? part.take : none;
        if (i == clips.size() || clips[i].peaks.take() != take.get())
        {
            Clip fresh { TakePeaks (take) };
            if (i == clips.size())
                clips.push_back (std::move (fresh));
            else
                clips[i] = std::move (fresh);
            changed = true;
        }
        auto& clip = clips[i];
        const auto start = (double) part.place.start.value / rate,
                   length = (double) part.place.length.value / rate;
        changed = clip.peaks.update() || changed || clip.state != part.state;
        clip.state = part.state;
        clip.speaker = marks.speakerOf (part.line);
        clip.rendered = (double) take->audio().rendered() / rate;
        changed = changed || clip.start != start || clip.length != length;
        clip.start = start;
        clip.length = length;
        end = std::max (end, start + length);
    }
    visibleSeconds = std::max (10.0, end * 1.02);
    float loudest = 0.0f;
    for (const auto& clip : clips)
        loudest = std::max (loudest, clip.peaks.loudest());
    gain = std::min (4.0f, 1.0f / std::max (loudest, 0.01f));
    return changed;
}

float WaveformView::toX (double seconds) const
{
    return (float) (seconds / visibleSeconds * getWidth());
}

void WaveformView::paint (juce::Graphics& g)
{
    g.fillAll (Theme::field);
    auto area = getLocalBounds();
    paintRuler (g, area.removeFromTop (rulerHeight));
    const auto lane = area.reduced (0, 6).toFloat();
    for (const auto& clip : clips)
    {
        // Whole pixels, with one pixel between neighbours.
        const auto left = std::round (toX (clip.start)),
                   right = std::round (toX (clip.start + clip.length)) - 1.0f;
        paintClip (g, clip, lane.withX (left).withRight (right));
    }
    if (clips.empty())
    {
        g.setColour (Theme::dim.withAlpha (0.7f));
        g.setFont (Theme::font (14.0f));
        g.drawText ("Speech appears here while it is rendered", lane, juce::Justification::centred);
    }
    paintPlayHead (g);
}

void WaveformView::paintRuler (juce::Graphics& g, juce::Rectangle<int> area) const
{
    g.setColour (Theme::panel);
    g.fillRect (area);
    g.setFont (Theme::font (11.0f));
    const auto step = rulerStep (visibleSeconds / std::max (1, getWidth()));
    for (int i = 0; i * step < visibleSeconds; ++i)
    {
        const auto x = toX (i * step);
        g.setColour (Theme::line);
        g.drawVerticalLine ((int) x, (float) area.getY() + 4.0f, (float) getHeight());
        g.setColour (Theme::dim);
        const auto text = clockText (i * step);
        g.drawText (step < 1.0 ? text : text.substr (0, text.size() - 2), (int) x + 4, area.getY(), 60,
                    area.getHeight(), juce::Justification::centredLeft);
    }
}

void WaveformView::paintClip (juce::Graphics& g, const Clip& clip, juce::Rectangle<float> area) const
{
    if (area.getWidth() < 1.0f)
        return;
    const auto colour =
        clip.state == playback::PartState::Failed ? Theme::bad : Theme::speaker (clip.speaker);
    const auto spoken = area.withWidth (std::min (area.getWidth(), std::round (toX (clip.rendered))));
    g.setColour (colour.withAlpha (0.13f));
    g.fillRoundedRectangle (area, 3.0f);
    if (spoken.getRight() < area.getRight() - 1.0f)
    {
        const juce::Graphics::ScopedSaveState saved (g);
        g.reduceClipRegion (area.withLeft (spoken.getRight()).getSmallestIntegerContainer());
        g.setColour (colour.withAlpha (0.22f));
        for (auto x = area.getX() - area.getHeight(); x < area.getRight(); x += 7.0f)
            g.drawLine (x, area.getBottom(), x + area.getHeight(), area.getY(), 1.0f);
    }

    g.setColour (colour);
    const auto middle = area.getCentreY(), half = area.getHeight() * 0.47f;
    const auto samplesPerPixel = visibleSeconds * rate / std::max (1, getWidth());
    for (int x = 0; x < (int) std::ceil (spoken.getWidth()); ++x)
    {
        const auto peak = clip.peaks.between ((std::int64_t) (x * samplesPerPixel),
                                              (std::int64_t) ((x + 1) * samplesPerPixel));
        const auto high = std::min (peak.high * gain, 1.0f) * half,
                   low = std::max (peak.low * gain, -1.0f) * half;
        g.fillRect (area.getX() + (float) x, middle - high, 1.0f, std::max (1.0f, high - low));
    }
}

void WaveformView::paintPlayHead (juce::Graphics& g) const
{
    const auto x = toX (playHead);
    if (playHead < 0.0 || x > (float) getWidth())
        return;
    g.setColour (Theme::text);
    g.fillRect (x, 0.0f, 1.5f, (float) getHeight());
    juce::Path handle;
    handle.addTriangle (x - 5.0f, 0.0f, x + 6.5f, 0.0f, x + 0.75f, 8.0f);
    g.fillPath (handle);
}

void WaveformView::mouseDown (const juce::MouseEvent& event)
{
    if (onLocate)
        onLocate (juce::jlimit (0.0, visibleSeconds,
                                event.position.x / std::max (1.0f, (float) getWidth()) * visibleSeconds));
}
} // namespace tableread::plugin
