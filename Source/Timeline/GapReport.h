// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Core/Units.h"
#include "Timeline/Hole.h"

namespace tableread
{
/** Sorts holes by position and joins those of a line that touch or overlap, as from a loop that was played twice. */
std::vector<Hole> joined (std::vector<Hole> holes);

/** Without what is behind a line's end, where a HoleLog has places too: how long a line is may only be known later. */
std::vector<Hole> within (std::vector<Hole> holes,
                          const std::function<HostSamples (std::uint64_t line)>& lengthOf);

/** Where a bounce, or what was played, has no speech though it should. */
struct GapReport
{
    struct Place
    {
        std::string title; // "line 5, Anna"
        std::string why;   // a sentence; empty: it was not there in time
        HostSamples from, to;
    };

    double hostRateHz = (double) modelSampleRateHz;
    bool hasSlates = false;    // a tone marks each of them
    bool isPlayed = false;     // in real time, where nothing waits for speech
    bool isCorrection = false; // of the last one that is the same in this
    std::string remark {};     // on all of it, as an end of a sentence: "… is complete, but "; empty: none
    std::vector<Place> places;

    bool isEmpty() const { return places.empty(); }
};

/** What a report says of a line. */
struct LineText
{
    std::string title, why;
};

/** `holes`: within their lines, and joined. */
GapReport reportOf (std::span<const Hole> holes, double hostRateHz,
                    const std::function<LineText (std::uint64_t line)>& textOf);

/** For people: a heading, and a line for each place with its time and samples. `what`: "scene.wav". */
std::string toText (const GapReport& report, const std::string& what);

/** Writes the text to a file, which appears when it is complete. @returns Io and others, as OutputFile. */
[[nodiscard]] Result<void> writeReport (const GapReport& report, const std::string& what,
                                        const std::filesystem::path& file);
} // namespace tableread
