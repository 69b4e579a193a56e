// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/FrameLoop.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <vector>

#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** A tiny random model: it says nothing, but takes every branch that it is forced to. */
struct Loop
{
    Loop() : model (Checkpoint::open (TABLEREAD_GOLDENS "/a-plain"), {}), loop (model, tokens) {}

    SequenceInput input (std::uint64_t seed, std::vector<std::int64_t> forced, std::vector<float>& out)
    {
        SequenceInput made;
        made.ids = { 4, 8, (std::int64_t) seed, 15, tokens.speechStart };
        made.settings = { .seed = seed };
        made.noise = std::make_unique<PhiloxNoise> (seed);
        made.tokenLimit = (std::int64_t) forced.size();
        made.forcedTokens = std::move (forced);
        made.events.onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); };
        return made;
    }

    static constexpr SpecialTokens tokens { 156, 157, 158, 147 };
    static constexpr std::int64_t s = 156, e = 157, f = 158, t = 147; // the same, for short scripts
    VibeVoice model;
    FrameLoop loop;
};
} // namespace

TEST_CASE ("Rows that join and leave change no bit of a sequence", "[engine][render][determinism]")
{
    const c10::InferenceMode noGradients;
    using L = Loop;
    const std::vector<std::int64_t> script { L::f, L::f, L::e, L::s, L::f, L::f, L::f, L::f, L::e, L::t };
    std::vector<float> alone, among, early, late;
    {
        Loop fixture;
        fixture.loop.join (fixture.input (1, script, alone));
        while (fixture.loop.step())
        {}
    }
    REQUIRE (alone.size() == 6UL * 16);

    Loop fixture;
    const auto leaver = fixture.loop.join (fixture.input (2, std::vector<std::int64_t> (20, L::f), early));
    const auto watched = fixture.loop.join (fixture.input (1, script, among));
    fixture.loop.prepareAll();
    for (int i = 0; i < 3; ++i)
        fixture.loop.step();
    fixture.loop.join (fixture.input (3, { L::f, L::f, L::t }, late)); // ends on its own while the others run
    fixture.loop.step();
    fixture.loop.leave (leaver);
    while (fixture.loop.step())
    {}
    CHECK (among == alone);
    CHECK (early.size() == 4UL * 16);
    CHECK (leaver->report.finish == FinishReason::Cancelled);
    CHECK (late.size() == 2UL * 16);
    CHECK (watched->report.finish == FinishReason::Stop);
}

TEST_CASE ("Odd orders of tokens are survived: an end without a start, two starts, text ending first",
           "[engine][render]")
{
    const c10::InferenceMode noGradients;
    using L = Loop;
    const auto [script, frames] = GENERATE (table<std::vector<std::int64_t>, std::size_t> ({
        { { L::e, L::f, L::f, L::t }, 2 }, // speech ends before it began, then frames without a new start
        { { L::s, L::s, L::f, L::e, L::t }, 1 }, // two starts
        { { L::f, L::e, L::f, L::e, L::e, L::t }, 2 },
        { { L::t }, 0 }, // nothing at all
    }));
    Loop fixture;
    std::vector<float> out;
    const auto sequence = fixture.loop.join (fixture.input (1, script, out));
    while (fixture.loop.step())
    {}
    CHECK (sequence->report.finish == FinishReason::Stop);
    CHECK (out.size() == frames * 16);
    CHECK (sequence->report.tokens == script);
    for (const auto sample : out)
        REQUIRE (std::isfinite (sample));
}

TEST_CASE ("After the end of speech the codec begins in silence again", "[engine][render]")
{
    const c10::InferenceMode noGradients;
    using L = Loop;
    Loop fixture;
    std::vector<float> out;
    const auto sequence = fixture.loop.join (fixture.input (1, { L::f, L::f, L::e, L::s, L::f, L::t }, out));
    fixture.loop.prepareAll();
    for (int i = 0; i < 2; ++i)
        fixture.loop.step();
    CHECK (sequence->decoderState.contexts.size() > 0);
    CHECK (sequence->negative.length() == 3); // the start's row and both frames' (the last one speculative)
    fixture.loop.step();
    CHECK (sequence->decoderState.contexts.empty());
    CHECK (sequence->semanticState.contexts.empty());
    fixture.loop.step();
    CHECK (sequence->negative.length() == 1); // only the new start
}

