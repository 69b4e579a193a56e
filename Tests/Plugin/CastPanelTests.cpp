// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <catch2/catch.hpp>

#include "Editor/Cast/Panel.h"
#include "Editor/Look/Theme.h"
#include "Pictures.h"
#include "Project/Lookup.h"
#include "Project/Project.h"
#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::plugin;
using test::findTitled;

namespace
{
/** A project and the panel of its cast, without a window. */
struct Dressing
{
    explicit Dressing (const std::string& script, int width = 320, int height = 420)
        : project (test::documentOf (script))
    {
        panel.setLookAndFeel (&theme);
        panel.setSize (width, height);
        panel.onEdit = [this] (const project::Edit& edit) {
            auto done = project.edit (edit);
            show();
            return done;
        };
        show();
    }

    ~Dressing() { panel.setLookAndFeel (nullptr); }

    void show()
    {
        project.giveVoices (voices);
        panel.show (project.document(), voices);
    }

    const project::Member& member (const std::string& speaker) const
    {
        const auto* const found = project::memberOf (*project.document(), speaker);
        REQUIRE (found != nullptr);
        return *found;
    }

    template <typename Kind>
    Kind& find (const juce::String& title)
    {
        auto* const found = findTitled<Kind> (panel, title);
        INFO (title);
        REQUIRE (found != nullptr);
        return *found;
    }

    /** Chooses an item of a control's menu. */
    static void choose (const MenuField& field, const juce::String& item)
    {
        const auto menu = field.makeMenu();
        for (juce::PopupMenu::MenuItemIterator it (menu, true); it.next();)
            if (it.getItem().text == item)
                return it.getItem().action();
        FAIL ("the menu has no " << item);
    }

    juce::ScopedJuceInitialiser_GUI juce;
    const std::vector<std::string> voices { "anna", "ben", "clara", "david" };
    Theme theme;
    project::Project project;
    CastView panel;
};

std::string manySpeakers (int count)
{
    static const char* const names[] = {
        "Anna",
        "Ben",
        "\u674e\u534e",
        "Miss Henrietta Featherstonehaugh",
        "\u738b\u5c0f\u660e\u7684\u7956\u6bcd\u548c\u5979\u7684\u90bb\u5c45\u4eec",
        "Zo\u00eb",
        "\u0410\u043d\u043d\u0430",
        "DETECTIVE"
    };
    std::string script;
    for (int i = 0; i < count; ++i)
        script += std::string (names[i % 8]) + (i < 8 ? "" : " " + std::to_string (i)) + ": Good evening.\n";
    return script;
}
} // namespace

TEST_CASE ("The cast's panel has rows for those who are seen", "[plugin][cast]")
{
    Dressing dressing (manySpeakers (40));
    auto& panel = dressing.panel;
    REQUIRE (panel.entries().size() == 40);
    REQUIRE (panel.rowOf (0) != nullptr);
    CHECK (panel.rowOf (10) == nullptr);
    panel.reveal (39);
    CHECK (panel.rowOf (39) != nullptr);
    CHECK (panel.rowOf (0) == nullptr);
    CHECK (panel.rowOf (39)->entry().speaker == "DETECTIVE 39");
    panel.reveal (0);
    auto* const first = panel.rowOf (0);
    dressing.project.setTempo (90.0);
    dressing.show();
    CHECK (panel.rowOf (0) == first);
    REQUIRE (dressing.project.edit (project::SetScript { "Ben: 1\n" }));
    dressing.show();
    CHECK (panel.rowOf (0)->entry().speaker == "Ben");
    CHECK (panel.rowOf (1) == nullptr);
    REQUIRE (dressing.project.edit (project::SetScript { "" }));
    dressing.show();
    CHECK (panel.rowOf (0) == nullptr);
    CHECK (test::pixelsOf (test::pictureOf (panel, "cast-empty"), Theme::dim) > 20); // what to do first
}

TEST_CASE ("A voice is chosen from a menu, or a recording is dropped", "[plugin][cast]")
{
    Dressing dressing ("Tom: 1\nTom (softly): 2\nEve: 3\n");
    Dressing::choose (dressing.find<MenuField> ("Voice of Tom: Anna"), "David");
    CHECK (dressing.member ("Tom").isChosen);
    CHECK (dressing.member ("Tom").moods[0].voice.name == "david");
    CHECK (dressing.find<MenuField> ("Voice of Tom: David").text() == "David");

    auto* const row = dressing.panel.rowOf (0);
    REQUIRE (row != nullptr);
    CHECK_FALSE (row->isInterestedInFileDrag ({ "/x/notes.txt" }));
    REQUIRE (row->isInterestedInFileDrag ({ "/x/Tom loud.WAV" }));
    row->fileDragEnter ({ "/x/Tom loud.WAV" }, 20, 20);
    row->filesDropped ({ "/x/Tom loud.WAV" }, 20, 20);
    CHECK (dressing.member ("Tom").moods[0].voice == VoiceReference { "Tom loud", "/x/Tom loud.WAV" });

    const juce::Component::SafePointer<MenuField> usual (
        &dressing.find<MenuField> ("Voice of Tom: Tom loud.WAV"));
    Dressing::choose (*usual, "(softly)");
    row->filesDropped ({ "/x/soft.wav" }, 20, 50);
    REQUIRE (dressing.member ("Tom").moods.size() == 2);
    CHECK (usual != nullptr); // which may have the keyboard
    CHECK (dressing.member ("Tom").moods[1].voice.path == "/x/soft.wav");
    CHECK (dressing.member ("Tom").moods[0].voice.path == "/x/Tom loud.WAV");
    dressing.find<juce::TextButton> ("Remove the voice (softly) of Tom").onClick();
    CHECK (dressing.member ("Tom").moods.size() == 1);
    Dressing::choose (dressing.find<MenuField> ("Voice of Tom: Tom loud.WAV"), "Take my choice back");
    CHECK_FALSE (dressing.member ("Tom").isChosen);
}

