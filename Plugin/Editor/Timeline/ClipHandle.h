// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/Context.h"
#include "Editor/Timeline/Model/Words.h"

namespace tableread::plugin
{
/** What a screen reader finds of a clip. It draws nothing, and the mouse does not see it. */
class TimelineClipHandle : public juce::Component
{
public:
    explicit TimelineClipHandle (TimelineContext& shown) : context (shown)
    {
        setInterceptsMouseClicks (false, false);
    }

    void show (const TimelineClip& clip, juce::Rectangle<int> area)
    {
        line = clip.line();
        setTitle (textOf (describe (clip, context.model.clips().speakerOf (clip), context.model.music())));
        setBounds (area);
        setVisible (true);
    }

    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override
    {
        auto actions = juce::AccessibilityActions().addAction (juce::AccessibilityActionType::focus,
                                                               [this] { select(); });
        actions.addAction (juce::AccessibilityActionType::toggle, [this] { select(); });
        if (context.audition)
            actions.addAction (juce::AccessibilityActionType::press, [this] { context.audition (line); });
        return std::make_unique<Handler> (*this, std::move (actions));
    }

private:
    class Handler : public juce::AccessibilityHandler
    {
    public:
        Handler (TimelineClipHandle& handle, juce::AccessibilityActions actions)
            : AccessibilityHandler (handle, juce::AccessibilityRole::listItem, std::move (actions))
            , clip (handle)
        {}

        juce::AccessibleState getCurrentState() const override
        {
            const auto state = AccessibilityHandler::getCurrentState().withSelectable();
            return clip.context.model.selection.has (clip.line) ? state.withSelected() : state;
        }

    private:
        TimelineClipHandle& clip;
    };

    void select()
    {
        context.model.selection.set (line);
        context.changed();
    }

    TimelineContext& context;
    project::LineId line;
};
} // namespace tableread::plugin
