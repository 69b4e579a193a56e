// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "Engine/Server/ServerFixture.h"
#include "Scrape.h"

namespace tableread::test
{
/** A server whose time passes only in its steps: 100 ms in each in which somebody speaks. */
struct MeteredEngine
{
    static constexpr double stepSeconds = 0.1;
    static constexpr double frameSeconds = FakeRenderer::frameSamples / 24'000.0;

    explicit MeteredEngine (RenderWorker::Limits limits = {})
        : engine (optionsWith (clock), std::move (limits))
    {
        engine.control->clock = clock;
        engine.control->stepMs = 1000 * stepSeconds;
    }

    static SpeechServer::Options optionsWith (std::shared_ptr<VirtualClock> time)
    {
        SpeechServer::Options options;
        options.clock = [time = std::move (time)] { return time->ms / 1000; };
        return options;
    }

    static RenderWorker::Limits oneSeat()
    {
        return { .seats = [] (auto&) { return 1; } };
    }

    Scrape scrape() const
    {
        const auto answer = request (engine.path(), "GET", "/metrics");
        if (answer.status != 200 ||
            answer.header ("Content-Type") != "text/plain; version=0.0.4; charset=utf-8")
            throw std::runtime_error ("no metrics: " + answer.head);
        return Scrape (answer.body);
    }

    double finished (const std::string& reason) const
    {
        return scrape().value ("request_success_total", { { "finished_reason", reason } });
    }

    double streams (const std::string& result) const
    {
        return scrape().value ("streams_total", { { "result", result } });
    }

    std::shared_ptr<VirtualClock> clock = std::make_shared<VirtualClock>();
    ServerFixture engine;
};

/** Holds the render thread before the frames of a FakeRenderer, until it is released. */
class Hold
{
public:
    explicit Hold (FakeRendererControl& control)
    {
        control.atFrame = [held = isHeld] (int) {
            while (*held)
                std::this_thread::sleep_for (std::chrono::milliseconds (1));
        };
    }
    ~Hold() { release(); }
    Hold (const Hold&) = delete;
    Hold& operator= (const Hold&) = delete;

    void release() { *isHeld = false; }

private:
    std::shared_ptr<std::atomic<bool>> isHeld = std::make_shared<std::atomic<bool>> (true);
};
} // namespace tableread::test
