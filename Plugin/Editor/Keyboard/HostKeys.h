// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** Keys that nothing with the keyboard wants: the editor's, as JUCE does not give it those that are pressed while nothing has the
    keyboard; what it has no use for goes to the host. On X11 the window with the keyboard gets all keys: once something was
    clicked here that is ours, and the host would hear neither space nor the other keys of its transport. Elsewhere hosts see
    keys first. Message thread. */
class HostKeys : private juce::KeyListener, private juce::ComponentListener
{
public:
    /** It outlives this. */
    explicit HostKeys (juce::Component& editorOfPlugin);
    ~HostKeys() override;

private:
    bool keyPressed (const juce::KeyPress& key, juce::Component*) override;
    void componentParentHierarchyChanged (juce::Component&) override
    {
        watch (editor.getTopLevelComponent());
    }
    void watch (juce::Component* window);
    void pass (const juce::KeyPress& key);

    juce::Component& editor;
    juce::Component::SafePointer<juce::Component> watched;
    juce::KeyPress last; // and when it was passed: a host that sends it back does not get it again
    juce::uint32 lastTime = 0;
};
} // namespace tableread::plugin
