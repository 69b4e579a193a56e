// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/Metrics.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "Server/Monitor/Counts.h"
#include "Server/Monitor/Label.h"
#include "Server/Monitor/Moment.h"

namespace tableread::engine
{
namespace
{
double systemSeconds()
{
    return std::chrono::duration<double> (std::chrono::steady_clock::now().time_since_epoch()).count();
}
} // namespace

Metrics::Metrics (const std::vector<std::string>& models, Clock clock)
    : counts (std::make_shared<Counts> (clock ? std::move (clock) : systemSeconds))
{
    for (const auto& model : models)
        counts->of (model);
}

JobMeter Metrics::begin (const JobMeter::Request& request) const
{
    return { counts, request };
}

void Metrics::refused (int status) const
{
    prometheus::BuildCounter()
        .Name (metricName ("requests_refused_total"))
        .Help ("Speech requests that were refused, by the answer's status.")
        .Register (counts->all())
        .Add ({ { "status", std::to_string (status) } })
        .Increment();
}

std::string Metrics::text (const Moment& moment) const
{
    auto families = counts->all().Collect();
    std::ranges::move (familiesOf (moment, counts->waiting (mostClients)), std::back_inserter (families));
    return prometheus::TextSerializer().Serialize (families);
}
} // namespace tableread::engine
