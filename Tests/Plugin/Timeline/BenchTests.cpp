// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <ctime>
#include <iostream>

#include <catch2/catch.hpp>

#include "Window.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using playback::PartState;

namespace
{
constexpr double frameTime = 16.0; // milliseconds

std::string linesOf (int count, int speakers)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "Speaker " + std::to_string (i % speakers) + ": The train stood still for an hour. Number " +
                std::to_string (i) + ".\n";
    return text;
}

/** CPU time of this thread, in milliseconds: what else runs on the machine does not count. */
template <typename Action>
double timeOf (Action&& action)
{
    const auto now = [] {
        timespec time {};
        ::clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
        return (double) time.tv_sec * 1e3 + (double) time.tv_nsec * 1e-6;
    };
    const auto begun = now();
    action();
    return now() - begun;
}

/** Takes of many lines, which share their samples' shape but not their memory. */
void speakAll (TimelineScene& scene)
{
    auto next = std::make_shared<playback::View> (*scene.view);
    const auto speech = likeSpeech (2 * modelSampleRateHz);
    for (auto& part : next->parts)
    {
        auto take = std::make_shared<Take>();
        take->append (speech);
        take->finish();
        part.take = take;
        part.state = PartState::Done;
    }
    scene.view = next;
}
} // namespace

TEST_CASE ("The timeline of 3000 lines is drawn within a frame while 8 of them grow",
           "[.slow][serial][plugin][timeline]")
{
    TimelineWindow window (linesOf (3000, 8), 1200, 800);
    speakAll (window.scene);
    std::vector<std::shared_ptr<Take>> growing;
    for (std::size_t i = 0; i < 8; ++i)
        growing.push_back (window.scene.speak (i, 0.1));
    window.scene.music = HostMusic {};
    const auto shown = timeOf ([&] { window.show(); });
    std::cout << "another view of 3000 lines: " << shown << " ms\n";
    CHECK (shown <= frameTime);
    window.scene.apply (project::SetAnchor { window.scene.line (1500), project::AtSeconds { 4000.0 } });
    const auto edited = timeOf ([&] { window.show(); });
    std::cout << "another document of 3000 lines: " << edited << " ms\n";
    CHECK (edited <= frameTime);

    juce::Image screen (juce::Image::ARGB, 1200, 800, true);
    const auto paint = [&] {
        juce::Graphics g (screen);
        window.view.paintEntireComponent (g, false);
    };
    const auto zooms = { 1e-6, 30.0, 4.0, 3.0, 2.0, 5.0 }; // from everything to a few syllables
    for (const auto factor : zooms)
    {
        window.view.zoomBy (factor);
        paint(); // peaks of what is seen
        std::vector<double> times, scrolls;
        for (int i = 0; i < 30; ++i)
        {
            for (auto& take : growing)
                take->append (likeSpeech (400));
            times.push_back (timeOf ([&] {
                window.show (0.01 * i, true);
                paint();
            }));
        }
        for (int i = 0; i < 30; ++i)
            scrolls.push_back (timeOf ([&] {
                window.press (i % 2 == 0 ? juce::KeyPress::pageDownKey : juce::KeyPress::pageUpKey);
                paint();
            }));
        std::sort (times.begin(), times.end());
        std::sort (scrolls.begin(), scrolls.end());
        std::cout << window.view.model().scale().visible() << " s on the screen: " << times[15]
                  << " ms, at most " << times.back() << " ms; a page further: " << scrolls[15] << " ms\n";
        CHECK (times[27] <= frameTime);
        CHECK (scrolls[27] <= frameTime);
    }
}
