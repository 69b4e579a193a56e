// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "Core/Error.h"
#include "Core/Units.h"
#include "Take/Take.h"

namespace tableread
{
/** Converts a model position to a host position, counted from zero and rounded once, so that errors do not add up. */
HostSamples toHost (ModelSamples position, double hostRateHz) noexcept;

/** One take at the host's rate: at 24 000 Hz the take's own samples; at any other rate resampled once, from the
    take's first sample on, by one streaming resampler. So the audio at a position depends on the take and the rate
    only: neither on how the speech arrived nor on how it is read.

    Threads   begin() and pump(): one thread at a time, the latter after the take has grown or ended. read(), rendered(),
              isComplete(): any thread, wait-free, also on the audio thread.
    Memory    at another rate than the model's a copy of the take, and while that grows some hundred kilobytes besides. A
              prepared one has none of it.
*/
class HostAudio
{
public:
    static constexpr double minRateHz = 1'000.0;
    static constexpr double maxRateHz = 1'000'000.0;

    static bool isPossible (double hostRateHz) noexcept
    {
        return hostRateHz >= minRateHz && hostRateHz <= maxRateHz;
    }

    /** @returns OutOfRange for an impossible rate; OutOfMemory. */
    [[nodiscard]] static Result<std::shared_ptr<HostAudio>> create (std::shared_ptr<const Take> take,
                                                                    double hostRateHz);

    /** The same, but at another rate than the model's nothing is resampled before begin(): its take is known, and nothing can
        be read. */
    [[nodiscard]] static Result<std::shared_ptr<HostAudio>> prepare (std::shared_ptr<const Take> take,
                                                                     double hostRateHz);

    ~HostAudio();

    /** @returns OutOfMemory. */
    [[nodiscard]] Result<void> begin();
    bool hasBegun() const noexcept;

    /** Resamples what was added to the take since the last call. */
    void pump();

    /** How many samples it keeps besides the take's. */
    std::int64_t copied() const noexcept;

    /** As TakeAudio::read. */
    std::size_t read (std::int64_t position, std::span<float> out) const noexcept;

    std::int64_t rendered() const noexcept;

    /** The take has ended, and its last sample can be read. */
    bool isComplete() const noexcept;

    const Take& take() const noexcept { return *source; }

private:
    struct Resampled;

    explicit HostAudio (std::shared_ptr<const Take> take);

    std::shared_ptr<const Take> source;
    std::unique_ptr<Resampled> resampled; // null at the model's own rate
};
} // namespace tableread
