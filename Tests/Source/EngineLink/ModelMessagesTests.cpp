// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "EngineLink/Operation/Figures.h"
#include "EngineLink/Operation/ModelMessages.h"

using namespace tableread;
using namespace tableread::protocol;
using Catch::Contains;

TEST_CASE ("A loading asks only for what was chosen", "[source][enginelink][protocol]")
{
    CHECK (toJson (LoadSettings {}) == "{}");
    CHECK (
        toJson (LoadSettings { .gpuLayers = 0, .pinMemory = false, .cacheTrimInterval = 0, .passages = 0 }) ==
        R"({"cache_trim_interval":0,"gpu_layers":0,"passages":"auto","pin_memory":false})");
    CHECK (
        toJson (LoadSettings { .preset = "budget",
                               .weights = "int8",
                               .vram = "10GB",
                               .prefetch = 2,
                               .trim = "always",
                               .context = 8000,
                               .passages = 4 }) ==
        R"({"context":8000,"passages":4,"prefetch":2,"preset":"budget","trim":"always","vram":"10GB","weights":"int8"})");
    CHECK (toJson (LoadSettings { .automatic = true }) == R"({"auto":true})");
    CHECK (toJson (LoadSettings { .noOffload = true }) == R"({"no_offload":true})");
    CHECK (pathOf (ModelAction::Load, "a/b c%\xc3\xa4") == "/v1/tableread/models/a%2Fb%20c%25%C3%A4/load");
    CHECK (pathOf (ModelAction::Plan, "x-1.5_~") == "/v1/tableread/models/x-1.5_~/plan");
    CHECK (pathOf (ModelAction::Unload, "x") == "/v1/tableread/models/x/unload");
}

TEST_CASE ("A model is read, and other servers' lists too", "[source][enginelink][protocol]")
{
    const auto model =
        parseModel (R"({"id": "big", "tableread": {"state": "failed", "error": {"message": "no room"},
        "dtype": "bf16", "weights": "int8", "device": "GPU", "seats": 4, "offload": {"layers": 28, "gpu_layers": 8,
        "trim": "always", "vram": null, "context": 4096, "passages": 4, "chosen_by": "preset budget"},
        "memory": {"host_bytes": 7, "device_bytes": {"sum": 5, "planned_peak": 6, "free": 9}},
        "notes": ["odd", 3], "changed": true, "seconds": 1.5, "new": 1}})");
    REQUIRE (model);
    CHECK (model->state == "failed");
    CHECK (model->failure == "no room");
    CHECK (model->offload->gpuLayers == 8);
    CHECK (model->offload->trim == "always");
    CHECK (model->offload->vram == 0);
    CHECK (model->offload->context == 4096);
    CHECK (model->memory->plannedPeak == 6);
    CHECK (model->hostBytes == 7);
    CHECK (model->notes == std::vector<std::string> { "odd" });
    CHECK (model->seconds == 1.5);
    const auto onCpu =
        parseModel (R"({"id": "m", "tableread": {"offload": null, "memory": {"device_bytes": null}}})");
    REQUIRE (onCpu);
    CHECK_FALSE (onCpu->offload);
    CHECK_FALSE (onCpu->memory);
    const auto list = parseModels (R"({"data": [{"id": "a"}, {"id": "b", "tableread": {"alias_of": "a"}}]})");
    REQUIRE (list);
    REQUIRE (list->size() == 1);
    CHECK (list->front().id == "a");
    CHECK (parseVersion (R"({"version": "1", "gpu": null, "driver": "590"})") ==
           EngineVersion { "1", "", "590" });

    CHECK_THAT (parseModel (R"({"tableread": {"seats": -1}})").error().where, Contains ("tableread.seats"));
    for (const auto* bad :
         { "", "[]", "{\"tableread\": 3}", R"({"tableread": {"memory": {"device_bytes": {"sum": "x"}}}})",
           R"({"tableread": {"offload": {"gpu_layers": 1e99}}})" })
    {
        CAPTURE (bad);
        CHECK_FALSE (parseModel (bad));
    }
    CHECK_FALSE (parseModels (R"({"data": {}})"));
}

TEST_CASE ("Figures are averages of what happened since they were read last",
           "[source][enginelink][operator]")
{
    const auto metrics = [] (int frames, double seconds) {
        return "tableread_inter_frame_latency_seconds_count{model_name=\"a, \\\"b}\"} " +
               std::to_string (frames) +
               "\ntableread_inter_frame_latency_seconds_sum{model_name=\"a, \\\"b}\"} " +
               std::to_string (seconds) + "\n";
    };
    FigureReader reader;
    CHECK_FALSE (reader.read ("").frameMs);
    CHECK_FALSE (reader.read (metrics (0, 0)).frameMs);
    CHECK (reader.read (metrics (10, 1)).frameMs == Approx (100));
    CHECK (reader.read (metrics (10, 1)).frameMs == Approx (100)); // nothing new
    CHECK (reader.read (metrics (30, 2)).frameMs == Approx (50));
    CHECK (reader.read (metrics (4, 0.1)).frameMs == Approx (25)); // another engine counts from 0
    CHECK (reader.read (metrics (2, 0.1) + metrics (6, 0.5)).frameMs == Approx (125)); // of two models
    reader.forget();
    CHECK_FALSE (reader.read ("").frameMs);
}

TEST_CASE ("Figures leave out what is no figure", "[source][enginelink][operator][errors]")
{
    FigureReader reader;
    const auto figures =
        reader.read ("tableread_num_requests_waiting\ntableread_num_requests_waiting{\n"
                     "tableread_num_requests_waiting{a=\"\\\ntableread_num_requests_waiting{a=b} 1\n"
                     "tableread_num_requests_waiting NaN\ntableread_num_requests_waiting 1e999\n"
                     "tableread_num_requests_waiting{a=\"b\"}\nother 5\n"
                     "tableread_num_requests_waiting{} 3\ntableread_num_requests_waiting -2\n"
                     "tableread_process_resident_memory_bytes 1e300\n"
                     "tableread_num_requests_running 2");
    CHECK (figures.waiting == 3);
    CHECK (figures.speaking == 2);
    CHECK (figures.residentBytes == 1'000'000'000'000'000);
    CHECK (figures.gpus.empty());
}
