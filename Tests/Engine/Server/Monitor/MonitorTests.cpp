// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <filesystem>
#include <iostream>

#include <catch2/catch.hpp>

#include "MeteredEngine.h"
#include "Server/Monitor/Moment.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

namespace
{
/** Files that are open until the end of a scope. */
struct OpenFiles
{
    explicit OpenFiles (int count)
    {
        descriptors.reserve (static_cast<std::size_t> (count));
        for (int i = 0; i < count; ++i)
            descriptors.push_back (open ("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    ~OpenFiles()
    {
        for (const int descriptor : descriptors)
            close (descriptor);
    }
    OpenFiles (const OpenFiles&) = delete;
    OpenFiles& operator= (const OpenFiles&) = delete;

    std::vector<int> descriptors;
};

template <typename Work>
double microsecondsOf (int times, Work work)
{
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i)
        work();
    return std::chrono::duration<double, std::micro> (std::chrono::steady_clock::now() - begin).count() /
           times;
}
} // namespace

TEST_CASE ("An engine is alive while its render thread does not answer", "[engine][server][health]")
{
    const ServerFixture engine;
    Hold hold (*engine.control);
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
    REQUIRE (eventually ([&] { return engine.isBusy(); }));
    for (const auto* path : { "/livez", "/readyz", "/version", "/metrics" })
        CHECK (request (engine.path(), "GET", path).status == 200);
    CHECK (request (engine.path(), "GET", "/livez").body == R"({"status":"ok"})");
    hold.release();
    CHECK (client.receive (1000).size() >= 1000);
}

TEST_CASE ("An engine is ready when all its models have loaded, and says how far it is",
           "[engine][server][health]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    std::atomic<bool> mayLoad { false };
    RenderWorker worker ({ [&] { return std::make_unique<FakeRenderer> (control); },
                           [&] {
                               while (! mayLoad)
                                   std::this_thread::sleep_for (std::chrono::milliseconds (1));
                               return std::make_unique<FakeRenderer> (control);
                           } },
                         {});
    const TemporaryFolder folder;
    const VoiceShelf shelf (folder.path(), readBytes);
    SpeechServer server (ServedModels ({ { "one", &worker, 0, &shelf }, { "two", &worker, 1, &shelf } }), {});
    auto socket = UnixSocket::claim (folder.path() / "e.sock").value();
    REQUIRE (socket.listen());
    std::thread thread ([&] { server.serve ({ unixListener (socket.fd()) }); });
    CHECK (eventually ([&] { return worker.loadedModels() == 1; }));
    const auto before = request (socket.path(), "GET", "/readyz");
    CHECK (before.status == 503);
    CHECK (before.header ("Retry-After") == "1");
    const auto why = json::parse (before.body);
    CHECK (why["status"] == "loading");
    CHECK (why["models"] == json { { "loaded", 1 }, { "total", 2 } });
    CHECK (why["error"]["code"] == "busy");
    CHECK (request (socket.path(), "GET", "/livez").status == 200);
    CHECK (Scrape (request (socket.path(), "GET", "/metrics").body).all ("model_info").empty());

    mayLoad = true;
    worker.waitUntilLoaded();
    const auto after = request (socket.path(), "GET", "/readyz");
    CHECK (after.status == 200);
    CHECK (json::parse (after.body) ==
           json { { "status", "ready" }, { "models", { { "loaded", 2 }, { "total", 2 } } } });
    CHECK (Scrape (request (socket.path(), "GET", "/metrics").body).all ("model_info").size() == 2);
    server.stop();
    thread.join();
}

TEST_CASE ("An engine whose queue is full, or that is stopping, is not ready", "[engine][server][health]")
{
    const ServerFixture engine ({}, { .queuedJobs = 1, .seats = [] (auto&) { return 1; } });
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    CHECK (request (engine.path(), "GET", "/readyz").status == 200);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (std::size_t i = 0; i < 2; ++i)
    {
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (ServerFixture::floats ("a long story")));
        REQUIRE (eventually ([&] {
            const auto load = engine.worker->load();
            return load.speaking + load.waiting == i + 1 && load.speaking == 1;
        }));
    }
    const auto full = request (engine.path(), "GET", "/readyz");
    CHECK (full.status == 503);
    CHECK (! full.header ("Retry-After").empty());
    CHECK (json::parse (full.body)["status"] == "full");
    CHECK_THAT (json::parse (full.body)["error"]["message"].get<std::string>(),
                Catch::Contains ("queue is full"));

