// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Report.h"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Engine/Offload/ProfileFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
using Kind = ProfileSpan::Kind;
using What = ProfileSums::What;

constexpr int modelPart = numberOf (FramePart::LanguageModel), soundPart = numberOf (FramePart::Sound);
static_assert (ProfiledModel::modelPart == modelPart && ProfiledModel::soundPart == soundPart);

double medianOf (const ProfileSums& sums, What what, FramePart part = FramePart::None)
{
    const auto found = std::ranges::find_if (
        sums.rows, [=] (const auto& row) { return row.what == what && row.part == part; });
    REQUIRE (found != sums.rows.end());
    return found->ms.median;
}

double sharesOf (const ProfileSums& sums)
{
    double all = 0;
    for (const auto& row : sums.rows)
        all += row.share;
    return all;
}

/** Frames of a CPU: the language model's time grows from frame to frame, and 1 ms passes between the parts. */
std::vector<ProfileSpan> cpuSpans (std::int64_t frames)
{
    std::vector<ProfileSpan> spans;
    double at = 0;
    const auto add = [&spans, &at] (FramePart part, double ms, std::int64_t frame) {
        spans.push_back (
            { .kind = Kind::Part, .part = numberOf (part), .frame = frame, .beginMs = at, .endMs = at + ms });
        at += ms;
    };
    add (FramePart::Prompt, 50.0, -1);
    spans.push_back ({ .kind = Kind::Attention, .multiplyAdds = 8'000'000, .beginMs = 0, .endMs = 16 });
    spans.push_back ({ .kind = Kind::Products, .multiplyAdds = 64'000'000, .beginMs = 16, .endMs = 48 });
    for (std::int64_t frame = 0; frame < frames; ++frame)
    {
        const double begin = at;
        add (FramePart::DiffusionHead, 3.0, frame);
        add (FramePart::Decoder, 4.0, frame);
        add (FramePart::SemanticEncoder, 2.0, frame);
        at += 1.0;
        add (FramePart::LanguageModel, 10.0 + static_cast<double> (frame), frame);
        spans.push_back ({ .kind = Kind::Step, .frame = frame, .beginMs = begin, .endMs = at });
    }
    spans.push_back ({ .kind = Kind::Step, .frame = frames, .beginMs = at, .endMs = at + 0.01 }); // the end
    return spans;
}

ProfileReport reportOf (const std::vector<ProfileSpan>& spans, std::int64_t settling)
{
    ProfileReport report;
    report.machine = "a machine";
    report.commit = "abc";
    report.dtype = "bf16";
    report.model.name = "tiny";
    report.model.layers = 28;
    report.settlingFrames = settling;
    report.sums = sumsOf (spans, settling);
    report.prompt = promptSumsOf (spans);
    return report;
}
} // namespace

TEST_CASE ("Copies that work does not hide are the exposed wait, and all rows add up to a frame",
           "[engine][command][profile]")
{
    // 20 copies of 1 ms a frame, along with 28 layers of 0.25 ms and 1 ms for the sound.
    ProfiledModel model ({ .interval = 0 });
    for (int frame = 0; frame < 12; ++frame)
        model.profiledFrame (1.0);
    const auto sums = sumsOf (model.profiler.take(), 2);
    CHECK (sums.onGpu);
    CHECK (sums.frames == 10);
    CHECK (sums.frameMs.median == Approx (20.0));
    CHECK (medianOf (sums, What::Compute, FramePart::LanguageModel) == Approx (7.0));
    CHECK (medianOf (sums, What::Compute, FramePart::Sound) == Approx (1.0));
    CHECK (medianOf (sums, What::ExposedWait) == Approx (12.0));
    CHECK (medianOf (sums, What::Trims) == 0.0);
    CHECK (medianOf (sums, What::Launch) == Approx (0.0).margin (1e-9));
    CHECK (sharesOf (sums) == Approx (1.0));
    CHECK (sums.copies.layers == 20);
    CHECK (sums.copies.bytes == 20 * 16);
    CHECK (sums.copies.ms.median == Approx (20.0));
    CHECK (sums.copies.share == Approx (1.0));
    CHECK (sums.copies.bytesPerSecond == Approx (16e3)); // 16 bytes a millisecond
    CHECK (sums.trims == 0);
}

