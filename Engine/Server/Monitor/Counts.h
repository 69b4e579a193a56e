// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "EngineLink/Protocol.h"

namespace prometheus
{
class Counter;
class Gauge;
class Histogram;
class Registry;
} // namespace prometheus

namespace tableread::engine
{
/** A listener's gaps are thought harmless up to these. */
inline constexpr std::array continuityMs { 0, 50, 100, 500 };

/** What is counted of one model. The pointers are never null. */
struct ModelCounts
{
    std::map<protocol::FinishReason, prometheus::Counter*> finished {};
    std::array<prometheus::Counter*, continuityMs.size()> continuous {};
    prometheus::Counter *completed = nullptr, *cancelled = nullptr, *failed = nullptr; // streams
    prometheus::Counter *underrun = nullptr, *frames = nullptr, *promptTokens = nullptr;
    prometheus::Gauge *running = nullptr, *waiting = nullptr, *parked = nullptr;
    prometheus::Histogram *firstAudio = nullptr, *betweenFrames = nullptr, *endToEnd = nullptr;
    prometheus::Histogram *queue = nullptr, *prefill = nullptr, *decode = nullptr;
    prometheus::Histogram *duration = nullptr, *realTimeFactor = nullptr, *silence = nullptr;
};

/** Who waits for a seat. */
struct WaitingClients
{
    std::vector<std::pair<std::string, int>> named; // those with the most jobs, and how many
    int others = 0;                                 // jobs of the others
};

/** The counters behind Metrics and its JobMeters; hides the library that keeps them.
    Threads: any. */
class Counts
{
public:
    explicit Counts (std::function<double()> clock); // seconds
    ~Counts();
    Counts (const Counts&) = delete;
    Counts& operator= (const Counts&) = delete;

    double now() const { return seconds(); }

    /** Makes all series of a model that is new. */
    ModelCounts& of (const std::string& model);

    prometheus::Registry& all() const { return *registry; }

    /** Jobs of one client, which has a place here as long as it has any. */
    struct Client
    {
        int jobs = 0, waiting = 0;
    };
    using Clients = std::map<std::string, Client>;

    Clients::iterator join (const std::string& client);
    void leave (Clients::iterator client);
    void wait (Clients::iterator client, int more);

    WaitingClients waiting (std::size_t mostNamed) const;

private:
    ModelCounts make (const std::string& model);

    std::function<double()> seconds;
    std::unique_ptr<prometheus::Registry> registry;
    mutable std::mutex mutex;
    std::map<std::string, ModelCounts> models;
    Clients clients;
};
} // namespace tableread::engine