    engine.worker->stop();
    const auto stopping = request (engine.path(), "GET", "/readyz");
    CHECK (stopping.status == 503);
    CHECK (stopping.header ("Retry-After") == "1");
    CHECK (json::parse (stopping.body)["status"] == "stopping");
}

TEST_CASE ("An engine tells its versions", "[engine][server][health]")
{
    ServerFixture engine;
    auto version = json::parse (request (engine.path(), "GET", "/version").body);
    CHECK (version["version"] == json::parse (request (engine.path(), "GET", "/health").body)["version"]);
    CHECK (version["protocol"] == protocol::version);
    CHECK (! version["commit"].get<std::string>().empty());
    CHECK (version.contains ("libtorch"));
    for (const auto* field : { "gpu", "cuda", "driver" })
        CHECK (version.at (field).is_null());

    engine.control->device.name = "NVIDIA Fake";
    engine.control->device.driver = "CUDA 13.1";
    engine.control->device.runtime = "CUDA 13.0";
    engine.restart();
    version = json::parse (request (engine.path(), "GET", "/version").body);
    CHECK (version["gpu"] == "NVIDIA Fake");
    CHECK (version["cuda"] == "CUDA 13.0");
    CHECK (version["driver"] == "CUDA 13.1");
}

TEST_CASE ("What a GPU holds and does is told while it works", "[engine][server][metrics]")
{
    RenderWorker::Limits limits;
    limits.betweenReports = {};
    ServerFixture engine ({}, limits,
                          OffloadConfig { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = {} });
    const auto scrape = [&engine] { return Scrape (request (engine.path(), "GET", "/metrics").body); };
    CHECK (scrape().all ("gpu_memory_bytes").empty()); // a CPU
    CHECK (scrape().all ("layer_transfers_total").empty());
    engine.control->device = { .name = "NVIDIA Fake",
                               .driver = {},
                               .runtime = {},
                               .peakBytes = 1,
                               .totalBytes = 2,
                               .freeBytes = 3,
                               .usedBytes = 4,
                               .cachedBytes = 5,
                               .contextBytes = 6,
                               .transfers = 7,
                               .transferredBytes = 8,
                               .trims = 9,
                               .trimsSkipped = 10,
                               .trimBytes = 11,
                               .trimMs = 1500,
                               .trimWaitMs = 500,
                               .hostWaitMs = 3000,
                               .copyMs = 4000,
                               .stallMs = 5500 };
    engine.restart();
    const auto idle = scrape();
    const auto memory = [&idle] (const char* kind) {
        return idle.value ("gpu_memory_bytes",
                           { { "kind", kind }, { "worker", "0" }, { "device", "NVIDIA Fake" } });
    };
    CHECK (memory ("peak") == 1);
    CHECK (memory ("total") == 2);
    CHECK (memory ("free") == 3);
    CHECK (memory ("used") == 4);
    CHECK (memory ("cached") == 5);
    CHECK (memory ("context") == 6);
    CHECK (idle.value ("layer_transfers_total", { { "model_name", "fake" } }) == 7);
    CHECK (idle.value ("layer_transfer_bytes_total") == 8);
    CHECK (idle.value ("cache_trims_total") == 9);
    CHECK (idle.value ("cache_trims_skipped_total") == 10);
    CHECK (idle.value ("cache_trim_bytes_total") == 11);
    CHECK (idle.value ("cache_trim_seconds_total") == 2);
    CHECK (idle.value ("host_buffer_wait_seconds_total") == 3);
    CHECK (idle.value ("layer_transfer_seconds_total") == 4);
    CHECK (idle.value ("layer_stall_seconds_total", { { "model_name", "fake" } }) == 5.5);
    CHECK (idle.value ("model_info", { { "model_name", "fake" },
                                       { "fingerprint", "fake-tones-1" },
                                       { "device", "the CPU" },
                                       { "layers", "28" },
                                       { "gpu_layers", "8" },
                                       { "dtype", "fp32" },
                                       { "weights", "as computed" },
                                       { "worker", "0" } }) == 1);

    engine.control->atFrame = [control = engine.control.get()] (int) { ++control->device.transfers; };
    REQUIRE (engine.speak (ServerFixture::floats ("Hello.")).complete); // 5 frames
    CHECK (eventually ([&] { return scrape().value ("layer_transfers_total") == 7 + 5; }));
}

TEST_CASE ("What a model's memory was planned for is told, and how full its caches are",
           "[engine][server][metrics]")
{
    ServerFixture engine ({}, { .seats = [] (auto&) { return 4; } });
    const auto scrape = [&engine] { return Scrape (request (engine.path(), "GET", "/metrics").body); };
    CHECK (scrape().all ("gpu_planned_memory_bytes").empty()); // a CPU
    CHECK (scrape().all ("kv_cache_usage_perc").empty());      // of a model without a limit
    engine.control->maxPositions = 1'000;
    engine.control->cachedPositions = 400;
    engine.restart();
    CHECK (scrape().value ("kv_cache_usage_perc", { { "model_name", "fake" } }) == Approx (0.05));

    engine.control->offload =
        OffloadConfig { .layers = 28, .gpuLayers = 8, .settings = { .positions = 500 }, .chosenBy = {} };
    engine.control->plannedMemory = MemoryTable {
        .context = 1, .otherWeights = 2, .resident = 3, .slots = 4, .caches = 5, .activations = 6, .voices = 7
    };
    engine.restart();
    const auto planned = scrape();
    CHECK (planned.value ("kv_cache_usage_perc") == Approx (0.1));
    const auto kind = [&planned] (const char* name) {
        return planned.value ("gpu_planned_memory_bytes", { { "kind", name }, { "model_name", "fake" } });
    };
    CHECK (kind ("other_weights") == 2);
    CHECK (kind ("resident") == 3);
    CHECK (kind ("slots") == 4);
    CHECK (kind ("caches") == 5);
    CHECK (kind ("activations") == 6);
    CHECK (kind ("voices") == 7);

    engine.control->atFrame = [control = engine.control.get()] (int) { control->cachedPositions += 100; };
    REQUIRE (engine.speak (ServerFixture::floats ("Hello.")).complete); // 5 frames: it changes in each step
    CHECK (eventually ([&] { return scrape().value ("kv_cache_usage_perc") == 0.225; }));
}

TEST_CASE ("The device is asked once a second, not in each step", "[engine][server][metrics]")
{
    const ServerFixture engine;
    engine.control->frames = 200;
    engine.control->frameMs = 1;
    engine.control->atFrame = [control = engine.control.get()] (int) { ++control->device.transfers; };
    int changes = 0;
    std::int64_t seen = 0;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
    REQUIRE (eventually ([&] { return engine.control->framesRendered > 0; }));
    while (engine.control->framesRendered < 199)
    {
        if (const auto now = engine.worker->deviceReports().at (0).transfers;
            std::exchange (seen, now) != now)
            ++changes;
        std::this_thread::sleep_for (std::chrono::microseconds (200));
    }
    CHECK (changes <= 3); // the machine may be slow
}

TEST_CASE ("The engine's own memory, files and threads are told", "[engine][server][metrics]")
{
    const ServerFixture engine;
    const OpenFiles files (300);
    const auto scrape = Scrape (request (engine.path(), "GET", "/metrics").body);
    CHECK (scrape.value ("process_resident_memory_bytes") > 1e6);
    CHECK (scrape.value ("process_threads") >= 7); // this one, I/O, four workers, render
    using Files = std::filesystem::directory_iterator;
    const auto open = std::distance (Files ("/proc/self/fd"), Files()) - 1; // without the folder itself
    CHECK (std::abs (scrape.value ("process_open_fds") - static_cast<double> (open)) <= 2); // the request's
    CHECK (open > 300);
}

TEST_CASE ("What the metrics cost", "[.bench]")
{
    const OpenFiles files (900);
    const Metrics metrics ({ "one", "two", "three" });
    constexpr int clients = 1024;
    std::vector<JobMeter> waiting;
    waiting.reserve (clients);
    for (int i = 0; i < clients; ++i)
    {
        waiting.push_back (
            metrics.begin ({ "one", "a client with a long name, number " + std::to_string (i) }));
        waiting.back().queued();
    }
    auto meter = metrics.begin ({ "one", "client" });
    meter.queued();
    meter.seated();
    const auto plain = Metrics ({ "one" });
    std::cout << "a frame: " << microsecondsOf (100'000, [&] { meter.frame (0.1); }) << " µs\n"
              << "the process: " << microsecondsOf (100, [] { (void) ownProcess(); }) << " µs\n"
              << "the text of one model: " << microsecondsOf (100, [&] { (void) plain.text ({}); }) << " µs\n"
              << "the text: " << microsecondsOf (100, [&] { (void) metrics.text ({}); }) << " µs\n"
              << "its bytes: " << metrics.text ({}).size() << '\n';
    const ServerFixture engine;
    std::cout << "GET /metrics: "
              << microsecondsOf (100, [&] { (void) request (engine.path(), "GET", "/metrics"); }) << " µs\n"
              << "GET /livez: "
              << microsecondsOf (100, [&] { (void) request (engine.path(), "GET", "/livez"); }) << " µs\n";
}