TEST_CASE ("The cost of a trim is its own row, except for the time in which the GPU had work",
           "[engine][command][profile]")
{
    const auto interval = GENERATE (1, 3, 20);
    const auto computeMs = GENERATE (0.25, 2.0);
    CAPTURE (interval, computeMs);
    ProfiledModel model ({ .interval = interval, .policy = TrimPolicy::Always, .computeMs = computeMs });
    model.device.trimMs = 0.5;
    for (int frame = 0; frame < 24; ++frame)
        model.profiledFrame (1.0);
    const auto sums = sumsOf (model.profiler.take(), 0);
    CHECK (sums.trims == model.device.trims);
    double launch = 1, trims = 0;
    for (const auto& row : sums.rows)
    {
        if (row.what == What::Launch)
            launch = std::max (std::abs (row.ms.least), std::abs (row.ms.most));
        if (row.what == What::Trims)
            trims = row.share;
    }
    CHECK (launch == Approx (0.0).margin (1e-9)); // a host without work of its own leaves nothing over
    CHECK (trims > 0);
    CHECK (sharesOf (sums) == Approx (1.0));
}

TEST_CASE ("The host's time is divided into issuing, waiting and the time between",
           "[engine][command][profile]")
{
    std::vector<ProfileSpan> spans {
        { .kind = Kind::Step, .frame = 0, .beginMs = 0, .endMs = 20 },
        { .kind = Kind::Part, .part = soundPart, .frame = 0, .beginMs = 0, .endMs = 6 },
        { .kind = Kind::HostWait, .part = soundPart, .frame = 0, .beginMs = 1, .endMs = 6 },
        { .kind = Kind::Work, .part = soundPart, .frame = 0, .beginMs = 0.5, .endMs = 5.5 },
        { .kind = Kind::Part, .part = modelPart, .frame = 0, .beginMs = 8, .endMs = 20 },
        { .kind = Kind::TrimWait, .frame = 0, .beginMs = 10, .endMs = 13 },
        { .kind = Kind::Trim, .frame = 0, .beginMs = 13, .endMs = 14 },
        { .kind = Kind::Work, .part = modelPart, .frame = 0, .beginMs = 9, .endMs = 12 },
        { .kind = Kind::Work, .part = modelPart, .frame = 0, .beginMs = 15, .endMs = 19 },
        { .kind = Kind::HostWait, .part = modelPart, .frame = 0, .beginMs = 16, .endMs = 20 },
    };
    const auto sums = sumsOf (spans, 0);
    REQUIRE (sums.host.size() == 3);
    CHECK (sums.host[0].part == FramePart::None);
    CHECK (sums.host[0].issueMs.median == Approx (2.0));
    CHECK (sums.host[1].part == FramePart::LanguageModel);
    CHECK (sums.host[1].issueMs.median == Approx (4.0));
    CHECK (sums.host[1].waitMs.median == Approx (8.0)); // the trim, and what it waited for
    CHECK (sums.host[2].part == FramePart::Sound);
    CHECK (sums.host[2].issueMs.median == Approx (1.0));
    CHECK (sums.host[2].waitMs.median == Approx (5.0));
    CHECK (medianOf (sums, What::Trims) == Approx (2.0)); // from 12, when the GPU was done, to 14
    CHECK (medianOf (sums, What::Compute, FramePart::LanguageModel) == Approx (7.0));
    CHECK (medianOf (sums, What::Launch) == Approx (20.0 - 5 - 7 - 2));
}

TEST_CASE ("On a CPU the parts are what the host did, without warm-up and steps that speak nothing",
           "[engine][command][profile]")
{
    const auto sums = sumsOf (cpuSpans (10), 1);
    CHECK_FALSE (sums.onGpu);
    CHECK (sums.frames == 9);
    CHECK (medianOf (sums, What::Compute, FramePart::LanguageModel) == Approx (15.0)); // 11 to 19
    CHECK (medianOf (sums, What::Compute, FramePart::DiffusionHead) == Approx (3.0));
    CHECK (medianOf (sums, What::Compute, FramePart::Decoder) == Approx (4.0));
    CHECK (medianOf (sums, What::Compute, FramePart::SemanticEncoder) == Approx (2.0));
    CHECK (medianOf (sums, What::Launch) == Approx (1.0));
    CHECK (medianOf (sums, What::ExposedWait) == 0.0);
    CHECK (sums.frameMs.least == Approx (21.0));
    CHECK (sums.frameMs.most == Approx (29.0));
    CHECK (sums.copies.layers == 0);
    CHECK (sums.host.empty());
    CHECK (sumsOf ({}, 0).frames == 0);
}