TEST_CASE ("A prompt in pieces beside others gives the bits of a prompt at once",
           "[engine][render][determinism]")
{
    const c10::InferenceMode noGradients;
    using L = Loop;
    const std::vector<std::int64_t> script { L::f, L::f, L::e, L::s, L::f, L::f, L::f, L::f, L::e, L::t };
    const auto longPrompt = [&script] (Loop& fixture, std::vector<float>& out) {
        auto input = fixture.input (1, script, out);
        for (std::int64_t i = 0; i < 300; ++i)
            input.ids.insert (input.ids.begin(), (i * 37) % 140);
        return input;
    };
    std::vector<float> whole, pieces, other;
    {
        Loop fixture;
        fixture.loop.join (longPrompt (fixture, whole));
        fixture.loop.prepareAll();
        while (fixture.loop.step())
        {}
    }
    REQUIRE (whole.size() == 6UL * 16);

    Loop fixture;
    fixture.loop.join (fixture.input (2, std::vector<std::int64_t> (400, L::f), other));
    fixture.loop.prepareAll();
    const auto watched = fixture.loop.join (longPrompt (fixture, pieces));
    int steps = 0;
    while (! watched->isPrepared())
    {
        fixture.loop.step();
        ++steps;
    }
    CAPTURE (steps);
    while (! watched->finished)
        fixture.loop.step();
    CHECK (pieces == whole);
}

TEST_CASE ("A sequence that is parked and resumed goes on with the same bits",
           "[engine][render][determinism]")
{
    const c10::InferenceMode noGradients;
    using L = Loop;
    const std::vector<std::int64_t> script { L::f, L::f, L::e, L::s, L::f, L::f, L::f, L::f, L::e, L::t };
    std::vector<float> alone, parked, other;
    {
        Loop fixture;
        fixture.loop.join (fixture.input (1, script, alone));
        while (fixture.loop.step())
        {}
    }
    const int parkAt = GENERATE (0, 1, 2, 4, 8);
    Loop fixture;
    fixture.loop.join (fixture.input (2, std::vector<std::int64_t> (40, L::f), other));
    const auto watched = fixture.loop.join (fixture.input (1, script, parked));
    for (int i = 0; i < parkAt; ++i)
        fixture.loop.step();
    const auto before = parked.size();
    fixture.loop.park (*watched);
    for (int i = 0; i < 3; ++i)
        CHECK (fixture.loop.step());
    CHECK (parked.size() == before);
    fixture.loop.resume (*watched);
    while (fixture.loop.step())
    {}
    CHECK (parked == alone);
}

TEST_CASE ("A sequence whose listener throws ends alone, and is told why", "[engine][render][errors]")
{
    const c10::InferenceMode noGradients;
    using L = Loop;
    Loop fixture;
    std::vector<float> good, unused;
    auto broken = fixture.input (2, { L::f, L::f, L::t }, unused);
    broken.events.onFrame = [] (auto) { throw std::runtime_error ("the listener is gone"); };
    std::string told;
    broken.events.onEnd = [&told] (const RenderReport& report, const std::exception_ptr& failure) {
        CHECK (report.frames == 1);
        try
        {
            std::rethrow_exception (failure);
        }
        catch (const std::exception& exception)
        {
            told = exception.what();
        }
    };
    fixture.loop.join (std::move (broken));
    fixture.loop.join (fixture.input (1, { L::f, L::f, L::t }, good));
    while (fixture.loop.step())
    {}
    CHECK (told == "the listener is gone");
    CHECK (good.size() == 2UL * 16);
}
