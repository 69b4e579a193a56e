// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Look/Icons.h"

#include <array>

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr float lineWidth = 2.0f;

/** An icon in the words of SVG paths: lines to be drawn, and areas to be filled. */
struct Drawing
{
    const char* lines = "";
    const char* areas = "";
};

#define TABLEREAD_DOT(x, y) "M" x " " y " m-1.4 0 a1.4 1.4 0 1 0 2.8 0 a1.4 1.4 0 1 0 -2.8 0 Z "
constexpr const char* loudspeaker = "M4 9.5 H7.5 L12 5.5 V18.5 L7.5 14.5 H4 Z";
constexpr const char* padlock = "M6 11 H18 V20 H6 Z";

constexpr std::array<Drawing, (std::size_t) Icon::Count> drawings {
    Drawing { "", "M8 5 L19 12 L8 19 Z" },                 // Play
    { "", "M7 5 H10.5 V19 H7 Z M13.5 5 H17 V19 H13.5 Z" }, // Pause
    { "", "M6 6 H18 V18 H6 Z" },                           // Stop
    { "", "M19 5 V19 L9 12 Z M5 5 H7.5 V19 H5 Z" },        // ToStart
    { "M8 8 H17 A3 3 0 0 1 20 11 V12 M16 16 H7 A3 3 0 0 1 4 13 V12",
      "M9.5 12 L4.5 8 L9.5 4 Z M14.5 12 L19.5 16 L14.5 20 Z" },                                // Loop
    { "M8 11 V8 A4 4 0 0 1 16 8 V11", padlock },                                               // Lock
    { "M8 11 V7 A4 4 0 0 1 15.8 6", padlock },                                                 // Unlock
    { "M12 15 V21", "M8.5 3 H15.5 V5 L14.5 6 V10 L17 12.5 V15 H7 V12.5 L9.5 10 V6 L8.5 5 Z" }, // Pin
    { "M4.5 4.5 H19.5 V19.5 H4.5 Z",
      TABLEREAD_DOT ("8.5", "8.5") TABLEREAD_DOT ("15.5", "8.5") TABLEREAD_DOT ("12", "12")
          TABLEREAD_DOT ("8.5", "15.5") TABLEREAD_DOT ("15.5", "15.5") },               // Reroll
    { "M19 12 A7 7 0 1 1 16.2 6.4", "M18.8 2.8 L18.2 9.6 L12.6 5.6 Z" },                // Retry
    { "M12 4 L21 19.5 H3 Z M12 10 V14", TABLEREAD_DOT ("12", "16.8") },                 // Warning
    { "M12 3.5 A8.5 8.5 0 1 1 11.99 3.5 Z M12 11 V16.5", TABLEREAD_DOT ("12", "7.8") }, // Info
    { "M5 12.5 L10 17.5 L19 7", "" },                                                   // Check
    { "M12 5 V19 M5 12 H19", "" },                                                      // Plus
    { "M5 12 H19", "" },                                                                // Minus
    { "M6 6 L18 18 M18 6 L6 18", "" },                                                  // Close
    { "M6 15 L12 9 L18 15", "" },                                                       // Up
    { "M6 9 L12 15 L18 9", "" },                                                        // Down
    { "M15 6 L9 12 L15 18", "" },                                                       // Left
    { "M9 6 L15 12 L9 18", "" },                                                        // Right
    { "M10.5 4.5 A6 6 0 1 1 10.49 4.5 Z M15 15 L20 20", "" },                           // Search
    { "M10.5 4.5 A6 6 0 1 1 10.49 4.5 Z M15 15 L20 20 M10.5 8 V13 M8 10.5 H13", "" },   // ZoomIn
    { "M10.5 4.5 A6 6 0 1 1 10.49 4.5 Z M15 15 L20 20 M8 10.5 H13", "" },               // ZoomOut
    { "M3.5 18.5 V6 H9.5 L11.5 8.5 H20.5 V18.5 Z", "" },                                // Folder
    { "M6 3.5 H14 L18 7.5 V20.5 H6 Z M9 11 H15 M9 15.5 H15", "" },                      // Document
    { "M7 7 H17 V17 H7 Z M10 3.5 V7 M14 3.5 V7 M10 17 V20.5 M14 17 V20.5 M3.5 10 H7 M3.5 14 H7 "
      "M17 10 H20.5 M17 14 H20.5",
      "" },                                                                                      // Engine
    { "M12 3.5 V11 M7.8 6.3 A7.2 7.2 0 1 0 16.2 6.3", "" },                                      // Power
    { "M5 9 H14 A5 5 0 0 1 14 19 H9 M9.5 4.5 L5 9 L9.5 13.5", "" },                              // Undo
    { "M19 9 H10 A5 5 0 0 0 10 19 H15 M14.5 4.5 L19 9 L14.5 13.5", "" },                         // Redo
    { "M12 15 V4 M7.5 8.5 L12 4 L16.5 8.5 M5 14 V19.5 H19 V14", "" },                            // Export
    { "M12 4 V15 M7.5 10.5 L12 15 L16.5 10.5 M5 14 V19.5 H19 V14", "" },                         // Import
    { "M15 9 A4.2 4.2 0 0 1 15 15 M17.5 6.5 A7.8 7.8 0 0 1 17.5 17.5", loudspeaker },            // Sound
    { "M15.5 9.5 L20.5 14.5 M20.5 9.5 L15.5 14.5", loudspeaker },                                // Mute
    { "M5 7 H19 M9.5 7 V4.5 H14.5 V7 M7 7 L8 20 H16 L17 7 M10.5 11 V16 M13.5 11 V16", "" },      // Trash
    { "M5 19 L6 15 L16 5 L19 8 L9 18 Z", "" },                                                   // Pencil
    { "", TABLEREAD_DOT ("12", "5.5") TABLEREAD_DOT ("12", "12") TABLEREAD_DOT ("12", "18.5") }, // More
    { "M4.5 20 A7.5 7 0 0 1 19.5 20", "M12 4 A4 4 0 1 1 11.99 4 Z" },                            // Person
};
#undef TABLEREAD_DOT

