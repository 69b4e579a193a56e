// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "Playback/Keeper.h"
#include "Plugin/GatedStore.h"
#include "Plugin/PluginFixture.h"
#include "Project/Lookup.h"

namespace tableread::test
{
using project::TakeId;

inline constexpr int fade = PlanReader::fadeSamples;

inline std::vector<float> trimmed (const std::vector<float>& sound)
{
    const auto isHeard = [] (float sample) { return sample != 0.0f; };
    const auto first = std::find_if (sound.begin(), sound.end(), isHeard);
    const auto last = std::find_if (sound.rbegin(), sound.rend(), isHeard).base();
    return first < last ? std::vector<float> (first, last) : std::vector<float>();
}

/** A workspace with a long line, which has two takes, and a short one; all are rendered. */
struct Stand
{
    explicit Stand (Workspace::Options options) : workspace (atOnce (std::move (options)))
    {
        workspace.setScript ("Anna: Good evening. You are late again, and nobody has said why.\nBen: Oh.\n");
        REQUIRE (renderAll (workspace));
        REQUIRE (workspace.edit (project::Reroll { { line (0) } }));
        REQUIRE (renderAll (workspace));
        REQUIRE (workspace.document()->takes.size() == 3);
        second = project::choiceOf (*workspace.document(), passage (0)).take->id;
        const auto document = workspace.document();
        for (const auto& take : document->takes)
            if (take->line == line (0) && take->id != second)
                first = take->id;
        REQUIRE (first);
        audition.setHostRate ((double) modelSampleRateHz);
    }

    static Workspace::Options atOnce (Workspace::Options options)
    {
        options.stage.settling = {};
        return options;
    }

    project::LineId line (std::size_t place) const { return workspace.document()->lines[place]->id; }

    project::PassageView passage (std::size_t place) const
    {
        const auto document = workspace.document();
        return project::passageWith (project::passagesOf (*document), place);
    }

    project::TakeRecord record (TakeId take) const
    {
        const auto document = workspace.document();
        return *document->takes[*project::placeOf (*document, take)];
    }

    /** What is in the store. */
    std::vector<float> speech (TakeId take)
    {
        const auto known = record (take);
        return takes->load ({ known.audio, known.length }).value();
    }

    /** As the timeline has it. */
    std::vector<float> atRate (TakeId take, double rate)
    {
        auto copy = std::make_shared<Take>();
        copy->append (speech (take));
        copy->finish();
        const auto audio = HostAudio::create (copy, rate).value();
        audio->pump();
        std::vector<float> samples ((std::size_t) audio->rendered());
        audio->read (0, samples);
        return samples;
    }

    std::vector<float> hear (std::size_t count)
    {
        std::vector<float> sound (count);
        std::array<float*, 1> channels { sound.data() };
        audition.mix (channels, count);
        return sound;
    }

    /** The first block with sound in it. */
    std::vector<float> begin (std::size_t count)
    {
        std::vector<float> sound;
        REQUIRE (eventually ([&] {
            sound = hear (count);
            return std::any_of (sound.begin(), sound.end(), [] (float each) { return each != 0.0f; });
        }));
        return sound;
    }

    /** All of what is heard, from the first sample to the last that is not 0. */
    std::vector<float> whole (std::size_t block)
    {
        auto sound = begin (block);
        while (audition.current())
        {
            const auto more = hear (block);
            sound.insert (sound.end(), more.begin(), more.end());
        }
        return trimmed (sound);
    }

    /** Whether the beginning of this is heard, whatever is heard before it. */
    bool comes (const std::vector<float>& expected)
    {
        constexpr std::ptrdiff_t enough = 1000;
        std::vector<float> tail;
        return eventually (
            [&] {
                const auto more = hear (256);
                tail.insert (tail.end(), more.begin(), more.end());
                return std::search (tail.begin(), tail.end(), expected.begin(), expected.begin() + enough) !=
                       tail.end();
            },
            std::chrono::seconds (3));
    }

    bool hasProblem() const
    {
        return eventually ([&] { return audition.problem().has_value(); });
    }

    Workspace workspace;
    Audition& audition = workspace.audition();
    std::shared_ptr<SampleStore> takes;
    TakeId first, second;
};

struct StoredStand : Stand
{
    explicit StoredStand (const PluginFixture& fixture) : StoredStand (fixture.options()) {}
    explicit StoredStand (const Workspace::Options& options) : Stand (options)
    {
        takes = options.stage.store;
    }
};

/** The same, with a store that can be held up. */
struct GatedStand : StoredStand
{
    explicit GatedStand (const PluginFixture& fixture)
        : GatedStand (fixture, std::make_shared<GatedStore> (
                                   TakeStoreOptions { .folder = fixture.folder.path() / "takes" }))
    {}

    const std::shared_ptr<GatedStore> store;

private:
    GatedStand (const PluginFixture& fixture, const std::shared_ptr<GatedStore>& gated)
        : StoredStand (optionsWith (fixture, gated))
        , store (gated)
    {}

    static Workspace::Options optionsWith (const PluginFixture& fixture,
                                           const std::shared_ptr<GatedStore>& gated)
    {
        auto options = fixture.options();
        options.stage.store = gated;
        return options;
    }
};

/** With a fade at each end, and at a gain. */
inline std::vector<float> faded (std::vector<float> speech, float gain = 1.0f)
{
    const auto length = (int) speech.size();
    for (int i = 0; i < length; ++i)
    {
        speech[(std::size_t) i] *= gain;
        speech[(std::size_t) i] *= (float) std::min ({ i + 1, length - i, fade }) / (float) fade;
    }
    return speech;
}

inline float largestStep (const std::vector<float>& sound)
{
    float most = 0.0f;
    for (std::size_t i = 1; i < sound.size(); ++i)
        most = std::max (most, std::abs (sound[i] - sound[i - 1]));
    return most;
}
} // namespace tableread::test
