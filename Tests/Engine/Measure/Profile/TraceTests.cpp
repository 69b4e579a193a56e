// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Trace.h"

#include <cmath>
#include <map>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Engine/Offload/ProfileFixture.h"
#include "Render/FramePart.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
using Kind = ProfileSpan::Kind;
using Json = nlohmann::json;

std::int64_t nanoseconds (const Json& microseconds)
{
    return std::llround (microseconds.get<double>() * 1e3);
}

/** Checks what every reader of such a file relies on. @returns its complete events by thread, in the file's order. */
std::map<int, std::vector<Json>> checkedEvents (const std::string& text)
{
    const auto trace = Json::parse (text);
    REQUIRE (trace["traceEvents"].is_array());
    std::map<int, std::vector<Json>> events;
    std::map<int, std::string> threads;
    std::string process;
    for (const auto& event : trace["traceEvents"])
    {
        CHECK (event["pid"] == 1);
        if (event["ph"] == "M")
        {
            if (event["name"] == "thread_name")
                threads[event["tid"]] = event["args"]["name"];
            if (event["name"] == "process_name")
                process = event["args"]["name"];
            continue;
        }
        REQUIRE (event["ph"] == "X");
        CHECK (event["ts"].is_number());
        CHECK (event["dur"].get<double>() >= 0);
        CHECK_FALSE (event["name"].get<std::string>().empty());
        events[event["tid"]].push_back (event);
    }
    CHECK_FALSE (process.empty());
    for (const auto& [thread, all] : events)
    {
        CHECK (threads.contains (thread));
        std::vector<std::int64_t> ends;
        std::int64_t last = 0;
        for (const auto& event : all)
        {
            const auto begin = nanoseconds (event["ts"]), end = begin + nanoseconds (event["dur"]);
            CHECK (begin >= last);
            last = begin;
            while (! ends.empty() && ends.back() <= begin)
                ends.pop_back();
            CHECK ((ends.empty() || end <= ends.back()));
            ends.push_back (end);
        }
    }
    return events;
}

ProfileSpan work (double beginMs, double endMs, std::int64_t layer)
{
    return {
        .kind = Kind::Work, .firstLayer = layer, .lastLayer = layer, .beginMs = beginMs, .endMs = endMs
    };
}
} // namespace

TEST_CASE ("A trace has a track for each queue, and an event for each copy, wait, pass, frame and trim",
           "[engine][command][profile]")
{
    ProfiledModel model (
        { .layers = 4, .gpuLayers = 1, .slots = 2, .interval = 3, .policy = TrimPolicy::Always });
    model.device.trimMs = 0.5;
    for (int frame = 0; frame < 3; ++frame)
        model.profiledFrame (1.0);
    const auto spans = model.profiler.take();
    const auto events = checkedEvents (chromeTrace (spans, "a test"));
    REQUIRE (events.size() == 3);
    std::size_t count = 0;
    std::map<std::string, int> names;
    for (const auto& [thread, all] : events)
    {
        count += all.size();
        for (const auto& event : all)
            ++names[event["cat"].get<std::string>() + ": " + event["name"].get<std::string>()];
    }
    CHECK (count == spans.size());
    CHECK (names["host: frame 0"] == 1);
    CHECK (names["host: frame 2"] == 1);
    CHECK (names["host: language model"] == 3);
    CHECK (names["host: wait for the GPU"] == 6);
    CHECK (names["host: trim"] == 3);
    CHECK (names["host: wait before a trim"] == 3);
    CHECK (names["compute queue: language model"] == 3);
    CHECK (names["compute queue: head + decoder + semantic encoder (one graph)"] == 3);
    CHECK (names["compute queue: layer 0"] == 3);
    CHECK (names["compute queue: wait for layer 3"] == 3);
    CHECK (names["copy queue: layer 3"] >= 3);
    for (const auto& copy : events.at (3))
    {
        CHECK (copy["dur"].get<double>() == Approx (1000.0)); // a millisecond
        CHECK (copy["args"]["bytes"] == 16);
    }
}

TEST_CASE ("A trace corrects spans that overlap a little because clocks differ", "[engine][command][profile]")
{
    const std::vector<ProfileSpan> spans {
        { .kind = Kind::Queue, .part = numberOf (FramePart::LanguageModel), .beginMs = 1.0, .endMs = 3.0 },
        work (1.0, 2.0000006, 0),       // ends after the next one begins
        work (2.0000002, 3.0000009, 1), // ends after the span that contains it
        work (5.0, 5.0, 2),             // empty
        work (4.0, 4.5, 3),             // out of order
    };
    const auto events = checkedEvents (chromeTrace (spans, "a test")).at (2);
    REQUIRE (events.size() == 5);
    CHECK (events[0]["name"] == "language model");
    CHECK (events[1]["name"] == "layer 0");
    CHECK (nanoseconds (events[1]["dur"]) == 1'000'001);
    CHECK (nanoseconds (events[2]["ts"]) == 2'000'001);
    CHECK (nanoseconds (events[2]["dur"]) == 999'999);
    CHECK (events[3]["name"] == "layer 3");
    CHECK (events[4]["dur"] == 0.0);
}

TEST_CASE ("Names of any kind are escaped in a trace", "[engine][command][profile]")
{
    for (const std::string title : { "a \"quoted\" \\ name\n", "Prüfung 試験", "not UTF-8: \xff\xfe" })
    {
        const auto trace = Json::parse (chromeTrace ({}, title));
        const auto& name = trace["traceEvents"][0]["args"]["name"];
        if (title.find ('\xff') == std::string::npos)
            CHECK (name == title);
        else
            CHECK (name.get<std::string>().starts_with ("not UTF-8: "));
    }
}

TEST_CASE ("A trace without a GPU has the host's track only", "[engine][command][profile]")
{
    const std::vector<ProfileSpan> spans {
        { .kind = Kind::Part, .part = numberOf (FramePart::Prompt), .endMs = 1.0 },
        { .kind = Kind::Products,
          .firstLayer = 3,
          .lastLayer = 3,
          .multiplyAdds = 5,
          .beginMs = 0.1,
          .endMs = 0.3 },
        { .kind = Kind::Attention, .firstLayer = 3, .lastLayer = 3, .beginMs = 0.3, .endMs = 0.9 }
    };
    const auto trace = chromeTrace (spans, "a test");
    CHECK (trace.find ("thread_name") == trace.rfind ("thread_name"));
    const auto events = checkedEvents (trace);
    REQUIRE (events.size() == 1);
    const auto& host = events.begin()->second;
    REQUIRE (host.size() == 3);
    CHECK (host[0]["cat"] == "host");
    CHECK (host[1]["name"] == "matrix products, layer 3");
    CHECK (host[1]["args"]["multiply_adds"] == 5);
    CHECK (host[2]["name"] == "attention, layer 3");
}
