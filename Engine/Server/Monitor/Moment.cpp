// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/Moment.h"

#include <array>
#include <map>
#include <utility>

#include <prometheus/metric_family.h>

#include "Server/Monitor/Label.h"

namespace tableread::engine
{
namespace
{
using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::vector<std::pair<std::string, std::string>>;
using prometheus::MetricType;

constexpr double msInASecond = 1000;

/** Begins a metric, to which add() adds series. */
void begin (Families& families, MetricType type, const char* name, const char* help)
{
    auto& family = families.emplace_back();
    family.name = metricName (name);
    family.help = help;
    family.type = type;
}

void add (Families& families, double value, const Labels& labels = {})
{
    auto& family = families.back();
    auto& series = family.metric.emplace_back();
    for (const auto& [name, text] : labels)
        series.label.push_back ({ name, labelValue (text) });
    if (family.type == MetricType::Counter)
        series.counter.value = value;
    else
        series.gauge.value = value;
}

void add (Families& families, std::int64_t value, const Labels& labels = {})
{
    add (families, static_cast<double> (value), labels);
}

/** Names that look the same as labels are one. */
void addClients (Families& families, const WaitingClients& waiting)
{
    std::map<std::string, std::int64_t> sums;
    for (const auto& [name, count] : waiting.named)
        sums[labelValue (name)] += count;
    if (waiting.others > 0)
        sums["other"] += waiting.others;
    begin (families, MetricType::Gauge, "num_requests_waiting_by_client",
           "Requests that wait for a seat, by client; the smaller clients together are \"other\".");
    for (const auto& [client, count] : sums)
        add (families, count, { { "client", client } });
}

void addWorkers (Families& families, const std::vector<Moment::Worker>& workers)
{
    begin (families, MetricType::Gauge, "seats", "Requests that a render thread speaks at once.");
    for (std::size_t i = 0; i < workers.size(); ++i)
        add (families, std::int64_t { workers[i].seats }, { { "worker", std::to_string (i) } });
    begin (families, MetricType::Gauge, "seats_taken", "Seats that requests have.");
    for (std::size_t i = 0; i < workers.size(); ++i)
        add (families, static_cast<double> (workers[i].seatsTaken), { { "worker", std::to_string (i) } });

    begin (families, MetricType::Gauge, "gpu_memory_bytes", "Memory of a render thread's GPU, by kind.");
    for (std::size_t i = 0; i < workers.size(); ++i)
    {
        const auto& device = workers[i].device;
        if (device.name.empty()) // a CPU
            continue;
        for (const auto& [kind, bytes] : std::array {
                 std::pair { "total", device.totalBytes }, std::pair { "free", device.freeBytes },
                 std::pair { "used", device.usedBytes }, std::pair { "cached", device.cachedBytes },
                 std::pair { "context", device.contextBytes }, std::pair { "peak", device.peakBytes } })
            add (families, bytes,
                 { { "worker", std::to_string (i) }, { "device", device.name }, { "kind", kind } });
    }
}

/** What a model's device has done since the model was loaded. */
struct DeviceCounter
{
    const char* name;
    const char* help;
    double (*value) (const DeviceReport&);
};

constexpr std::array deviceCounters {
    DeviceCounter { "layer_transfers_total", "Layers that were copied to the GPU.",
                    [] (const DeviceReport& device) { return static_cast<double> (device.transfers); } },
    DeviceCounter {
        "layer_transfer_bytes_total", "Bytes of layers that were copied to the GPU.",
        [] (const DeviceReport& device) { return static_cast<double> (device.transferredBytes); } },
    DeviceCounter { "layer_transfer_seconds_total", "Time in which layers were copied to the GPU.",
                    [] (const DeviceReport& device) { return device.copyMs / msInASecond; } },
    DeviceCounter { "layer_stall_seconds_total", "Time in which the GPU waited for a layer.",
                    [] (const DeviceReport& device) { return device.stallMs / msInASecond; } },
    DeviceCounter { "host_buffer_wait_seconds_total", "Time in which a copy waited for a buffer of the host.",
                    [] (const DeviceReport& device) { return device.hostWaitMs / msInASecond; } },
    DeviceCounter { "cache_trims_total", "Trims of the GPU allocator's cache.",
                    [] (const DeviceReport& device) { return static_cast<double> (device.trims); } },
    DeviceCounter { "cache_trims_skipped_total", "Trims that were due and had nothing to return.",
                    [] (const DeviceReport& device) { return static_cast<double> (device.trimsSkipped); } },
    DeviceCounter { "cache_trim_bytes_total", "Bytes that trims returned.",
                    [] (const DeviceReport& device) { return static_cast<double> (device.trimBytes); } },
    DeviceCounter {
        "cache_trim_seconds_total", "Time in trims, and before them for pending work.",
        [] (const DeviceReport& device) { return (device.trimMs + device.trimWaitMs) / msInASecond; } },
};

/** How much of what all seats may keep of their past is kept. */
void addCaches (Families& families, const Moment& moment)
{
    constexpr std::int64_t branches = 2; // with and without the text
    begin (families, MetricType::Gauge, "kv_cache_usage_perc",
           "Positions in the caches of keys and values, of those that all seats may take: 0 to 1.");
    for (const auto& model : moment.models)
    {
        if (! model.info)
            continue;
        const auto& offload = model.info->offload;
        const auto positions = offload ? offload->settings.positions : model.info->maxPositions;
        const auto most = branches * moment.workers.at (model.worker).seats * positions;
        if (most > 0)
            add (families, static_cast<double> (model.cachedPositions) / static_cast<double> (most),
                 { { "model_name", model.name } });
    }
}

void addPlans (Families& families, const std::vector<Moment::Model>& models)
{
    begin (families, MetricType::Gauge, "gpu_planned_memory_bytes",
           "What a model's memory on its GPU was planned for, by kind.");
    for (const auto& model : models)
    {
        if (! model.info || ! model.info->plannedMemory)
            continue;
        const auto& plan = *model.info->plannedMemory;
        for (const auto& [kind, bytes] : std::array {
                 std::pair { "other_weights", plan.otherWeights }, std::pair { "resident", plan.resident },
                 std::pair { "slots", plan.slots }, std::pair { "caches", plan.caches },
                 std::pair { "activations", plan.activations }, std::pair { "voices", plan.voices } })
            add (families, bytes, { { "model_name", model.name }, { "kind", kind } });
    }
}

void addModels (Families& families, const std::vector<Moment::Model>& models)
{
    begin (families, MetricType::Gauge, "model_info", "Always 1, for each model that is loaded.");
    for (const auto& model : models)
        if (const auto& info = model.info)
        {
            const auto offload = info->offload.value_or (
                OffloadConfig { .layers = info->layers, .gpuLayers = 0, .settings = {}, .chosenBy = {} });
            add (families, 1.0,
                 { { "model_name", model.name },
                   { "fingerprint", info->fingerprint },
                   { "device", info->device },
                   { "layers", std::to_string (offload.layers) },
                   { "gpu_layers", std::to_string (offload.gpuLayers) },
                   { "dtype", model.compute == ComputeType::BFloat16 ? "bf16" : "fp32" },
                   { "weights", std::string (nameOf (offload.settings.weights)) },
                   { "worker", std::to_string (model.worker) } });
        }
    for (const auto& counter : deviceCounters)
    {
        begin (families, MetricType::Counter, counter.name, counter.help);
        for (const auto& model : models)
            if (! model.device.name.empty())
                add (families, counter.value (model.device), { { "model_name", model.name } });
    }
}

void addProcess (Families& families, const OwnProcess& process)
{
    begin (families, MetricType::Gauge, "process_resident_memory_bytes", "Memory of this process.");
    add (families, process.residentBytes);
    begin (families, MetricType::Gauge, "process_open_fds", "Files and sockets that this process has open.");
    add (families, process.descriptors);
    begin (families, MetricType::Gauge, "process_threads", "Threads of this process.");
    add (families, process.threads);
}
} // namespace

Families familiesOf (const Moment& moment, const WaitingClients& waiting)
{
    Families families;
    addClients (families, waiting);
    addWorkers (families, moment.workers);
    addModels (families, moment.models);
    addPlans (families, moment.models);
    addCaches (families, moment);
    addProcess (families, moment.process);
    std::erase_if (families, [] (const auto& family) { return family.metric.empty(); });
    return families;
}
} // namespace tableread::engine
