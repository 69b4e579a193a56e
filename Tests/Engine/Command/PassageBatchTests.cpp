// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/PassageBatch.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "Support/Failure.h"
#include "Support/FakeRenderer.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** What a batch hands over. */
struct Listener
{
    PassageBatch::Events events()
    {
        return { .begin =
                     [this] (std::size_t passage) {
                         order += "b" + std::to_string (passage) + " ";
                         starts.push_back (samples.size());
                     },
                 .frame =
                     [this] (std::span<const float> frames) {
                         samples.insert (samples.end(), frames.begin(), frames.end());
                     },
                 .end =
                     [this] (std::size_t passage, const RenderReport& report) {
                         order += "e" + std::to_string (passage) + " ";
                         reports.push_back (report);
                     },
                 .isCancelled = [this] { return cancelAt != 0 && samples.size() >= cancelAt; } };
    }

    std::string order;
    std::vector<float> samples;
    std::vector<std::size_t> starts; // of the passages, in samples
    std::vector<RenderReport> reports;
    std::size_t cancelAt = 0; // samples
};

std::vector<PassageJob> jobsOf (const std::vector<int>& frames)
{
    std::vector<PassageJob> jobs;
    for (const int count : frames)
    {
        PassageJob job { .passage = { { { 0, std::to_string (jobs.size()) } }, {} } };
        job.exactFrames = count;
        jobs.push_back (std::move (job));
    }
    return jobs;
}

std::vector<float> expected (const std::vector<int>& frames, std::size_t passages)
{
    std::vector<float> all;
    for (std::size_t i = 0; i < passages; ++i)
    {
        const auto one = FakeRenderer::expected ({ { { 0, std::to_string (i) } }, {} }, {}, frames[i]);
        all.insert (all.end(), one.begin(), one.end());
    }
    return all;
}
} // namespace

TEST_CASE ("Passages that are spoken at once come out in order, as if one by one",
           "[engine][command][render]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    const std::vector<int> frames { 40, 3, 1, 25, 60, 2, 2, 9 };
    const int seats = GENERATE (1, 2, 3, 8, 16);
    Listener listener;
    PassageBatch (renderer, seats, listener.events()).speak (jobsOf (frames));
    CHECK (listener.order == "b0 e0 b1 e1 b2 e2 b3 e3 b4 e4 b5 e5 b6 e6 b7 e7 ");
    CHECK (listener.samples == expected (frames, 8));
    for (std::size_t i = 0; i < frames.size(); ++i)
        CHECK (listener.starts.at (i) == expected (frames, i).size());
    CHECK (control->mostAtOnce == std::min (seats, 8));
    REQUIRE (listener.reports.size() == 8);
    CHECK (listener.reports[4].frames == 60);
}

TEST_CASE ("What a failed passage and those before it said is handed over before the failure",
           "[engine][command][render][errors]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    const std::vector<int> frames { 30, 5, 100, 100 };
    auto jobs = jobsOf (frames);
    control->failure = { ErrorCode::Io, "no room", {} };
    control->atFrame = [&control] (int frame) { control->failAtFrame = frame == 40 ? 40 : -1; };
    Listener listener;
    const auto error =
        failureOf ([&] { PassageBatch (renderer, 3, listener.events()).speak (std::move (jobs)); });
    CHECK (error.message == "no room");
    CHECK (listener.order == "b0 e0 b1 e1 b2 ");
    auto wanted = expected (frames, 2);
    const auto third = FakeRenderer::expected ({ { { 0, "2" } }, {} }, {}, 100);
    wanted.insert (wanted.end(), third.begin(), third.begin() + 40 * FakeRenderer::frameSamples);
    CHECK (listener.samples == wanted);
    CHECK (renderer.inFlight().empty());
}

TEST_CASE ("A batch that is cancelled ends with the passage whose turn it is",
           "[engine][command][render][cancel]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    Listener listener;
    listener.cancelAt = 45UL * FakeRenderer::frameSamples;
    PassageBatch (renderer, 4, listener.events()).speak (jobsOf ({ 40, 40, 40, 40, 40 }));
    CHECK (listener.order == "b0 e0 b1 e1 b2 e2 b3 e3 "); // all four ended at once, and were handed over
    CHECK (renderer.inFlight().empty());
    CHECK (control->passagesRendered == 4);
}

TEST_CASE ("At most ten minutes are held back, and those that are ahead wait", "[engine][command][render]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    FakeRenderer renderer (control);
    constexpr auto second = 24'000 / FakeRenderer::frameSamples; // frames
    const std::vector<int> frames { 1000 * second, 400 * second, 400 * second, 400 * second };
    std::size_t heldMost = 0, spoken = 0;
    auto jobs = jobsOf (frames);
    Listener listener;
    control->atFrame = [&] (int) {
        ++spoken;
        heldMost = std::max (heldMost, spoken * FakeRenderer::frameSamples - listener.samples.size());
    };
    PassageBatch (renderer, 4, listener.events()).speak (std::move (jobs));
    CHECK (heldMost <= 601UL * 24'000);
    CHECK (heldMost >= 590UL * 24'000);
    CHECK (listener.samples == expected (frames, 4));
    CHECK (control->passagesParked > 0);
}
