// SPDX-License-Identifier: Apache-2.0
#include "Timeline/PlanReader.h"

#include <algorithm>
#include <cfenv>

namespace tableread
{
namespace
{
constexpr auto furthest = std::int64_t { 1 } << 62; // so that a difference to a position fits

/** Hosts let the processor flush denormals to zero, the command line does not: samples must not differ by that. */
class StandardRounding
{
public:
    StandardRounding() noexcept
    {
        std::fegetenv (&before);
        std::fesetenv (FE_DFL_ENV);
    }
    ~StandardRounding() { std::fesetenv (&before); }
    StandardRounding (const StandardRounding&) = delete;
    StandardRounding& operator= (const StandardRounding&) = delete;

private:
    std::fenv_t before {};
};

/** Sums lines into one bus. They come in the order of their starts, so what is covered has no gaps from there on. */
struct Sum
{
    float* out = nullptr;
    std::int64_t covered = 0; // others sound up to here

    /** The first one is copied: a sum with 0 would turn -0 into 0. */
    void add (std::int64_t from, std::int64_t at, std::span<const float> samples) noexcept
    {
        if (out == nullptr)
            return;
        auto* target = out + (at - from);
        const auto count = (std::int64_t) samples.size();
        const auto summed = std::clamp<std::int64_t> (covered - at, 0, count);
        for (std::int64_t i = 0; i < summed; ++i)
            target[i] += samples[(std::size_t) i];
        std::copy (samples.begin() + summed, samples.end(), target + summed);
        covered = std::max (covered, at + count);
    }
};
} // namespace

/** One block. */
class PlanReader::Pass
{
public:
    Pass (PlanReader& owner, const PlaybackPlan& played, HoleLog* holes) noexcept
        : reader (owner)
        , plan (played)
        , log (holes)
    {}

    std::size_t run (PlaybackPlan::Span span, const BusBlock& out) noexcept
    {
        block = span;
        begin (main, out.main.data());
        for (std::size_t i = 0; i < buses.size(); ++i)
            begin (buses[i], out.buses[i]);
        plan.forEach (block.from, block.to, [this] (const Placement& take) {
            if (take.gain != 0.0f)
                play (take);
        });
        reader.fades = kept;
        reader.fading = keptCount;
        return (std::size_t) missing;
    }

private:
    static constexpr std::int64_t chunk = 256;

    void begin (Sum& bus, float* out) const noexcept
    {
        bus.out = out;
        bus.covered = block.from;
        if (out != nullptr)
            std::fill_n (out, block.to - block.from, 0.0f);
    }

    void play (const Placement& take) noexcept
    {
        const auto now = plan.soundingNow (take);
        if (now.isSlate)
            playSlate (take);
        else
            playSpeech (take, now);
        miss (take, now.until, now.missingUntil);
        note (take, std::max (now.until, now.missingUntil), now.openUntil);
    }

    void playSpeech (const Placement& take, const PlaybackPlan::Sounding& now) noexcept
    {
        const bool isOpen = now.openUntil > now.until;
        int level = levelBefore (take.line);
        const bool isFull = level == fadeSamples && (! isOpen || now.until - block.to >= fadeSamples);
        const auto until = std::min (now.until, block.to);
        for (auto at = std::max (take.start.value, block.from); at < until;)
        {
            const std::span<float> samples (scratch.data(), (std::size_t) std::min (chunk, until - at));
            take.audio->read (at - take.start.value, samples);
            if (! isFull)
                level = fade (take, { at, isOpen ? now.until : furthest }, samples, level);
            mix (take, at, samples);
            at += (std::int64_t) samples.size();
        }
        if (isOpen && now.until < block.to)
            level = 0;
        if (level < fadeSamples && (isOpen || now.until > block.to))
            keep ({ take.line, level });
    }

    /** From `speech.from` on; it breaks off at `speech.to`. @returns the level of the last sample. */
    int fade (const Placement& take, PlaybackPlan::Span speech, std::span<float> samples, int level) noexcept
    {
        auto at = speech.from, faded = at; // since where it has not been at full level
        for (auto& sample : samples)
        {
            const auto most = (int) std::min<std::int64_t> (fadeSamples, speech.to - at);
            level = std::min (level + 1, most);
            if (level == fadeSamples)
            {
                miss (take, faded, at);
                faded = at + 1;
            }
            else
                sample *= (float) level / (float) fadeSamples;
            ++at;
        }
        miss (take, faded, at);
        return level;
    }

    void playSlate (const Placement& take) noexcept
    {
        const auto tone = plan.slate();
        const auto from = std::max (take.start.value, block.from);
        const auto to = std::min (take.start.value + (std::int64_t) tone.size(), block.to);
        if (from < to)
            sum (take, from,
                 tone.subspan ((std::size_t) (from - take.start.value), (std::size_t) (to - from)));
    }

    void mix (const Placement& take, std::int64_t at, std::span<float> samples) noexcept
    {
        if (take.gain != 1.0f)
            for (auto& sample : samples)
                sample *= take.gain;
        sum (take, at, samples);
    }

    void sum (const Placement& take, std::int64_t at, std::span<const float> samples) noexcept
    {
        main.add (block.from, at, samples);
        if (take.bus > 0)
            buses[(std::size_t) take.bus - 1].add (block.from, at, samples);
    }

    /** Counts what of these positions is in the block. */
    void miss (const Placement& take, std::int64_t from, std::int64_t to) noexcept
    {
        missing += note (take, from, to);
    }

    std::int64_t note (const Placement& take, std::int64_t from, std::int64_t to) noexcept
    {
        from = std::max ({ from, take.start.value, block.from });
        const auto count = std::min (to, block.to) - from;
        if (count > 0 && log != nullptr)
            log->add ({ take.line, { from }, from - take.start.value, count });
        return std::max<std::int64_t> (count, 0);
    }

    int levelBefore (std::uint64_t line) const noexcept
    {
        for (std::size_t i = 0; i < reader.fading; ++i)
            if (reader.fades[i].line == line)
                return reader.fades[i].level;
        return fadeSamples;
    }

    void keep (const Fade& fade) noexcept
    {
        if (keptCount < kept.size())
            kept[keptCount++] = fade;
    }

    PlanReader& reader;
    const PlaybackPlan& plan;
    HoleLog* log;
    PlaybackPlan::Span block;
    Sum main;
    std::array<Sum, BusBlock::mostBuses> buses {};
    std::array<Fade, mostFades> kept {};
    std::size_t keptCount = 0;
    std::array<float, (std::size_t) chunk> scratch {};
    std::int64_t missing = 0;
};

std::size_t PlanReader::read (const PlaybackPlan& plan, HostSamples position, const BusBlock& out,
                              HoleLog* log) noexcept
{
    const StandardRounding rounding;
    const auto block = PlaybackPlan::boundsOf (position, out.main.size());
    if (block.from != following)
        fading = 0;
    following = block.to;
    return Pass (*this, plan, log).run (block, out);
}
} // namespace tableread
