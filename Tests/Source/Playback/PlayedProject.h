// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Playback/Player.h"
#include "Project/Requests.h"
#include "StageFixture.h"

namespace tableread::test
{
inline constexpr const char* dialogue = "Anna: Good evening. You are late again.\n"
                                        "Ben: The train stood still for an hour.\n"
                                        "[pause 350ms]\n"
                                        "Anna: Sit down, then.\n";

/** A project with the dialogue, an engine, and a store. */
struct PlayedProject
{
    StageFixture fixture {};
    project::Project source {};

    PlayedProject() { REQUIRE (source.edit (project::SetScript { dialogue })); }

    project::LineId line (std::size_t index) const { return source.document()->lines[index]->id; }

    void setText (const std::string& from, const std::string& to)
    {
        auto text = *source.document()->script;
        text.replace (text.find (from), from.size(), to);
        REQUIRE (source.edit (project::SetScript { text }));
    }

    /** What the project says now, as the engine of tones speaks it. */
    std::vector<float> expected() const
    {
        const auto document = source.document();
        std::vector<float> sound;
        for (const auto& passage : project::passagesOf (*document))
        {
            sound.resize (sound.size() + (std::size_t) passage.pauseBefore.value);
            const auto speech = fakeSpeech (project::requestOf (*document, passage));
            sound.insert (sound.end(), speech.begin(), speech.end());
        }
        return sound;
    }
};

/** The player has heard of all edits, and has nothing left to do. */
inline bool isDone (const playback::Player& player)
{
    return eventually ([&] { return isAll (player.stage(), playback::PartState::Done); });
}

/** The same with a player, and with all of it rendered and written down. */
struct RenderedProject : PlayedProject
{
    FakeEngine engine { fixture.socket() };
    playback::Player player { source, fixture.options() };

    RenderedProject()
    {
        player.renderAll();
        REQUIRE (isDone (player));
        REQUIRE (eventually ([&] { return source.document()->takes.size() == 3; }));
    }
};
} // namespace tableread::test