TEST_CASE ("Bus, gain, mute and solo are set by mouse and keys", "[plugin][cast]")
{
    Dressing dressing ("Tom: 1\nEve: 2\n");
    Dressing::choose (dressing.find<MenuField> ("Bus of Eve: Main"), "Main bus and bus 16");
    CHECK (dressing.member ("Eve").bus == 16);
    dressing.find<juce::TextButton> ("Mute of Eve: off").onClick();
    CHECK (dressing.member ("Eve").isMuted);
    CHECK (dressing.find<juce::TextButton> ("Mute of Eve: on").getToggleState());
    dressing.find<juce::TextButton> ("Solo of Tom: off").onClick();
    CHECK (dressing.member ("Tom").isSolo);

    auto& gain = dressing.find<GainSlider> ("Gain of Tom");
    CHECK (gain.keyPressed (juce::KeyPress (juce::KeyPress::leftKey)));
    CHECK (dressing.member ("Tom").gainDb == -1.0);
    CHECK (gain.keyPressed (juce::KeyPress (juce::KeyPress::rightKey, juce::ModifierKeys::shiftModifier, 0)));
    CHECK (dressing.member ("Tom").gainDb == Approx (-0.9));
    CHECK (gain.keyPressed (juce::KeyPress (juce::KeyPress::deleteKey)));
    CHECK (dressing.member ("Tom").gainDb == 0.0);
    auto* const typed = dynamic_cast<juce::Label*> (gain.getChildComponent (0));
    REQUIRE (typed != nullptr);
    typed->setText ("-7.5", juce::sendNotificationSync);
    CHECK (dressing.member ("Tom").gainDb == -7.5);
    CHECK (typed->getText() == juce::String::fromUTF8 ("\u22127.5 dB"));
    typed->setText (typed->getText().replace ("7", "8"), juce::sendNotificationSync);
    CHECK (dressing.member ("Tom").gainDb == -8.5);
    CHECK (dressing.project.undo());
    dressing.show();
    CHECK (gain.getValue() == -7.5);
}

TEST_CASE ("A gain that is typed in has a ring, and what is selected of it is seen", "[plugin][cast]")
{
    Dressing dressing ("Tom: 1\n");
    auto& gain = dressing.find<GainSlider> ("Gain of Tom");
    auto* const label = dynamic_cast<juce::Label*> (gain.getChildComponent (0));
    REQUIRE (label != nullptr);
    const auto accents = [&] { return test::pixelsOf (test::pictureOf (gain, "cast-gain"), Theme::accent); };
    CHECK (accents() == 0);
    label->showEditor();
    CHECK (accents() > gain.getWidth());
    auto* const field = label->getCurrentTextEditor();
    REQUIRE (field != nullptr);
    const auto selected = Theme::field.overlaidWith (field->findColour (juce::TextEditor::highlightColourId));
    CHECK (selected.getBrightness() > Theme::field.getBrightness() + 0.2f);
    label->hideEditor (true);
    CHECK (accents() == 0);
}

TEST_CASE ("All of a row can be reached by keys, has a name, and leaves space to the host", "[plugin][cast]")
{
    Dressing dressing ("Tom: 1\nEve: 2\n");
    auto* const row = dressing.panel.rowOf (0);
    REQUIRE (row != nullptr);
    std::vector<int> orders;
    for (auto* const child : row->getChildren())
    {
        if (! child->isVisible())
            continue;
        INFO (child->getTitle());
        CHECK (child->getTitle().isNotEmpty());
        CHECK (child->getWantsKeyboardFocus());
        CHECK_FALSE (child->keyPressed (juce::KeyPress (juce::KeyPress::spaceKey, {}, ' ')));
        orders.push_back (child->getExplicitFocusOrder());
    }
    CHECK (orders.size() == 7);
    for (auto* const field : dressing.find<GainSlider> ("Gain of Tom").getChildren())
        CHECK_FALSE (field->getWantsKeyboardFocus()); // Return opens it
    std::sort (orders.begin(), orders.end());
    CHECK (orders.front() > 0);
    CHECK (std::unique (orders.begin(), orders.end()) == orders.end());
    CHECK (row->getTitle() == "Tom");
}

