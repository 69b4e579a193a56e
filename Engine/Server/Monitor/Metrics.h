// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "Server/Monitor/JobMeter.h"

namespace tableread::engine
{
class Counts;
struct Moment;

/** What the engine counts, and its text for Prometheus. Protocol.md says what each metric means and when it changes.
    Threads: any. */
class Metrics
{
public:
    using Clock = std::function<double()>; // seconds; goes forwards only

    static constexpr std::size_t mostClients = 32; // that have a series of their own, the others share one
    static constexpr const char* contentType = "text/plain; version=0.0.4; charset=utf-8";

    /** models: their series are there from the beginning, with zeros. An empty clock is the system's. */
    explicit Metrics (const std::vector<std::string>& models, Clock clock = {});

    /** Counts a request that arrives now. @returns what goes with its job; it may outlive this object. */
    JobMeter begin (const JobMeter::Request& request) const;

    /** A speech request was refused with this status, before it had a place in the queue. */
    void refused (int status) const;

    std::string text (const Moment& moment) const;

private:
    std::shared_ptr<Counts> counts;
};
} // namespace tableread::engine
