// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <string>

#include "Editor/Look/Theme.h"

namespace tableread::test
{
/** Draws a component on the theme's background, at a scale; also into a file of the folder TABLEREAD_PICTURES, if that is set, to be looked at. */
inline juce::Image pictureOf (juce::Component& component, const std::string& name, float scale = 1.0f)
{
    const auto drawn = component.createComponentSnapshot (component.getLocalBounds(), true, scale);
    juce::Image picture (juce::Image::ARGB, drawn.getWidth(), drawn.getHeight(), true);
    juce::Graphics graphics (picture);
    graphics.fillAll (plugin::Theme::background);
    graphics.drawImageAt (drawn, 0, 0);
    if (const char* const folder = std::getenv ("TABLEREAD_PICTURES"))
    {
        const juce::File file (juce::File (folder).getChildFile (juce::String::fromUTF8 (name.c_str()) + "@" +
                                                                 juce::String (scale, 0) + ".png"));
        file.deleteFile();
        juce::FileOutputStream stream (file);
        juce::PNGImageFormat().writeImageToStream (picture, stream);
    }
    return picture;
}

/** How many pixels have exactly this colour. */
inline int pixelsOf (const juce::Image& picture, juce::Colour colour)
{
    int count = 0;
    for (int y = 0; y < picture.getHeight(); ++y)
        for (int x = 0; x < picture.getWidth(); ++x)
            count += picture.getPixelAt (x, y) == colour;
    return count;
}

/** The component in another one, or below it, of this kind and with this title; null: there is none. */
template <typename Kind>
Kind* findTitled (juce::Component& in, const juce::String& title)
{
    for (auto* const child : in.getChildren())
    {
        if (auto* const kind = dynamic_cast<Kind*> (child); kind != nullptr && child->getTitle() == title)
            return kind;
        if (auto* const inside = findTitled<Kind> (*child, title))
            return inside;
    }
    return nullptr;
}

/** pictureOf() at scale 1 and 2, for people to look at. */
inline void picture (juce::Component& component, const std::string& name)
{
    for (const float scale : { 1.0f, 2.0f })
        pictureOf (component, name, scale);
}
} // namespace tableread::test
