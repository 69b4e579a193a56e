// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>

#include <catch2/catch.hpp>

#include "PluginFixture.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
std::size_t embeddedTakes (const std::string& state)
{
    const auto content = project::parse (state, "the state").value();
    return content.audio == nullptr ? 0 : content.audio->size();
}
} // namespace

TEST_CASE ("A session that was collected plays on another machine", "[plugin][workspace][state][collect]")
{
    std::string collected, usual;
    {
        PluginFixture fixture;
        std::atomic<int> told { 0 };
        Workspace workspace (fixture.options());
        workspace.onUserEdit = [&] { ++told; };
        workspace.load (StateText { scene, 3, false }.text());
        REQUIRE ((bounce (workspace) == expectedSound (24'000, 3)));
        usual = *workspace.save();
        CHECK_FALSE (workspace.isCollected());
        workspace.setCollected (true);
        CHECK (told == 1);
        collected = *workspace.save();
        workspace.setCollected (true); // is already
        CHECK (told == 1);
        workspace.setCollected (false);
        CHECK (told == 2);
        CHECK (*workspace.save() == usual);
    }
    CHECK (embeddedTakes (collected) == 5);
    CHECK (embeddedTakes (usual) == 0);

    const TemporaryFolder other;
    auto options = optionsIn (other.path()); // without an engine …
    const bool hasStore = GENERATE (true, false);
    if (! hasStore) // … nor room for takes
        options.stage.store =
            std::make_shared<TakeStore> (TakeStoreOptions { .folder = "/proc/nowhere/takes" });
    CAPTURE (hasStore);
    Workspace workspace (options);
    workspace.load (collected);
    CHECK (workspace.isCollected());
    CHECK ((bounce (workspace) == expectedSound (24'000, 3)));
    CHECK (workspace.player().stage().gaps().empty());
    CHECK (*workspace.save() == collected);
    CHECK (workspace.showing().notes.empty() == hasStore); // else: why the takes are not in the store
}

TEST_CASE ("A collected session also has the takes that come later, as soon as they are heard",
           "[plugin][workspace][state][collect]")
{
    PluginFixture fixture;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
    {
        Workspace workspace (fixture.options());
        workspace.setCollected (true);
        workspace.setScript (StateText { scene }.script);
        auto settings = workspace.document()->settings;
        settings.seed = seed;
        REQUIRE (workspace.edit (project::SetSettings { settings }));
        REQUIRE ((bounce (workspace) == expectedSound (24'000, seed)));
        CHECK (embeddedTakes (*workspace.save()) == 5);
    }
}

TEST_CASE ("What cannot be collected is said", "[plugin][workspace][state][collect]")
{
    PluginFixture fixture;
    auto options = fixture.options();
    options.stage.store = std::make_shared<TakeStore> (TakeStoreOptions { .folder = "/proc/nowhere/takes" });
    Workspace workspace (options);
    workspace.load (StateText { scene, 3, false }.text());
    REQUIRE ((bounce (workspace) == expectedSound (24'000, 3)));
    workspace.setCollected (true);
    CHECK (embeddedTakes (*workspace.save()) == 0);
    CHECK_THAT (workspace.showing().notes.at (0),
                Catch::Contains ("The audio of 5 takes is not in the store"));
    workspace.load (R"({"tableread_state": 9})");
    const auto newer = workspace.save();
    workspace.setCollected (false);
    CHECK (*workspace.save() == *newer);
}
