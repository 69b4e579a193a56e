// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Look/Theme.h"
#include "Editor/Takes/Panel.h"
#include "Pictures.h"
#include "Project/Passages.h"
#include "Project/Project.h"
#include "Project/Requests.h"
#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::plugin;
using Catch::Contains;
using project::LineId;
using project::TakeId;

namespace
{
/** A project and the panel of its first line's takes, without a window. */
struct Shelf
{
    explicit Shelf (const std::string& script) : project (test::documentOf (script))
    {
        panel.setLookAndFeel (&theme);
        panel.setSize (340, 420);
        panel.onEdit = [this] (const project::Edit& edit) {
            auto done = project.edit (edit);
            show();
            return done;
        };
        panel.onAudition = [this] (TakeId take) { heard.push_back (take.value); };
        panel.onRetry = [this] (LineId line) { retried.push_back (line.value); };
        panel.sounds.drag = [this] (const playback::Dragged& what, juce::Component&) {
            dragged.push_back (std::get<playback::DraggedLine> (what).line.value);
        };
        show();
    }

    ~Shelf() { panel.setLookAndFeel (nullptr); }

    void show() { panel.show (project.document(), view, { project.document()->lines[0]->id }); }

    TakeId render (project::TakeRecord::State state = project::TakeRecord::State::Done)
    {
        const auto document = project.document();
        const auto passage = passagesOf (*document).front();
        auto take = test::wholeTake (document->lines[0]->id, nameOf (*document, passage),
                                     seedOf (*document, passage));
        take.fingerprint = "cuda-sm90-bf16-fp8-k1-t88cb923c-5c1e0000";
        take.state = state;
        if (state == project::TakeRecord::State::Failed)
            take.failure =
                "voice \"Anna\": the recording is 0.4 s long, 3 s or more are needed. Choose a longer "
                "recording.";
        const auto id = project.addTake (take);
        show();
        return id;
    }

    juce::TextButton& button (const juce::String& text)
    {
        for (auto* const child : panel.getChildren())
            if (auto* const found = dynamic_cast<juce::TextButton*> (child);
                found != nullptr && found->getButtonText() == text)
                return *found;
        FAIL ("there is no button " << text);
        throw; // not reached
    }

    void click (const juce::String& text)
    {
        INFO (text);
        REQUIRE (button (text).isEnabled());
        button (text).onClick();
    }

    juce::ListBox& list() { return *test::findTitled<juce::ListBox> (panel, "Takes"); }

    juce::ScopedJuceInitialiser_GUI juce;
    Theme theme;
    project::Project project;
    std::shared_ptr<const playback::View> view = std::make_shared<playback::View>();
    TakesPanel panel;
    std::vector<std::uint64_t> heard, retried, dragged;
};
} // namespace

TEST_CASE ("The takes' panel chooses, locks, pins and asks for new takes", "[plugin][takes]")
{
    Shelf shelf ("Anna: Good evening.\n");
    CHECK_FALSE (shelf.button ("Choose").isEnabled());
    const auto first = shelf.render();
    shelf.click ("New take");
    CHECK (shelf.project.document()->lines[0]->reroll == 1);
    const auto second = shelf.render();
    REQUIRE (shelf.panel.state().entries().size() == 2);
    shelf.panel.select (1);
    shelf.click ("Choose");
    CHECK (shelf.project.document()->lines[0]->chosen == first);
    CHECK_FALSE (shelf.button ("Choose").isEnabled());
    CHECK (shelf.button ("Choose").getTooltip() == "This take is chosen.");
    shelf.click ("Newest");
    CHECK_FALSE (shelf.project.document()->lines[0]->chosen);
    shelf.click ("Pin");
    CHECK (shelf.panel.state().entryOf (first)->isPinned);
    shelf.click ("Unpin");
    CHECK_FALSE (shelf.panel.state().entryOf (first)->isPinned);
    shelf.click ("Lock");
    CHECK (shelf.project.document()->lines[0]->chosen == second);
    CHECK_FALSE (shelf.button ("New take").isEnabled());
    shelf.click ("Unlock");
    CHECK (shelf.button ("New take").isEnabled());
}

TEST_CASE ("Takes are heard by themselves and compared", "[plugin][takes]")
{
    Shelf shelf ("Anna: Good evening.\n");
    const auto first = shelf.render().value;
    CHECK_FALSE (shelf.button ("A/B").isEnabled());
    shelf.click ("New take");
    const auto second = shelf.render().value;
    shelf.panel.select (1);
    shelf.click ("A/B");
    shelf.click ("A/B");
    shelf.click ("A/B");
    CHECK (shelf.heard == std::vector<std::uint64_t> { first, second, first });
    shelf.click ("Stop");
    shelf.click ("Hear");
    shelf.panel.setAudition ({}); // it has ended
    CHECK (shelf.button ("Hear").isEnabled());
    shelf.click ("Hear");
    CHECK (shelf.heard == std::vector<std::uint64_t> { first, second, first, 0, first, first });
    shelf.panel.show (shelf.project.document(), shelf.view, {}); // another line
    CHECK (shelf.heard.back() == 0);
}

