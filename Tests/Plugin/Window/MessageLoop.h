// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <thread>

#include <juce_gui_basics/juce_gui_basics.h>

namespace juce
{
bool dispatchNextMessageOnSystemQueue (bool returnIfNoPendingMessages); // what JUCE's own loop calls
} // namespace juce

namespace tableread::test
{
/** JUCE for a program with windows but without a JUCEApplication. JUCE is told that it is one: else a fault that the X server
    reports, as where there is no window manager, would end the program. */
struct WindowJuce
{
    struct Told
    {
        Told()
        {
            juce::JUCEApplicationBase::createInstance = []() -> juce::JUCEApplicationBase* {
                return nullptr;
            };
        }
        ~Told() { juce::JUCEApplicationBase::createInstance = nullptr; }
    } told;
    juce::ScopedJuceInitialiser_GUI gui;
};

/** Does what the message thread is asked for until something holds, or the limit. @returns whether it holds. */
template <typename Condition>
bool dispatchUntil (Condition condition, std::chrono::milliseconds limit = std::chrono::seconds (20))
{
    const auto end = std::chrono::steady_clock::now() + limit;
    while (! condition())
    {
        if (std::chrono::steady_clock::now() > end)
            return false;
        if (! juce::dispatchNextMessageOnSystemQueue (true))
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
    }
    return true;
}

inline void dispatchFor (std::chrono::milliseconds time)
{
    dispatchUntil ([] { return false; }, time);
}
} // namespace tableread::test
