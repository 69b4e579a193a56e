// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Menus.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <juce_gui_extra/juce_gui_extra.h>

#include "Editor/Look/Theme.h"
#include "Passage/Names.h"
#include "Project/Casting.h"

namespace tableread::plugin
{
namespace
{
constexpr int themeColours = 8, busCount = 16;
constexpr juce::uint32 alphaBits = 0xff000000;

/** A field for the name of a mood, in a bubble. Return adds it, Escape closes the bubble. */
class MoodNameField : public juce::Component
{
public:
    MoodNameField (std::weak_ptr<CastContext> shared, std::string who)
        : context (std::move (shared))
        , speaker (std::move (who))
    {
        field.setFont (Theme::font (15.0f));
        field.setIndents (8, 5);
        field.setTitle ("The name of the mood");
        field.setTextToShowWhenEmpty ("whispering", Theme::dim);
        field.onReturnKey = [this] { add(); };
        field.onEscapeKey = [this] { close(); };
        addAndMakeVisible (field);
        setSize (200, 30);
    }

    void resized() override { field.setBounds (getLocalBounds()); }
    void parentHierarchyChanged() override
    {
        if (isShowing())
            field.grabKeyboardFocus();
    }

private:
    void add()
    {
        if (const auto still = context.lock())
            still->edit (still->model.addMood (speaker, field.getText().toStdString()));
        close();
    }

    void close()
    {
        if (auto* const bubble = findParentComponentOfClass<juce::CallOutBox>())
            bubble->dismiss();
    }

    const std::weak_ptr<CastContext> context;
    const std::string speaker;
    juce::TextEditor field;
};

/** Any colour. It is somebody's when the bubble closes, so that one choice is one step of undo. */
class ColourField : public juce::Component
{
public:
    ColourField (std::weak_ptr<CastContext> shared, std::string who, juce::Colour now)
        : context (std::move (shared))
        , speaker (std::move (who))
        , before (now)
    {
        selector.setCurrentColour (now, juce::dontSendNotification);
        selector.setTitle ("Colour");
        addAndMakeVisible (selector);
        setSize (220, 220);
    }

    ~ColourField() override
    {
        const auto chosen = selector.getCurrentColour();
        const auto still = context.lock();
        if (still != nullptr && chosen != before)
            still->edit (still->model.setColour (speaker, chosen.getARGB() & ~alphaBits));
    }

    void resized() override { selector.setBounds (getLocalBounds()); }

private:
    const std::weak_ptr<CastContext> context;
    const std::string speaker;
    const juce::Colour before;
    juce::ColourSelector selector { juce::ColourSelector::showColourspace |
                                    juce::ColourSelector::editableColour };
};

void openBubble (std::unique_ptr<juce::Component> content, juce::Component& anchor)
{
    auto* const window = anchor.getTopLevelComponent();
    juce::CallOutBox::launchAsynchronously (std::move (content),
                                            window->getLocalArea (&anchor, anchor.getLocalBounds()), window);
}

std::unique_ptr<juce::Drawable> swatch (juce::Colour colour)
{
    juce::Path shape;
    shape.addRoundedRectangle (0.0f, 0.0f, 16.0f, 16.0f, 3.0f);
    auto drawable = std::make_unique<juce::DrawablePath>();
    drawable->setPath (shape);
    drawable->setFill (colour);
    return drawable;
}

/** An item with words of the user's, in whatever writing system: the look has one font for items. */
class WordsItem : public juce::PopupMenu::CustomComponent
{
public:
    WordsItem (std::shared_ptr<Typefaces> typefaces, std::string shownWords)
        : faces (std::move (typefaces))
        , words (std::move (shownWords))
    {}

    void getIdealSize (int& width, int& height) override
    {
        getLookAndFeel().getIdealPopupMenuItemSize ({}, false, 0, width, height);
        width = (int) widthOf (*faces, words, itemFont) + 3 * height;
    }