TEST_CASE ("A profile's table says what was measured, its rows, copies and trims",
           "[engine][command][profile]")
{
    ProfiledModel model ({ .interval = 0 });
    for (int frame = 0; frame < 5; ++frame)
        model.profiledFrame (1.0);
    auto report = reportOf (model.profiler.take(), 1);
    report.model.offload = OffloadConfig { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = {} };
    const auto table = describe (report);
    CHECK_THAT (table, Contains ("a machine") && Contains ("28 layers, 20 of them offloaded") &&
                           Contains ("4 after 1 that settle; 1 passage at once"));
    CHECK_THAT (table, Contains ("compute: language model") && Contains ("7.00 (7.00 to 7.00)    35.0 %"));
    CHECK_THAT (table, Contains ("exposed wait for copies") && Contains ("12.00 (12.00 to 12.00)    60.0 %"));
    CHECK_THAT (table, Contains ("(one graph)") && Contains ("a frame") && Contains ("100.0 %\n"));
    CHECK_THAT (table, Contains ("100.0 % of it; 20 layers, 0.000 GB") && Contains ("trims: 0 in 4 frames"));
    CHECK_THAT (table, Contains ("waits for the GPU"));

    const auto onCpu = describe (reportOf (cpuSpans (3), 0));
    CHECK_THAT (onCpu, Contains ("28 layers, all resident") && Contains ("between the parts") &&
                           Contains ("concurrent copies: none") && ! Contains ("waits for the GPU"));
    CHECK_THAT (table, ! Contains ("the prompt"));
    CHECK_THAT (onCpu,
                Contains ("compute: attention") && Contains ("16.00    32.0 %                     0.5 G\n"));
    CHECK_THAT (onCpu, Contains ("compute: matrix products") &&
                           Contains ("32.00    64.0 %                     2.0 G\n"));
    CHECK_THAT (onCpu, Contains ("50.00   100.0 %\n") && Contains ("attention reaches 0.25 of"));
}

TEST_CASE ("A profile in JSON has the table's figures in full", "[engine][command][profile]")
{
    ProfiledModel model ({ .interval = 0 });
    for (int frame = 0; frame < 5; ++frame)
        model.profiledFrame (1.0);
    const auto json = toJson (reportOf (model.profiler.take(), 1));
    CHECK (json["frames"] == 4);
    CHECK (json["on_gpu"] == true);
    CHECK (json["frame_ms"]["median"].get<double>() == Approx (20.0));
    double sum = 0, shares = 0;
    for (const auto& row : json["rows"])
    {
        sum += row["ms_per_frame"]["median"].get<double>();
        shares += row["share"].get<double>();
    }
    CHECK (sum == Approx (20.0));
    CHECK (shares == Approx (1.0));
    CHECK (json["rows"][0]["what"] == "compute");
    CHECK (json["rows"][0]["part"] == "language model");
    CHECK (json["copies"]["bytes_per_frame"] == 320.0);
    CHECK (json["copies"]["bytes_per_second"].get<double>() == Approx (16e3));
    CHECK (json["trims"] == 0);
    CHECK (json["host"].size() == 3);
    CHECK (json["prompt"]["ms"] == 0.0);
    CHECK_FALSE (json["prompt"].contains ("attention"));

    const auto prompt = toJson (reportOf (cpuSpans (3), 0))["prompt"];
    CHECK (prompt["ms"] == 50.0);
    CHECK (prompt["attention"]["ms"] == 16.0);
    CHECK (prompt["attention"]["share"].get<double>() == Approx (0.32));
    CHECK (prompt["attention"]["multiply_adds"] == 8'000'000);
    CHECK (prompt["attention"]["multiply_adds_per_second"].get<double>() == Approx (0.5e9));
    CHECK (prompt["matrix_products"]["multiply_adds_per_second"].get<double>() == Approx (2e9));
    CHECK (prompt["attention_to_products"].get<double>() == Approx (0.25));
}