TEST_CASE ("Who has left is grey and can be removed; what is refused is said", "[plugin][cast]")
{
    Dressing dressing ("Tom: 1\nEve: 2\n");
    Dressing::choose (dressing.find<MenuField> ("Voice of Tom: Anna"), "David");
    REQUIRE (dressing.project.edit (project::SetScript { "Eve: 2\n" }));
    dressing.show();
    REQUIRE (dressing.panel.entries().size() == 2);
    dressing.find<juce::TextButton> ("Remove the voice of Tom").onClick();
    CHECK (dressing.panel.entries().size() == 1);

    dressing.panel.onEdit = [] (const project::Edit&) -> Result<void> {
        return tl::unexpected (Error { ErrorCode::InvalidInput, "the session is read-only.", {} });
    };
    dressing.find<juce::TextButton> ("Mute of Eve: off").onClick();
    CHECK (dressing.panel.problem() == "The session is read-only.");
    CHECK (test::pixelsOf (test::pictureOf (dressing.panel, "cast-problem"), Theme::bad) > 20);
    dressing.panel.onEdit = [] (const project::Edit&) { return Result<void>(); };
    dressing.find<juce::TextButton> ("Mute of Eve: off").onClick();
    CHECK (dressing.panel.problem().empty());
}

TEST_CASE ("A cast of any size is drawn, in any writing system", "[plugin][cast]")
{
    const auto count = GENERATE (2, 8, 40);
    Dressing dressing (manySpeakers (count));
    auto& project = dressing.project;
    const auto set = [&] (const std::string& speaker, const auto& change) {
        auto member = dressing.member (speaker);
        change (member);
        REQUIRE (project.edit (project::SetMember { member }));
    };
    set ("Anna", [] (project::Member& member) {
        member.isChosen = true;
        member.moods = { { "", { "anna", "/voices/Anna Schmidt, studio take 4.wav" }, {}, {} },
                         { "whispering", { "hush", "/voices/hush.wav" }, {}, {} } };
    });
    set ("Ben", [] (project::Member& member) {
        member.gainDb = -12.5;
        member.bus = 16;
        member.isMuted = true;
        member.colour = 0x40ff40;
    });
    dressing.show();
    for (const auto scale : { 1.0f, 2.0f })
    {
        const auto picture = test::pictureOf (dressing.panel, "cast-" + std::to_string (count), scale);
        CHECK (test::pixelsOf (picture, juce::Colour (0xff40ff40)) > 300);
        CHECK (test::pixelsOf (picture, Theme::speaker (0)) > 300);
    }
    if (count != 8)
        return;
    for (const auto& [width, height] : { std::pair (250, 300), std::pair (420, 700) })
    {
        dressing.panel.setSize (width, height);
        test::pictureOf (dressing.panel, "cast-8-" + std::to_string (width));
    }
    REQUIRE (project.edit (project::SetScript { "Ben: Hello.\nBen (shouting): Hello!\n" }));
    dressing.show();
    dressing.panel.setSize (320, 300);
    test::pictureOf (dressing.panel, "cast-left");
}

TEST_CASE ("A stem is taken by its speaker's row, by the mouse or into a file", "[plugin][cast][drag]")
{
    Dressing dressing ("Tom: 1\nEve: 2\n");
    std::vector<std::string> dragged, saved;
    const auto nameOf = [] (const playback::Dragged& what) {
        return std::get<playback::DraggedSpeaker> (what).name;
    };
    dressing.panel.sounds().drag = [&] (const playback::Dragged& what, juce::Component&) {
        dragged.push_back (nameOf (what));
    };
    dressing.panel.sounds().toFile = [&] (const playback::Dragged& what) { saved.push_back (nameOf (what)); };
    auto& grip = dressing.find<DragHandle> ("Drag Eve's stem out");
    CHECK (grip.isVisible());
    CHECK (grip.getWantsKeyboardFocus());
    CHECK (grip.getTooltip().isNotEmpty());
    const auto now = juce::Time::getCurrentTime();
    const juce::MouseEvent event (juce::Desktop::getInstance().getMainMouseSource(), { 9.0f, 9.0f },
                                  juce::ModifierKeys::leftButtonModifier, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, &grip,
                                  &grip, now, { 2.0f, 2.0f }, now, 1, true);
    grip.mouseDown (event);
    grip.mouseDrag (event);
    grip.mouseDrag (event);
    grip.mouseUp (event);
    CHECK (dragged == std::vector<std::string> { "Eve" });
    CHECK (saved.empty());
    juce::PopupMenu::dismissAllActiveMenus();

    REQUIRE (dressing.project.edit (project::SetScript { "Tom: 1\n" })); // who has left has no stem
    dressing.show();
    CHECK (findTitled<DragHandle> (dressing.panel, "Drag Tom's stem out")->isVisible());
    const auto* const gone = findTitled<DragHandle> (dressing.panel, "Drag Eve's stem out");
    CHECK ((gone == nullptr || ! gone->isVisible()));
}