juce::Path made (const Drawing& drawing)
{
    auto path = juce::Drawable::parseSVGPath (drawing.areas);
    const auto lines = juce::Drawable::parseSVGPath (drawing.lines);
    if (! lines.isEmpty())
    {
        juce::Path drawn;
        const juce::PathStrokeType pen (lineWidth, juce::PathStrokeType::curved,
                                        juce::PathStrokeType::rounded);
        pen.createStrokedPath (drawn, lines, {}, 4.0f); // as smooth as at four times the size
        path.addPath (drawn);
    }
    return path;
}
} // namespace

const juce::Path& pathOf (Icon icon)
{
    static const auto paths = [] {
        std::array<juce::Path, drawings.size()> all;
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = made (drawings[i]);
        return all;
    }();
    return paths[(std::size_t) icon];
}

void drawIcon (juce::Graphics& g, Icon icon, juce::Rectangle<float> area, juce::Colour colour)
{
    constexpr float size = 24.0f;
    const auto scale = std::min (area.getWidth(), area.getHeight()) / size;
    const auto place = area.withSizeKeepingCentre (size * scale, size * scale).getPosition();
    g.setColour (colour);
    g.fillPath (pathOf (icon), juce::AffineTransform::scale (scale).translated (place));
}

IconButton::IconButton (Icon icon, const juce::String& title) : Button (title), shown (icon)
{
    show (icon, title);
}

void IconButton::show (Icon icon, const juce::String& title)
{
    if (getTooltip() == getTitle())
        setTooltip (title);
    setTitle (title);
    if (std::exchange (shown, icon) != icon)
        repaint();
}

void IconButton::paintButton (juce::Graphics& g, bool isOver, bool isDown)
{
    const auto isLit = isEnabled() && (isOver || isDown || getToggleState());
    if (isLit)
        getLookAndFeel().drawButtonBackground (g, *this, Theme::line, isOver, isDown);
    const auto colour = isColourSpecified (IconColour) ? findColour (IconColour)
                        : getToggleState()             ? Theme::accent
                                                       : Theme::text;
    const auto side = 0.62f * (float) std::min (getWidth(), getHeight());
    drawIcon (g, shown, getLocalBounds().toFloat().withSizeKeepingCentre (side, side),
              colour.withMultipliedAlpha (isEnabled() ? 1.0f : 0.4f));
}
} // namespace tableread::plugin
