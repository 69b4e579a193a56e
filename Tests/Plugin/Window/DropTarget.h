// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include <juce_events/juce_events.h>
#include <juce_graphics/juce_graphics.h>

namespace tableread::test
{
/** A window of another program, which takes files that are dropped on it: XDND, as hosts and file managers speak it. */
class DropTarget : private juce::Timer
{
public:
    explicit DropTarget (juce::Rectangle<int> place);
    ~DropTarget() override;

    /** The list of URIs that was dropped last; empty: none was. */
    const std::string& dropped() const { return uris; }

private:
    void timerCallback() override; // what has come

    struct Connection;
    std::unique_ptr<Connection> x;
    std::string uris;
};
} // namespace tableread::test
