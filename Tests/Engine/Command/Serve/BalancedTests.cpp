// SPDX-License-Identifier: Apache-2.0
// Two engines with the embedded model behind Assets/deploy/haproxy.cfg.
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "EngineLink/RenderLink.h"
#include "Source/EngineLink/TakeWatcher.h"
#include "Support/EngineProgram.h"
#include "Support/Eventually.h"
#include "Support/HaProxy.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
RenderLink::Options linkTo (const std::filesystem::path& socket)
{
    RenderLink::Options options;
    options.engine.socket = socket;
    options.engine.search.setting = "/nowhere/engine"; // those that run
    options.firstPause = std::chrono::milliseconds (10);
    return options;
}

protocol::SpeechRequest evening (std::uint64_t seed)
{
    protocol::SpeechRequest request;
    request.lines = {
        { 0, "Good evening, and welcome to the first table read of the season. Tonight we begin with the "
             "second act, and then we read the third, for as long as we can keep awake." }
    };
    request.voices = { { "anna", {} } };
    request.seed = seed;
    return request;
}
} // namespace

TEST_CASE ("Behind HAProxy two engines give each line as one does, also if one is killed within it",
           "[.slow][engine][command][serve][drill][proxy]")
{
    auto one = std::make_unique<EngineProgram> (TABLEREAD_ENGINE_PROGRAM);
    const EngineProgram two (TABLEREAD_ENGINE_PROGRAM);
    const DeployedProxy front ("unix@" + one->socket().string(), "unix@" + two.socket().string());
    REQUIRE (eventually ([&] { return Client (front.path()).health().has_value(); }));
    constexpr std::uint64_t lines = 4;
    Watcher watcher;
    const auto speak = [] (RenderLink& link, std::uint64_t seed) {
        auto take = std::make_shared<Take>();
        REQUIRE (link.submit (take, evening (seed)));
        return take;
    };

    std::vector<std::shared_ptr<Take>> wanted;
    {
        RenderLink link (linkTo (two.socket()), watcher);
        for (std::uint64_t seed = 0; seed < lines; ++seed)
            wanted.push_back (speak (link, seed));
        for (const auto& take : wanted)
            REQUIRE (watcher.waitForEnd (*take));
    }

    RenderLink left (linkTo (front.path()), watcher), right (linkTo (front.path()), watcher);
    std::vector<std::shared_ptr<Take>> takes;
    for (std::uint64_t seed = 0; seed < 2; ++seed) // more at once from one link would take both engines
        takes.push_back (speak (seed == 0 ? left : right, seed));
    REQUIRE (watcher.waitFor (
        [&] { return takes[0]->audio().rendered() > 0 && takes[1]->audio().rendered() > 0; }));
    CAPTURE (takes[0]->audio().rendered(), takes[1]->audio().rendered());
    REQUIRE_FALSE ((takes[0]->isFinal() || takes[1]->isFinal())); // both engines are within a line
    for (std::uint64_t seed = 2; seed < lines; ++seed)            // they wait for a free one
        takes.push_back (speak (seed % 2 == 0 ? left : right, seed));
    one.reset(); // SIGKILL
    for (const auto& take : takes)
        REQUIRE (watcher.waitForEnd (*take));
    for (std::size_t i = 0; i < takes.size(); ++i)
    {
        CHECK (takes[i]->state() == TakeState::Done);
        CHECK ((speechOf (*takes[i]) == speechOf (*wanted[i])));
        CHECK (takes[i]->audio().rendered() > 24'000);
    }
}
