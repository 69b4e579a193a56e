// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "Render/Loop/FrameLoop.h"
#include "Render/Loop/PrefixCache.h"
#include "Support/Mini.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
using Ids = std::vector<std::int64_t>;
using Voices = std::vector<std::shared_ptr<EncodedVoice>>;

struct CompleteVoice : EncodedVoice
{
    std::int64_t framesLeft() const override { return 0; }
    void encode (std::int64_t) override {}
};

/** A tiny random model, whose prompts are computed without a loop. */
struct Tiny
{
    static constexpr SpecialTokens tokens { 156, 157, 158, 147 };

    Tiny() : model (Checkpoint::open (TABLEREAD_GOLDENS "/a-plain"), {}) {}

    SequenceInput input (Ids prefix, const Ids& text, Voices voices = {}) const
    {
        SequenceInput made;
        made.prefixRows = (std::int64_t) prefix.size();
        made.ids = std::move (prefix);
        made.ids.insert (made.ids.end(), text.begin(), text.end());
        made.ids.push_back (tokens.speechStart);
        made.voices = std::move (voices);
        made.noise = std::make_shared<PhiloxNoise> (1);
        made.tokenLimit = made.exactFrames = 4;
        return made;
    }

    /** Computes a prompt and keeps it. */
    void keep (PrefixCache& cache, const Ids& prefix, const Ids& text, const Voices& voices = {})
    {
        FrameLoop loop (model, tokens);
        const auto sequence = loop.join (input (prefix, text, voices));
        loop.prepareAll();
        cache.keep (*sequence);
    }

    /** @returns how many rows a prompt finds. */
    std::int64_t found (PrefixCache& cache, const Ids& prefix, const Ids& text,
                        const Voices& voices = {}) const
    {
        Sequence sequence (model, input (prefix, text, voices));
        cache.fill (sequence);
        return sequence.positive.length();
    }

    const c10::InferenceMode noGradients;
    VibeVoice model;
};
} // namespace

TEST_CASE ("A prompt finds the rows that it has in common with an earlier one of the same voices",
           "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (100, false);
    const Voices anna { std::make_shared<CompleteVoice>() }, ben { std::make_shared<CompleteVoice>() };
    const Ids cast { 4, 8, 15 }, text { 16, 23, 42 };
    CHECK (tiny.found (cache, cast, text, anna) == 0);
    tiny.keep (cache, cast, text, anna);
    CHECK (cache.positions() == 6);
    CHECK (tiny.found (cache, cast, text, anna) == 6); // all but the start of speech
    CHECK (tiny.found (cache, cast, { 16, 23, 43 }, anna) == 5);
    CHECK (tiny.found (cache, cast, { 16 }, anna) == 4);
    CHECK (tiny.found (cache, cast, { 16, 23, 42, 99 }, anna) == 6);
    CHECK (tiny.found (cache, cast, { 99 }, anna) == 3);
    CHECK (tiny.found (cache, cast, text, ben) == 0);
    CHECK (tiny.found (cache, cast, text) == 0);
    CHECK (tiny.found (cache, cast, text, { anna.front(), ben.front() }) == 0);
    CHECK (tiny.found (cache, { 4, 8 }, { 15, 16, 23, 42 }, anna) == 0);
    CHECK (tiny.found (cache, {}, { 4, 8, 15 }, anna) == 0);
}

TEST_CASE ("Of several earlier prompts the one with most rows in common counts", "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (100, false);
    tiny.keep (cache, { 1, 2 }, { 3, 4, 5 });
    tiny.keep (cache, { 1, 2 }, { 6 });
    CHECK (cache.positions() == 8);
    CHECK (tiny.found (cache, { 1, 2 }, { 3, 4, 6 }) == 4);
    tiny.keep (cache, { 1, 2 }, { 3, 4, 5 }); // is there already
    tiny.keep (cache, { 1, 2 }, { 3, 4 });    // and this with it
    CHECK (cache.positions() == 8);
    tiny.keep (cache, { 1, 2 }, { 6, 7 }); // in place of the shorter one
    CHECK (cache.positions() == 9);
}

