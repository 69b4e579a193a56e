// SPDX-License-Identifier: Apache-2.0
#include "Render/RenderAll.h"

#include <vector>

#include <catch2/catch.hpp>

#include "Support/Failure.h"
#include "Support/FakeRenderer.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
PassageJob jobOf (const std::string& text, std::vector<float>& out)
{
    PassageJob job { .passage = { { { 0, text } }, {} } };
    job.events.onFrame = [&out] (auto frame) { out.insert (out.end(), frame.begin(), frame.end()); };
    return job;
}

std::vector<float> expected (const std::string& text, int frames)
{
    return FakeRenderer::expected ({ { { 0, text } }, {} }, {}, frames);
}
} // namespace

TEST_CASE ("A batch gives each passage its samples and its report, in order", "[engine][render]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    std::vector<float> a, b;
    auto longer = jobOf ("b", b);
    longer.exactFrames = 9;
    bool isTold = false;
    longer.events.onEnd = [&isTold] (const RenderReport& report, const std::exception_ptr&) {
        isTold = report.frames == 9;
    };
    const auto reports =
        renderAll (renderer, { jobOf ("a", a), longer }, { .preparesFirst = GENERATE (false, true) });
    REQUIRE (reports.size() == 2);
    CHECK (reports[0].frames == 5);
    CHECK (reports[1].frames == 9);
    CHECK (a == expected ("a", 5));
    CHECK (b == expected ("b", 9));
    CHECK (isTold);
    CHECK (control->mostAtOnce == 2);
}

TEST_CASE ("A batch that is cancelled or fails leaves nothing in flight", "[engine][render][errors]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    std::vector<float> a, b;
    const auto reports =
        renderAll (renderer, { jobOf ("a", a), jobOf ("b", b) },
                   { .isCancelled = [&a] { return a.size() >= 2 * FakeRenderer::frameSamples; } });
    CHECK (reports[0].finish == FinishReason::Cancelled);
    CHECK (reports[1].frames == 2);
    CHECK (renderer.inFlight().empty());

    auto broken = jobOf ("b", b);
    broken.events.onFrame = [] (auto) { fail (ErrorCode::Io, "the disk is gone"); };
    CHECK (failureOf ([&] {
               renderAll (renderer, { jobOf ("a", a), broken });
           }).message == "the disk is gone");
    CHECK (renderer.inFlight().empty());
    a.clear();
    CHECK (render (renderer, jobOf ("a", a)).finish == FinishReason::Stop);
    CHECK (a == expected ("a", 5));
}

TEST_CASE ("A voice is encoded at once, or by the first passage that speaks with it", "[engine][render]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    const VoiceAudio audio { "anna", std::vector<float> (24'000, 0.5f) };
    CHECK (encodeVoice (renderer, audio)->framesLeft() == 0);
    CHECK (control->voicesEncoded == 1);
    const auto later = renderer.makeVoice (std::make_shared<const VoiceAudio> (audio));
    CHECK (later->framesLeft() == 8);
    std::vector<float> out;
    for (int i = 0; i < 2; ++i)
    {
        auto job = jobOf ("Hi.", out);
        job.passage.voices.push_back (later);
        render (renderer, std::move (job));
    }
    CHECK (control->voicesEncoded == 2);
}
