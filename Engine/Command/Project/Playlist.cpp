// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Playlist.h"

#include <algorithm>
#include <unordered_map>

#include "Command/Project/Takes.h"
#include "Playback/Timing.h"
#include "Project/File/Collect.h"
#include "Timeline/BeforeStart.h"

namespace tableread::engine
{
namespace
{
/** A take that sounds in the block that is being made. */
struct SoundingTake
{
    std::int64_t start = 0;
    std::vector<float> samples;

    std::int64_t end() const { return start + std::ssize (samples); }
};

SoundingTake load (const PlacedTake& placed, SampleStore& store)
{
    SoundingTake sounding { placed.start.value, orThrow (store.load (project::samplesOf (*placed.take))) };
    if (placed.gain != 1.0f)
        for (auto& sample : sounding.samples)
            sample *= placed.gain;
    return sounding;
}

void add (const SoundingTake& sounding, std::int64_t at, std::span<float> block)
{
    const auto begin = std::max (at, sounding.start),
               end = std::min (at + std::ssize (block), sounding.end());
    for (auto sample = begin; sample < end; ++sample)
        block[static_cast<std::size_t> (sample - at)] +=
            sounding.samples[static_cast<std::size_t> (sample - sounding.start)];
}
} // namespace

Playlist playlistOf (const project::Document& document)
{
    const auto passages = project::passagesOf (document);
    auto timeline = playback::timelineOf (document, passages);
    std::unordered_map<std::uint64_t, const project::TakeRecord*> takes; // by their items' lines
    std::unordered_map<std::uint64_t, std::string> titles;               // likewise
    for (std::size_t i = 0; i < passages.size(); ++i)
    {
        auto& item = timeline.items[i];
        const auto* take = heardTake (document, passages[i]);
        takes.emplace (item.line, take);
        titles.emplace (item.line, project::titleOf (document, passages[i]));
        item.estimate = take->length;
        item.isGivenUp = true; // its audio is not played by the plan, so its length is as it is said
    }
    const auto arranged = arrange (timeline, {});
    Playlist playlist { {}, arranged.end, {} };
    playlist.unheard = notesOnSpeechBeforeStart (arranged.plan, static_cast<double> (modelSampleRateHz),
                                                 [&] (std::uint64_t line) { return titles.at (line); });
    playlist.takes.reserve (takes.size());
    for (const auto& placement : arranged.plan.placements())
        playlist.takes.push_back ({ takes.at (placement.line), { placement.start.value }, placement.gain });
    return playlist;
}

void play (const Playlist& playlist, SampleStore& store,
           const std::function<void (std::span<const float>)>& out)
{
    constexpr std::int64_t blockSamples = 1 << 16;
    auto next = playlist.takes.begin();
    std::vector<SoundingTake> sounding;
    std::vector<float> block;
    for (std::int64_t at = 0; at < playlist.end.value; at += blockSamples)
    {
        block.assign (static_cast<std::size_t> (std::min (blockSamples, playlist.end.value - at)), 0.0f);
        for (; next != playlist.takes.end() && next->start.value < at + std::ssize (block); ++next)
            if (next->gain != 0.0f)
                sounding.push_back (load (*next, store));
        for (const auto& take : sounding)
            add (take, at, block);
        std::erase_if (sounding, [&] (const auto& take) { return take.end() <= at + blockSamples; });
        out (block);
    }
}
} // namespace tableread::engine