    void paint (juce::Graphics& g) override
    {
        const bool isTicked = getItem() != nullptr && getItem()->isTicked, isOver = isItemHighlighted();
        getLookAndFeel().drawPopupMenuItem (g, getLocalBounds(), false, true, isOver, isTicked, false, {}, {},
                                            nullptr, nullptr);
        g.setColour (
            findColour (isOver ? juce::PopupMenu::highlightedTextColourId : juce::PopupMenu::textColourId));
        const auto tickRoom = 6.0f + (float) getHeight() / 1.3f; // as the look has it
        drawWords (
            g, *faces, words,
            { getLocalBounds().toFloat().withTrimmedLeft (tickRoom).withTrimmedRight (4.0f), itemFont });
    }

private:
    static constexpr float itemFont = 15.0f;
    const std::shared_ptr<Typefaces> faces;
    const std::string words;
};

juce::PopupMenu::Item wordsItem (const CastContext& context, const std::string& words, bool isTicked,
                                 std::function<void()> action)
{
    juce::PopupMenu::Item item (textOf (words));
    item.setTicked (isTicked);
    item.setAction (std::move (action));
    item.setCustomComponent (new WordsItem (context.faces, words));
    return item;
}

/** The directions of the script that have no voice yet, and one that is typed. */
juce::PopupMenu moodMenu (CastContext& context, const CastEntry& entry, juce::Component& anchor)
{
    constexpr std::size_t mostDirections = 20;
    const auto speaker = entry.speaker;
    juce::PopupMenu menu;
    for (std::size_t at = 0; at < std::min (entry.openDirections.size(), mostDirections); ++at)
    {
        const auto& direction = entry.openDirections[at];
        menu.addItem (wordsItem (context, "(" + direction + ")", false,
                                 whileShown (context, [speaker, direction] (CastContext& shown) {
                                     shown.edit (shown.model.addMood (speaker, direction));
                                 })));
    }
    menu.addItem (
        juce::String::fromUTF8 ("A mood of another name\u2026"),
        whileShown (context, [speaker, near = juce::Component::SafePointer<juce::Component> (&anchor)] (
                                 CastContext& shown) {
            if (near != nullptr)
                openBubble (std::make_unique<MoodNameField> (shown.weak_from_this(), speaker), *near);
        }));
    return menu;
}
} // namespace

juce::PopupMenu voiceMenu (CastContext& context, const CastEntry& entry, const CastVoice& voice,
                           juce::Component& anchor)
{
    const auto speaker = entry.speaker, direction = voice.direction;
    const auto isRecorded = ! voice.reference.path.empty();
    juce::PopupMenu menu;
    if (! context.modelVoices.empty())
        menu.addSectionHeader ("The model's voices");
    for (const auto& name : context.modelVoices)
    {
        const auto isUsed = ! isRecorded && sameName (voice.reference.name, name);
        menu.addItem (wordsItem (context, project::shownName ({ name, {} }), isUsed,
                                 whileShown (context, [speaker, direction, name] (CastContext& shown) {
                                     shown.edit (shown.model.chooseVoice (speaker, direction, { name, {} }));
                                 })));
    }
    menu.addSectionHeader ("A recording");
    if (isRecorded)
        menu.addItem (wordsItem (context, voice.label, true, [] {}));
    menu.addItem (juce::String::fromUTF8 (voice.isMissing ? "Locate it\u2026" : "Choose a file\u2026"),
                  whileShown (context, [speaker, direction] (CastContext& shown) {
                      shown.chooseRecording (speaker, direction);
                  }));
    if (! direction.empty())
    {
        menu.addSeparator();
        menu.addItem ("Remove this mood", whileShown (context, [speaker, direction] (CastContext& shown) {
                          shown.edit (shown.model.removeMood (speaker, direction));
                      }));
    }
    else
    {
        menu.addSeparator();
        menu.addSubMenu ("Another voice for a mood", moodMenu (context, entry, anchor));
        menu.addItem ("Take my choice back", entry.isChosen, false,
                      whileShown (context, [speaker] (CastContext& shown) {
                          shown.edit (shown.model.takeBackVoice (speaker));
                      }));
    }
    return menu;
}

juce::PopupMenu busMenu (CastContext& context, const CastEntry& entry)
{
    juce::PopupMenu menu;
    for (int bus = 0; bus <= busCount; ++bus)
        menu.addItem (bus == 0 ? juce::String ("Main bus alone") : "Main bus and bus " + juce::String (bus),
                      true, entry.bus == bus,
                      whileShown (context, [speaker = entry.speaker, bus] (CastContext& shown) {
                          shown.edit (shown.model.setBus (speaker, bus));
                      }));
    return menu;
}

juce::PopupMenu colourMenu (CastContext& context, const CastEntry& entry, juce::Component& anchor)
{
    const auto speaker = entry.speaker;
    const auto set = [&] (std::uint32_t rgb) {
        return whileShown (context, [speaker, rgb] (CastContext& shown) {
            shown.edit (shown.model.setColour (speaker, rgb));
        });
    };
    juce::PopupMenu menu;
    menu.addItem ("The theme's", true, entry.colour.chosen == 0, set (0));
    for (int number = 0; number < themeColours; ++number)
    {
        const auto colour = Theme::speaker (number);
        juce::PopupMenu::Item item ("Colour " + juce::String (number + 1));
        item.setImage (swatch (colour));
        item.setAction (set (colour.getARGB() & ~alphaBits));
        menu.addItem (std::move (item));
    }
    menu.addItem (
        juce::String::fromUTF8 ("Another colour\u2026"),
        whileShown (
            context, [speaker, now = Theme::speaker (entry.colour),
                      near = juce::Component::SafePointer<juce::Component> (&anchor)] (CastContext& shown) {
                if (near != nullptr)
                    openBubble (std::make_unique<ColourField> (shown.weak_from_this(), speaker, now), *near);
            }));
    return menu;
}
} // namespace tableread::plugin