TEST_CASE ("On a GPU a prompt takes whole blocks, which begin anew behind the prefix", "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (1000, true);
    const auto rows = [] (std::int64_t count, std::int64_t id) { return Ids ((std::size_t) count, id); };
    tiny.keep (cache, rows (130, 1), rows (150, 2));
    CHECK (tiny.found (cache, rows (130, 1), rows (150, 2)) == 130 + 128);
    CHECK (tiny.found (cache, rows (130, 1), rows (129, 2)) == 130 + 128);
    CHECK (tiny.found (cache, rows (130, 1), rows (128, 2)) == 130 + 128);
    CHECK (tiny.found (cache, rows (130, 1), rows (127, 2)) == 130); // its block has the start of speech
    CHECK (tiny.found (cache, rows (130, 1), rows (40, 2)) == 130);
    CHECK (tiny.found (cache, rows (130, 1), rows (40, 3)) == 130);
    CHECK (tiny.found (cache, rows (129, 1), rows (40, 3)) == 0);
}

TEST_CASE ("Prompts are dropped with their voices, and the least recently used first", "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (7, false);
    tiny.keep (cache, { 1, 2 }, { 3 });
    tiny.keep (cache, { 4, 5 }, { 6 });
    CHECK (tiny.found (cache, { 1, 2 }, { 9 }) == 2); // used again
    tiny.keep (cache, { 7, 8 }, { 9 });
    CHECK (cache.positions() == 6);
    CHECK (tiny.found (cache, { 4, 5 }, { 6 }) == 0);
    CHECK (tiny.found (cache, { 1, 2 }, { 3 }) == 3);
    CHECK (tiny.found (cache, { 7, 8 }, { 9 }) == 3);
    {
        const Voices gone { std::make_shared<CompleteVoice>() };
        tiny.keep (cache, { 1 }, { 2 }, gone);
        CHECK (cache.positions() == 7);
    }
    tiny.keep (cache, { 5 }, { 2 });
    CHECK (cache.positions() == 7); // that of the voice that is gone made room
    CHECK (tiny.found (cache, { 1, 2 }, { 3 }) == 3);
    CHECK (tiny.found (cache, { 7, 8 }, { 9 }) == 3);
}

TEST_CASE ("A prompt's text is not kept where another cast would have to go for it", "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (8, false);
    tiny.keep (cache, { 1, 2 }, { 3 });
    tiny.keep (cache, { 4, 5 }, { 6 });
    tiny.keep (cache, { 7, 8 }, { 9 });
    CHECK (cache.positions() == 8);
    CHECK (tiny.found (cache, { 1, 2 }, { 3 }) == 3);
    CHECK (tiny.found (cache, { 4, 5 }, { 6 }) == 3);
    CHECK (tiny.found (cache, { 7, 8 }, { 9 }) == 2);
    tiny.keep (cache, { 1, 2 }, { 4 }); // in place of the other of its cast
    CHECK (cache.positions() == 8);
    CHECK (tiny.found (cache, { 1, 2 }, { 4 }) == 3);
    tiny.keep (cache, { 1, 2 }, { 4, 5, 6 });
    CHECK (cache.positions() == 7);
    CHECK (tiny.found (cache, { 1, 2 }, { 4 }) == 2);
    CHECK (tiny.found (cache, { 4, 5 }, { 6 }) == 3);
    CHECK (tiny.found (cache, { 7, 8 }, { 9 }) == 2);
}

TEST_CASE ("Of each cast a prompt stays for as long as another cast has two", "[engine][render]")
{
    Tiny tiny;
    PrefixCache small (6, false);
    tiny.keep (small, { 1, 2 }, { 3 });
    tiny.keep (small, { 4, 5 }, { 6 });
    tiny.keep (small, { 4, 5 }, { 7 }); // in place of the other of its cast
    CHECK (small.positions() == 6);
    CHECK (tiny.found (small, { 4, 5 }, { 7 }) == 3);
    CHECK (tiny.found (small, { 1, 2 }, { 3 }) == 3);

    PrefixCache cache (9, false);
    tiny.keep (cache, { 1, 2 }, { 3 });
    tiny.keep (cache, { 4, 5 }, { 6 });
    tiny.keep (cache, { 4, 5 }, { 7 });
    tiny.keep (cache, { 7, 8 }, { 9 }); // in place of the older one of the cast that has two
    CHECK (cache.positions() == 9);
    CHECK (tiny.found (cache, { 4, 5 }, { 6 }) == 2);
    CHECK (tiny.found (cache, { 4, 5 }, { 7 }) == 3);
    CHECK (tiny.found (cache, { 7, 8 }, { 9 }) == 3);
    CHECK (tiny.found (cache, { 1, 2 }, { 3 }) == 3);
    tiny.keep (cache, { 10, 11 }, { 12 }); // each has one: the least recently used makes room
    CHECK (tiny.found (cache, { 4, 5 }, { 7 }) == 0);
    CHECK (tiny.found (cache, { 1, 2 }, { 3 }) == 3);
    CHECK (tiny.found (cache, { 10, 11 }, { 12 }) == 3);
}

