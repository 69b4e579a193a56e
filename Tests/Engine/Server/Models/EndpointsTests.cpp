// SPDX-License-Identifier: Apache-2.0
#include <latch>
#include <mutex>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using nlohmann::json;

namespace
{
/** A server with two models on one render thread, which were started with a prefetch of 2. */
struct TwoModels
{
    TwoModels()
    {
        two->name = "two";
        start();
    }
    explicit TwoModels (const std::function<void (TwoModels&)>& prepare)
    {
        prepare (*this);
        start();
    }
    ~TwoModels() { stop(); }

    void start()
    {
        LoadOptions options;
        options.offload.settings.prefetch = 2;
        options.offload.settings.passages = 0;
        std::vector<RenderWorker::Loader> loaders;
        std::vector<ServedModel> served;
        for (const auto& control : { one, two })
        {
            const auto load = [this, control] (const LoadOptions& wanted) {
                {
                    const std::lock_guard lock (mutex);
                    loaded.push_back (wanted);
                }
                if (beforeLoad)
                    beforeLoad();
                return std::make_unique<FakeRenderer> (control);
            };
            loaders.emplace_back ([load, options] { return load (options); });
            served.push_back ({ .name = served.empty() ? "fake" : "two",
                                .index = served.size(),
                                .voices = &shelf,
                                .created = 1'700'000'000,
                                .options = options,
                                .load = load,
                                .plan = plan });
        }
        worker = std::make_unique<RenderWorker> (std::move (loaders), RenderWorker::Limits {});
        worker->waitUntilLoaded();
        for (auto& model : served)
            model.worker = worker.get();
        server = std::make_unique<SpeechServer> (ServedModels (std::move (served)), SpeechServer::Options {});
        socket = std::make_unique<UnixSocket> (UnixSocket::claim (folder.path() / "e.sock").value());
        REQUIRE (socket->listen());
        thread = std::thread ([this] { server->serve ({ unixListener (socket->fd()) }); });
    }

    void stop()
    {
        if (server != nullptr)
            server->stop();
        if (thread.joinable())
            thread.join();
    }

    RawResponse get (const std::string& path) const { return request (socket->path(), "GET", path); }
    RawResponse post (const std::string& path, const std::string& body = {}) const
    {
        return request (socket->path(), "POST", path, body);
    }
    RawResponse load (const std::string& model, const std::string& body = {}) const
    {
        return post ("/v1/tableread/models/" + model + "/load", body);
    }
    RawResponse planOf (const std::string& model, const std::string& body = {}) const
    {
        return post ("/v1/tableread/models/" + model + "/plan", body);
    }
    RawResponse unload (const std::string& model) const
    {
        return post ("/v1/tableread/models/" + model + "/unload");
    }
    RawResponse speak (const std::string& model) const
    {
        return post (protocol::speechPath,
                     json { { "input", "Hello." }, { "model", model }, { "response_format", "pcm" } }.dump());
    }

    /** As the last loading had them. */
    LoadOptions lastOptions()
    {
        const std::lock_guard lock (mutex);
        return loaded.back();
    }

    TemporaryFolder folder;
    std::shared_ptr<FakeRendererControl> one = std::make_shared<FakeRendererControl>(),
                                         two = std::make_shared<FakeRendererControl>();
    std::mutex mutex;
    std::vector<LoadOptions> loaded;
    std::function<void()> beforeLoad; // on the render thread
    std::function<ModelPlan (const LoadOptions&, const DeviceRoom&)> plan;
    VoiceShelf shelf { folder.path(), readBytes };
    std::unique_ptr<RenderWorker> worker;
    std::unique_ptr<SpeechServer> server;
    std::unique_ptr<UnixSocket> socket;
    std::thread thread;
};

/** A loading that a client has asked for, which has begun and does not end until it may. */
struct HeldLoading
{
    explicit HeldLoading (TwoModels& engine) : client (engine.socket->path())
    {
        engine.beforeLoad = [this] {
            ++begun;
            mayGoOn.wait();
        };
        client.send ("POST /v1/tableread/models/fake/load HTTP/1.1\r\nHost: e\r\nContent-Length: "
                     "15\r\n\r\n{\"prefetch\": 7}");
        REQUIRE (eventually ([this] { return begun == 1; }));
    }