TEST_CASE ("The list of takes is used by keys", "[plugin][takes]")
{
    Shelf shelf ("Anna: Good evening.\n");
    const auto first = shelf.render();
    shelf.click ("New take");
    shelf.render();
    auto& list = shelf.list();
    CHECK (list.getWantsKeyboardFocus());
    CHECK (list.getSelectedRow() == 0);
    CHECK (list.keyPressed (juce::KeyPress (juce::KeyPress::downKey)));
    CHECK (list.keyPressed (juce::KeyPress (juce::KeyPress::returnKey)));
    CHECK (shelf.project.document()->lines[0]->chosen == first);
    CHECK (list.getSelectedRow() == 1); // still
    CHECK_FALSE (list.keyPressed (juce::KeyPress (juce::KeyPress::spaceKey, {}, ' ')));
    CHECK (list.getModel()->getNameForRow (1) == "Take 1, plays now, chosen. Seed 0, cuda-sm90 5c1e");
    CHECK_THAT (list.getModel()->getTooltipForRow (1).toStdString(), Contains ("5c1e0000"));
    for (auto* const child : shelf.panel.getChildren())
        if (auto* const control = dynamic_cast<juce::TextButton*> (child))
        {
            INFO (control->getButtonText());
            CHECK (control->getWantsKeyboardFocus() == control->isEnabled());
            CHECK (control->getExplicitFocusOrder() > 0);
            CHECK (control->getTooltip().isNotEmpty());
        }
}

TEST_CASE ("A failed take is asked for again, and a line is dragged out", "[plugin][takes]")
{
    Shelf shelf ("Anna: Good evening.\n");
    const auto line = shelf.project.document()->lines[0]->id.value;
    CHECK_FALSE (shelf.button ("Try again").isVisible());
    shelf.render (project::TakeRecord::State::Failed);
    CHECK (shelf.button ("Try again").isVisible());
    shelf.click ("Try again");
    CHECK (shelf.retried == std::vector { line });

    auto* const handle = test::findTitled<DragHandle> (shelf.panel, "Drag this line out");
    REQUIRE (handle != nullptr);
    const auto now = juce::Time::getCurrentTime();
    const auto event = [&] (bool wasDragged) {
        return juce::MouseEvent (juce::Desktop::getInstance().getMainMouseSource(), { 9.0f, 9.0f },
                                 juce::ModifierKeys::leftButtonModifier, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, handle,
                                 handle, now, { 2.0f, 2.0f }, now, 1, wasDragged);
    };
    handle->mouseDown (event (false));
    handle->mouseDrag (event (true));
    CHECK (shelf.dragged.empty()); // there is no audio
    shelf.click ("New take");
    shelf.render();
    handle->mouseDown (event (false));
    handle->mouseDrag (event (false));
    CHECK (shelf.dragged.empty());
    handle->mouseDrag (event (true));
    handle->mouseDrag (event (true));
    CHECK (shelf.dragged == std::vector { line });
}

TEST_CASE ("Takes are drawn with their states", "[plugin][takes]")
{
    Shelf shelf (std::string (
        "Anna: Good evening, ladies and gentlemen, and welcome to what may well become the longest "
        "line of this evening's performance.\n\u674e\u534e: \u4f60\u597d\uff0c\u4e16\u754c\u3002\n"));
    CHECK (test::pixelsOf (test::pictureOf (shelf.panel, "takes-none"), Theme::dim) > 20);
    auto settings = shelf.project.document()->settings;
    settings.seed = 18'446'744'073'709'551'615u;
    REQUIRE (shelf.project.edit (project::SetSettings { settings }));
    shelf.show();
    shelf.render();
    shelf.click ("Pin");
    test::pictureOf (shelf.panel, "takes-one");
    shelf.click ("New take");
    shelf.render (project::TakeRecord::State::Failed);
    CHECK (test::pixelsOf (test::pictureOf (shelf.panel, "takes-failed"), Theme::bad) > 60);
    shelf.click ("New take");
    const auto third = shelf.render();
    auto steps = shelf.project.document()->settings;
    steps.steps = 20;
    REQUIRE (shelf.project.edit (project::SetSettings { steps }));
    shelf.show();
    CHECK (shelf.panel.state().entryOf (third)->isStale);
    auto view = std::make_shared<playback::View>();
    auto take = std::make_shared<Take>();
    take->begin ("cuda-sm90-bf16-fp8-k1-t88cb923c-5c1e0000");
    const std::vector<float> speech (60'000, 0.1f);
    take->append (speech);
    playback::PartView part;
    part.line = shelf.project.document()->lines[0]->id.value;
    part.state = playback::PartState::Rendering;
    part.take = take;
    part.place.length = { 100'000 };
    view->parts = { part };
    shelf.view = view;
    shelf.show();
    REQUIRE (shelf.panel.state().entries().size() == 4);
    for (const auto scale : { 1.0f, 2.0f })
        CHECK (test::pixelsOf (test::pictureOf (shelf.panel, "takes-many", scale), Theme::accent) > 60);
    shelf.panel.setSize (250, 300);
    test::pictureOf (shelf.panel, "takes-small");
    shelf.panel.setSize (700, 300);
    shelf.panel.show (shelf.project.document(), view, { shelf.project.document()->lines[1]->id });
    test::pictureOf (shelf.panel, "takes-chinese", 2.0f);
}
