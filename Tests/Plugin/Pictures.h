// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <string>

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::test
{
/** If TABLEREAD_PICTURES names a folder, draws a component into it, at scale 1 and 2: NAME@1.png, NAME@2.png. For people to
    look at. */
inline void picture (juce::Component& component, const std::string& name)
{
    const char* folder = std::getenv ("TABLEREAD_PICTURES");
    if (folder == nullptr)
        return;
    for (const int scale : { 1, 2 })
    {
        const auto image =
            component.createComponentSnapshot (component.getLocalBounds(), true, (float) scale);
        const juce::File file (juce::String (folder) + "/" + name + "@" + juce::String (scale) + ".png");
        file.deleteFile();
        juce::FileOutputStream out (file);
        juce::PNGImageFormat().writeImageToStream (image, out);
    }
}
} // namespace tableread::test