    RawClient client;
    std::latch mayGoOn { 1 };
    std::atomic<int> begun { 0 };
};

json ours (const RawResponse& response)
{
    CAPTURE (response.body);
    REQUIRE (response.status == 200);
    return json::parse (response.body).at ("tableread");
}

/** A GPU that keeps 8 of 28 layers. */
void onGpu (TwoModels& fixture)
{
    fixture.one->offload =
        OffloadConfig { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = "--gpu-layers 8" };
    fixture.one->plannedPeakBytes = 1100;
    fixture.one->plannedMemory = MemoryTable { .resident = 800, .slots = 200, .peak = 1000, .free = 5000 };
    fixture.one->deviceBytesEach = 900;
}
} // namespace

TEST_CASE ("The list has each model and OpenAI's names of the first", "[engine][server][models]")
{
    const TwoModels engine;
    const auto response = engine.get ("/v1/models");
    REQUIRE (response.status == 200);
    const auto list = json::parse (response.body);
    CHECK (list["object"] == "list");
    std::vector<std::string> ids;
    for (const auto& model : list["data"])
    {
        ids.push_back (model["id"]);
        CHECK (model["object"] == "model");
        CHECK (model["created"] == 1'700'000'000);
        CHECK (model["owned_by"] == "tableread");
        CHECK (model["tableread"]["state"] == "loaded");
        CHECK (model["tableread"].contains ("alias_of") == (ids.size() > 2));
    }
    CHECK (ids ==
           std::vector<std::string> { "fake", "two", "tableread", "tts-1", "tts-1-hd", "gpt-4o-mini-tts" });
    CHECK (json::parse (engine.get ("/v1/models/two").body) == list["data"][1]);
    const auto alias = json::parse (engine.get ("/v1/models/tts-1").body);
    CHECK (alias["id"] == "tts-1");
    CHECK (alias["tableread"]["alias_of"] == "fake");
    const auto unknown = engine.get ("/v1/models/%C3%A4%20b");
    CHECK (unknown.status == 404);
    CHECK_THAT (errorOf (unknown)["message"].get<std::string>(), Contains ("ä b") && Contains ("fake, two"));
    CHECK (engine.load ("nobody").status == 404);
    CHECK (engine.unload ("nobody").status == 404);
    CHECK (engine.get ("/v1/tableread/models/fake/load").status == 405);
}

TEST_CASE ("A model tells what it is", "[engine][server][models]")
{
    SECTION ("on a CPU")
    {
        const TwoModels engine;
        const auto about = ours (engine.get ("/v1/models/fake"));
        CHECK (about["device"] == "the CPU");
        CHECK (about["dtype"] == "fp32");
        CHECK (about["weights"] == "as computed");
        CHECK (about["fingerprint"] == "fake-tones-1");
        CHECK (about["sample_rate"] == 24'000);
        CHECK (about["frame_samples"] == FakeRenderer::frameSamples);
        CHECK (about["seats"] == 16);
        CHECK (about["voices"] == json::array());
        CHECK (about["offload"].is_null());
        CHECK (about["memory"]["device_bytes"].is_null());
        CHECK (about["memory"]["host_bytes"].is_number_unsigned());
    }
    SECTION ("on a GPU")
    {
        const TwoModels engine (onGpu);
        const auto about = ours (engine.get ("/v1/models/fake"));
        CHECK (about["offload"]["layers"] == 28);
        CHECK (about["offload"]["gpu_layers"] == 8);
        CHECK (about["offload"]["chosen_by"] == "gpu_layers 8");
        CHECK (about["offload"]["trim"] == "useful");
        CHECK (about["offload"]["vram"].is_null());
        CHECK (about["memory"]["device_bytes"]["resident"] == 800);
        CHECK (about["memory"]["device_bytes"]["slots"] == 200);
        CHECK (about["memory"]["device_bytes"]["sum"] == 1000);
        CHECK (about["memory"]["device_bytes"]["free"] == 5000);
    }
}

TEST_CASE ("A loading takes every setting of offloading and the rest from the start",
           "[engine][server][models]")
{
    TwoModels engine;
    const auto about = ours (engine.load (
        "fake", R"({"gpu_layers": 8, "pin_memory": false, "cache_clear_interval": 20, "trim": "always",
                    "weights": "int8", "vram": "10GB", "context": 8000, "passages": 4, "preset": null})"));
    CHECK (about["state"] == "loaded");
    CHECK (about["changed"] == true);
    CHECK (about["seconds"].get<double>() >= 0);
    CHECK (about["dtype"] == "bf16");
    CHECK (about["weights"] == "int8");
    CHECK (about["seats"] == 4);
    CHECK (about["notes"].back() ==
           "On a CPU all layers are resident: cache_clear_interval, context, gpu_layers, pin_memory, trim, "
           "vram have no effect.");
    const auto options = engine.lastOptions();
    CHECK (options.compute == ComputeType::BFloat16);
    CHECK (options.offload.mode == OffloadRequest::Mode::Layers);
    CHECK (options.offload.gpuLayers == 8);
    CHECK (options.offload.settings == OffloadSettings { .prefetch = 2,
                                                         .pinMemory = false,
                                                         .cacheTrimInterval = 20,
                                                         .trim = TrimPolicy::Always,
                                                         .weights = WeightsFormat::Int8,
                                                         .deviceMemoryLimit = 10'000'000'000,
                                                         .positions = 8000,
                                                         .passages = 4 });
    const auto same = ours (engine.load ("fake", R"({"gpu_layers": 8, "pin_memory": false,
        "cache_trim_interval": 20, "trim": "always", "weights": "int8", "vram": 10000000000, "context": 8000,
        "passages": 4})"));
    CHECK (same["changed"] == false);

    CHECK (ours (engine.load ("tts-1", "  "))["changed"] == true); // as at the start
    CHECK (engine.lastOptions().offload.settings.prefetch == 2);
    CHECK (engine.lastOptions().compute == ComputeType::Float32);
    CHECK (ours (engine.load ("fake", R"({"passages": "auto", "preset": "budget"})"))["changed"] == true);
    CHECK (engine.lastOptions().offload.settings.passages == 0);
    CHECK (engine.lastOptions().offload.preset == "budget");
    CHECK (engine.loaded.size() == 5);
}

TEST_CASE ("A plan tells what a loading would keep where, and loads nothing", "[engine][server][models]")
{
    std::mutex mutex;
    std::vector<std::pair<LoadOptions, DeviceRoom>> asked;
    const TwoModels engine ([&] (TwoModels& fixture) {
        onGpu (fixture);
        fixture.plan = [&] (const LoadOptions& options, const DeviceRoom& room) {
            const std::lock_guard lock (mutex);
            asked.emplace_back (options, room);
            if (options.offload.mode == OffloadRequest::Mode::None)
                fail (ErrorCode::OutOfMemory, "28 layers need 13.1 GiB. Lower --gpu-layers to 12.");
            return ModelPlan { .offload = { .layers = 28,
                                            .gpuLayers = 4,
                                            .settings = options.offload.settings,
                                            .chosenBy = "--gpu-layers 4" },
                               .memory = { .resident = 400,
                                           .slots = 100,
                                           .peak = 700,
                                           .free = room.freeBytes,
                                           .reserve = 256 },
                               .hostBytes = 2400,
                               .room = room };
        };
    });
    const auto planned = ours (engine.planOf ("fake", R"({"gpu_layers": 4, "weights": "int8"})"));
    CHECK (planned["device"] == "the CPU"); // what the fake renderer calls its device
    CHECK (planned["dtype"] == "bf16");
    CHECK (planned["weights"] == "int8");
    CHECK (planned["offload"]["gpu_layers"] == 4);
    CHECK (planned["offload"]["chosen_by"] == "gpu_layers 4");
    CHECK (planned["memory"]["host_bytes"] == 2400);
    CHECK (planned["memory"]["device_bytes"]["sum"] == 700);
    CHECK (planned["memory"]["device_bytes"]["planned_peak"] == 800);
    CHECK (planned["memory"]["device_bytes"]["free"] == 5000);
    REQUIRE (asked.size() == 1);
    CHECK (asked[0].first.offload.gpuLayers == 4);
    CHECK (asked[0].first.offload.settings.prefetch == 2); // as at the start
    CHECK (asked[0].second.freeBytes == 5000);
    CHECK (asked[0].second.contextBytes == 100);

    const auto refused = engine.planOf ("fake", R"({"no_offload": true})");
    CHECK (refused.status == 507);
    CHECK (errorOf (refused)["message"] == "28 layers need 13.1 GiB. Lower gpu_layers to 12.");
    CHECK (engine.planOf ("fake", R"({"gpu_layers": 29})").status == 400);
    CHECK (engine.planOf ("fake", R"({"gpu_layer": 4})").status == 400);
    CHECK (engine.planOf ("nobody").status == 404);
    CHECK (engine.get ("/v1/tableread/models/fake/plan").status == 405);

    ours (engine.unload ("fake")); // what was there for it is still known
    CHECK (ours (engine.planOf ("fake"))["memory"]["device_bytes"]["free"] == 5000);
    CHECK (engine.loaded.size() == 2);

    const auto onCpu = ours (engine.planOf ("two", R"({"gpu_layers": 4})"));
    CHECK (onCpu["offload"].is_null());
    CHECK (onCpu["memory"]["device_bytes"].is_null());
    CHECK (onCpu["notes"].back() == "On a CPU all layers are resident: gpu_layers has no effect.");
}

TEST_CASE ("A loading that makes no sense is refused and changes nothing", "[engine][server][models][errors]")
{
    const TwoModels engine (onGpu);
    const auto [body, field, why] = GENERATE (table<std::string, std::string, std::string> (
        { { R"({"gpu_layers": -1})", "gpu_layers", "\"-1\" is not a whole number from 0 to 100000" },
          { R"({"gpu_layers": 1e99})", "gpu_layers", "a whole number is expected" },
          { R"({"gpu_layers": 18446744073709551615})", "gpu_layers", "is not between" },
          { R"({"gpu_layers": 29})", "gpu_layers", "gpu_layers 29: this model has 28 layers" },
          { R"({"gpu_layers": "8"})", "gpu_layers", "a whole number is expected" },
          { R"({"prefetch": 65})", "prefetch", "from 0 to 64" },
          { R"({"cache_clear_interval": -1})", "cache_clear_interval", "from 0 to" },
          { R"({"cache_clear_interval": 1, "cache_trim_interval": 1})", "cache_trim_interval", "excludes" },
          { R"({"gpu_layers": 8, "auto": true})", "gpu_layers", "gpu_layers excludes auto" },
          { R"({"preset": "budget", "no_offload": true})", "preset", "excludes" },
          { R"({"preset": "huge"})", "preset", "is not a preset" },
          { R"({"weights": "fp4"})", "weights", "bf16, fp8 or int8" },
          { R"({"vram": "much"})", "vram", "is not a memory size" },
          { R"({"vram": 0})", "vram", "is not a memory size" },
          { R"({"pin_memory": "yes"})", "pin_memory", "true or false" },
          { R"({"passages": 17})", "passages", "from 1 to 16, or auto" },
          { R"({"passages": "all"})", "passages", "from 1 to 16, or auto" },
          { R"({"gpu_layer": 8})", "gpu_layer", "no setting of this name" },
          { R"([1])", "", "an object is expected" },
          { R"({"gpu_layers": )", "", "is not JSON" } }));
    CAPTURE (body);
    const auto response = engine.load ("fake", body);
    CHECK (response.status == 400);
    CHECK (errorOf (response)["param"] == (field.empty() ? json (nullptr) : json (field)));
    CHECK_THAT (errorOf (response)["message"].get<std::string>(), Contains (why));
    CHECK (engine.loaded.size() == 2);
    CHECK (ours (engine.get ("/v1/models/fake"))["state"] == "loaded");
}

TEST_CASE ("A body that is too large is refused", "[engine][server][models][errors]")
{
    const TwoModels engine;
    CHECK (engine.load ("fake", std::string (70'000, ' ')).status == 413);
    CHECK (engine.load ("fake", std::string (60'000, ' ')).status == 200);
}

TEST_CASE ("A model that is unloaded says so and speaks the same when it is loaded again",
           "[engine][server][models]")
{
    const TwoModels engine (onGpu);
    const auto before = engine.speak ("fake");
    REQUIRE (before.complete);
    const auto unloaded = ours (engine.unload ("tts-1"));
    CHECK (unloaded["state"] == "unloaded");
    CHECK (unloaded["changed"] == true);
    CHECK (unloaded["freed"]["device_bytes"] == 900);
    CHECK (unloaded["freed"]["host_bytes"].is_number_unsigned());
    CHECK (! unloaded.contains ("fingerprint"));
    CHECK (engine.one->alive == 0);
    CHECK (ours (engine.unload ("fake"))["changed"] == false);

    const auto refused = engine.speak ("fake");
    CHECK (refused.status == 503);
    CHECK (errorOf (refused)["code"] == "model_unloaded");
    CHECK (errorOf (refused)["param"] == "model");
    CHECK_THAT (errorOf (refused)["message"].get<std::string>(),
                Contains ("Load it: POST /v1/tableread/models/{id}/load"));
    CHECK (refused.header ("Retry-After").empty()); // it does not pass by itself
    CHECK (engine.speak ("two").complete);
    const auto health = json::parse (engine.get ("/health").body);
    CHECK (health["status"] == "ok");
    CHECK (health["fingerprint"] == "");
    CHECK (json::parse (engine.get ("/v1/models").body)["data"][0]["tableread"]["state"] == "unloaded");

    CHECK (ours (engine.load ("fake"))["changed"] == true);
    const auto after = engine.speak ("fake");
    CHECK (after.body == before.body);
    CHECK (after.complete);
}

TEST_CASE ("A server without any loaded model stays well", "[engine][server][models]")
{
    const TwoModels engine;
    CHECK (ours (engine.unload ("fake"))["state"] == "unloaded");
    CHECK (ours (engine.unload ("two"))["state"] == "unloaded");
    const auto health = protocol::parseHealth (engine.get ("/health").body);
    const auto ready = engine.get ("/readyz");
    CHECK (ready.status == 503);
    CHECK (json::parse (ready.body)["status"] == "unloaded");
    REQUIRE (health); // the plugin can read it
    CHECK (health->seats == 1);
    CHECK (health->status == "ok");
    CHECK (engine.speak ("two").status == 503);
    CHECK (ours (engine.load ("two"))["seats"] == 16);
    CHECK (engine.speak ("two").complete);
}

TEST_CASE ("A loading that fails says what to do in the names of requests",
           "[engine][server][models][errors]")
{
    TwoModels engine;
    engine.beforeLoad = [] {
        fail (ErrorCode::OutOfMemory,
              "28 layers need 13.1 GiB. Lower --gpu-layers to 12, or use --weights int8.");
    };
    const auto failed = engine.load ("fake", R"({"prefetch": 3})");
    CHECK (failed.status == 507);
    CHECK (errorOf (failed)["code"] == "out_of_memory");
    CHECK (errorOf (failed)["message"] ==
           "28 layers need 13.1 GiB. Lower gpu_layers to 12, or use weights int8.");
    const auto about = ours (engine.get ("/v1/models/fake"));
    CHECK (about["state"] == "failed");
    CHECK (about["error"]["code"] == "out_of_memory");
    CHECK_THAT (errorOf (engine.speak ("fake"))["message"].get<std::string>(),
                Contains ("loading it failed"));
    CHECK (engine.speak ("two").complete);
}

TEST_CASE ("A loading blocks no answers and does not stop when its client leaves", "[engine][server][models]")
{
    TwoModels engine;
    HeldLoading held (engine);
    held.client.hangUp();
    CHECK (json::parse (engine.get ("/health").body)["status"] == "loading");
    const auto ready = engine.get ("/readyz");
    CHECK (ready.status == 503);
    CHECK (ready.header ("Retry-After") == "1");
    CHECK (json::parse (ready.body)["status"] == "loading");
    CHECK (ours (engine.get ("/v1/models/fake"))["state"] == "loading");
    const auto refused = engine.speak ("fake");
    CHECK (refused.status == 503);
    CHECK (errorOf (refused)["code"] == "busy");
    CHECK (refused.header ("Retry-After") == "1");
    std::thread second (
        [&] { CHECK (ours (engine.load ("fake", R"({"prefetch": 7})"))["changed"] == false); });
    held.mayGoOn.count_down();
    second.join();
    CHECK (held.begun == 1);
    CHECK (engine.lastOptions().offload.settings.prefetch == 7);
    CHECK (engine.speak ("fake").complete);
}

TEST_CASE ("A server that goes while a model loads takes nothing with it", "[engine][server][models][stop]")
{
    TwoModels engine;
    HeldLoading held (engine);
    engine.server->stop();
    engine.thread.join();
    const auto answer = RawResponse::parse (held.client.receive());
    CHECK (answer.status == 503);
    CHECK (errorOf (answer)["code"] == "cancelled");
    engine.server.reset();
    held.mayGoOn.count_down(); // the answer has nowhere to go
    engine.worker.reset();
    CHECK (engine.one->alive == 0);
}

TEST_CASE ("A model without a way to load it is loaded at the start only", "[engine][server][models][errors]")
{
    const ServerFixture engine;
    const auto refused = request (engine.path(), "POST", "/v1/tableread/models/fake/load", "");
    CHECK (refused.status == 422);
    CHECK (errorOf (refused)["code"] == "unsupported");
}