TEST_CASE ("A prompt gains by another's if that has its cast and nothing is kept of it", "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (8, false);
    const Voices anna { std::make_shared<CompleteVoice>() }, ben { std::make_shared<CompleteVoice>() };
    const auto gains = [&] (const Ids& prefix, const Ids& otherPrefix, const Voices& voices,
                            const Voices& otherVoices) {
        const Sequence own (tiny.model, tiny.input (prefix, { 3 }, voices)),
            other (tiny.model, tiny.input (otherPrefix, { 4 }, otherVoices));
        return cache.wouldGain (own, other);
    };
    CHECK (gains ({ 1, 2 }, { 1, 2 }, anna, anna));
    CHECK_FALSE (gains ({ 1, 2 }, { 1, 2 }, anna, ben));
    CHECK_FALSE (gains ({ 1, 2 }, { 1, 2 }, anna, {}));
    CHECK_FALSE (gains ({ 1, 2 }, { 1, 7 }, anna, anna));
    CHECK_FALSE (gains ({ 1, 2 }, { 1, 2, 4 }, anna, anna));
    CHECK_FALSE (gains ({}, {}, anna, anna)); // may not be used
    const Ids tooLong { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    CHECK_FALSE (gains (tooLong, tooLong, anna, anna)); // will not be kept
    tiny.keep (cache, { 1, 2 }, { 5 }, ben);
    CHECK (gains ({ 1, 2 }, { 1, 2 }, anna, anna));
    tiny.keep (cache, { 1, 2 }, { 5 }, anna);
    CHECK_FALSE (gains ({ 1, 2 }, { 1, 2 }, anna, anna));
}

TEST_CASE ("Of a prompt that is too long its prefix is kept", "[engine][render]")
{
    Tiny tiny;
    PrefixCache cache (8, false);
    tiny.keep (cache, { 1, 2, 3 }, { 1, 2, 3, 4, 5 });
    CHECK (cache.positions() == 8);
    tiny.keep (cache, { 1, 2, 4 }, { 1, 2, 3, 4, 5, 6 });
    CHECK (cache.positions() == 3);
    CHECK (tiny.found (cache, { 1, 2, 4 }, { 1 }) == 3);
    tiny.keep (cache, { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1 });
    CHECK (cache.positions() == 3);
    tiny.keep (cache, {}, { 1, 2, 3 }); // one that shares nothing
    CHECK (cache.positions() == 3);
}

namespace
{
struct Spoken
{
    std::vector<float> samples {};
    std::int64_t prompt = 0, cached = 0; // tokens
};

/** The embedded model, with two voices of the same length. */
struct Speaker
{
    Speaker (ComputeType compute, NoiseKind kind)
        : noise (kind)
        , renderer (Renderer::load ({ .model = mini, .compute = compute, .threads = 2 }))
        , voices { nullptr, voice (1.0f), voice (0.5f) }
    {}

    Spoken speak (std::size_t voice, const std::string& text)
    {
        Spoken spoken;
        PassageJob job { { { { 0, text } }, {} }, { .seed = 3, .noise = noise } };
        if (voices[voice] != nullptr)
            job.passage.voices.push_back (voices[voice]);
        job.exactFrames = 3;
        job.events.onFrame = [&] (auto frame) {
            spoken.samples.insert (spoken.samples.end(), frame.begin(), frame.end());
        };
        job.events.onEnd = [&] (const RenderReport& report, const std::exception_ptr&) {
            spoken.prompt = report.promptTokens;
            spoken.cached = report.cachedTokens;
        };
        renderer->start (std::move (job));
        while (renderer->step())
        {}
        return spoken;
    }

    std::shared_ptr<EncodedVoice> voice (float gain)
    {
        auto audio = hum (2);
        for (auto& sample : audio.samples)
            sample *= gain;
        auto made = renderer->makeVoice (std::make_shared<const VoiceAudio> (std::move (audio)));
        made->encode (made->framesLeft());
        return made;
    }

    NoiseKind noise;
    std::unique_ptr<Renderer> renderer;
    Voices voices;
};
} // namespace

TEST_CASE ("A line whose prompt was kept in part or whole has the bits that it has alone",
           "[engine][render][determinism]")
{
    const auto compute = GENERATE (ComputeType::Float32, ComputeType::BFloat16);
    const auto noise = GENERATE (NoiseKind::Philox, NoiseKind::Torch);
    CAPTURE (noise == NoiseKind::Torch, compute == ComputeType::BFloat16);
    Speaker used (compute, noise);
    for (std::size_t voice = 0; voice < 3; ++voice)
    {
        const auto first = used.speak (voice, "Another line before.");
        CHECK (first.cached == 0);
        const bool isKept =
            voice == 0 || noise == NoiseKind::Philox; // PyTorch's noise samples voices for each line
        const auto second = used.speak (voice, line);
        CHECK ((second.cached > second.prompt / 2) == isKept);
        CHECK (second.cached < second.prompt);
        CHECK (second.samples == Speaker (compute, noise).speak (voice, line).samples);
    }
}

TEST_CASE ("A line that joins others of its cast takes their rows over", "[engine][render][determinism]")
{
    const auto spoken = [] (int others) {
        Tiny tiny;
        FrameLoop loop (tiny.model, Tiny::tokens);
        std::vector<float> samples;
        const Ids prefix { 4, 8, 15, 16, 23, 42 };
        for (int i = 0; i < others; ++i)
        {
            auto other = tiny.input (prefix, { 9, 9, i });
            other.tokenLimit = other.exactFrames = 40;
            loop.join (std::move (other));
            loop.step();
            loop.step();
        }
        auto watched = tiny.input (prefix, { 3, 3, 3 });
        watched.events.onFrame = [&] (auto frame) {
            samples.insert (samples.end(), frame.begin(), frame.end());
        };
        const auto sequence = loop.join (std::move (watched));
        while (! sequence->finished)
            loop.step();
        CHECK (sequence->report.cachedTokens == (others == 0 ? 0 : 6));
        return samples;
    };
    const auto alone = spoken (0);
    REQUIRE_FALSE (alone.empty());
    CHECK (spoken (1) == alone);
    CHECK (spoken (3) == alone);
}

TEST_CASE ("Lines of a cast that begin together compute its rows once", "[engine][render][determinism]")
{
    const auto spoken = [] (int count) {
        Tiny tiny;
        FrameLoop loop (tiny.model, Tiny::tokens);
        std::vector<std::shared_ptr<Sequence>> lines;
        std::vector<std::vector<float>> samples ((std::size_t) count);
        for (int i = 0; i < count; ++i)
        {
            auto line = tiny.input ({ 4, 8, 15, 16, 23, 42 }, { 3, 3, i });
            line.events.onFrame = [&own = samples[(std::size_t) i]] (auto frame) {
                own.insert (own.end(), frame.begin(), frame.end());
            };
            lines.push_back (loop.join (std::move (line)));
        }
        while (loop.step())
        {}
        std::vector<std::int64_t> cached;
        for (const auto& line : lines)
        {
            CHECK (line->finished);
            cached.push_back (line->report.cachedTokens);
        }
        std::sort (cached.begin(), cached.end());
        CHECK (cached.front() == 0);
        for (auto more = cached.begin() + 1; more != cached.end(); ++more)
            CHECK (*more >= 6);
        return samples;
    };
    const auto alone = spoken (1);
    REQUIRE_FALSE (alone[0].empty());
    CHECK (spoken (5)[0] == alone[0]);
}

TEST_CASE ("A CPU keeps the prompts of sixteen casts, each with a voice of ten seconds", "[engine][render]")
{
    Tiny tiny;
    FrameLoop loop (tiny.model, Tiny::tokens);
    const auto speak = [&] (std::int64_t cast, std::int64_t text) {
        auto line = tiny.input (Ids (225, cast), { text });
        line.tokenLimit = line.exactFrames = 1;
        const auto sequence = loop.join (std::move (line));
        while (loop.step())
        {}
        return sequence->report.cachedTokens;
    };
    for (std::int64_t cast = 0; cast < 16; ++cast)
        CHECK (speak (cast, 20) == 0);
    for (std::int64_t cast = 0; cast < 16; ++cast)
        CHECK (speak (cast, 21) == 225);
}

TEST_CASE ("A line whose cast another was computing when it ended computes it itself", "[engine][render]")
{
    Tiny tiny;
    FrameLoop loop (tiny.model, Tiny::tokens);
    const Ids cast (600, 7); // more than a step takes
    const auto first = loop.join (tiny.input (cast, { 1 })), second = loop.join (tiny.input (cast, { 2 }));
    loop.step();
    REQUIRE_FALSE (first->isPrepared());
    CHECK (second->positive.length() == 0);
    loop.leave (first);
    while (loop.step())
    {}
    CHECK (second->finished);
    CHECK (second->report.cachedTokens == 0);
}
