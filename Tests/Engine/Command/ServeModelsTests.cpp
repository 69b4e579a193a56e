// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include <catch2/catch.hpp>

#include "Command/Serve/Models.h"
#include "Command/Serve/Planning.h"
#include "CommandFixture.h"
#include "Offload/Plan/ModelMemory.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("A model to serve is a folder, with a name before it and a device behind it",
           "[engine][command][serve]")
{
    const auto [text, name, folder, device] =
        GENERATE (table<std::string, std::string, std::string, std::string> ({
            { "models/mini", "", "models/mini", "" },
            { "small=models/mini", "small", "models/mini", "" },
            { "small=models/mini@cpu", "small", "models/mini", "cpu" },
            { "/m/big@cuda", "", "/m/big", "cuda" },
            { "big=/m/big@cuda:1", "big", "/m/big", "cuda:1" },
            { "/m/a=b", "", "/m/a=b", "" },               // the sign is in the path
            { "me@home/model", "", "me@home/model", "" }, // not a device
            { "m@cuda:x", "", "m@cuda:x", "" },
            { "m@cuda:-1", "", "m@cuda:-1", "" },
            { "org/name@auto", "", "org/name", "auto" },
        }));
    CAPTURE (text);
    const auto request = parseModelRequest (text);
    CHECK (request.name == name);
    CHECK (request.folder == folder);
    CHECK (request.device == device);
}

TEST_CASE ("A path that exists is a folder as a whole", "[engine][command][serve]")
{
    const TemporaryFolder folder;
    const auto odd = folder.path() / "a=b@cpu";
    std::filesystem::create_directory (odd);
    CHECK (parseModelRequest (odd.string()).folder == odd);
    CHECK (parseModelRequest (odd.string()).device.empty());
}

TEST_CASE ("Models share a render thread by their device, and need names of their own",
           "[engine][command][serve]")
{
    CommandFixture engine;
    const auto model = engine.model().string();
    const auto served = [&] (const std::vector<std::string>& asked) {
        std::ostringstream out, err;
        const OffloadOptions offload { OffloadOptions::Passages::Auto };
        return modelsToServe (asked, {}, offload, engine.session (out, err));
    };
    const auto models = served ({ model, "two=" + model + "@cpu", "three=" + model + "@cuda:1" });
    REQUIRE (models.size() == 3);
    CHECK (models[0].device == "auto");
    CHECK (models[1].name == "two");
    CHECK (models[1].device == "cpu");
    CHECK (models[1].load.device == DeviceKind::Cpu);
    CHECK (models[2].device == "cuda:1");
    CHECK (models[2].load.deviceIndex == 1);
    const auto error = failureOf ([&] { served ({ model, model }); });
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK_THAT (error.message, Catch::Contains ("--model NAME="));
    CHECK (failureOf ([&] { served ({ "x=/not/there" }); }).code == ErrorCode::NotFound);
}

TEST_CASE ("A served model's loading is planned from its files, within the limit that is asked for",
           "[engine][command][serve]")
{
    LoadOptions options { .model = TABLEREAD_ROOT "/Assets/models/mini", .compute = ComputeType::BFloat16 };
    options.offload.mode = OffloadRequest::Mode::Layers;
    options.offload.gpuLayers = 2;
    const DeviceRoom room { "a GPU", 8'000'000'000, 500'000'000 };
    const auto plan = planLoading (options, room);
    const auto layer = memoryNeeds (*Checkpoint::open (options.model), {}).layerBytes;
    CHECK (plan.offload.gpuLayers == 2);
    CHECK (plan.memory.resident == 2 * layer);
    CHECK (plan.memory.free == 8'000'000'000);
    CHECK (plan.memory.context == 0);
    CHECK (plan.hostBytes == 6 * layer);
    options.offload.settings.deviceMemoryLimit = 2'000'000'000;
    CHECK (planLoading (options, room).memory.free == 1'500'000'000);
    options.offload.settings.deviceMemoryLimit = 600'000'000;
    const auto refused = failureOf ([&] { planLoading (options, room); });
    CHECK (refused.code == ErrorCode::OutOfMemory);
    CHECK_THAT (refused.message, Catch::Contains ("on a GPU"));
    options.model = "/not/there";
    CHECK (failureOf ([&] { planLoading (options, room); }).code == ErrorCode::NotFound);
}
