// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Bounce.h"

#include <algorithm>
#include <array>
#include <memory>

#include <sndfile.h>
#include <unistd.h>

namespace tableread
{
namespace
{
using File = std::unique_ptr<SNDFILE, int (*) (SNDFILE*)>;

tl::unexpected<Error> notWritten (const std::filesystem::path& file, const std::string& why)
{
    return tl::unexpected (Error { ErrorCode::Io, "the audio cannot be written: " + why, file.string() });
}

Result<void> writeSamples (const PlaybackPlan& plan, HostSamples end, int hostRateHz,
                           const std::filesystem::path& file)
{
    SF_INFO format = {};
    format.samplerate = hostRateHz;
    format.channels = 1;
    format.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    const File output (sf_open (file.c_str(), SFM_WRITE, &format), sf_close);
    if (output == nullptr)
        return notWritten (file, sf_strerror (nullptr));
    sf_command (output.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr,
                SF_FALSE); // it holds the time: bytes would differ

    std::array<float, 4096> block {};
    for (std::int64_t at = 0; at < end.value;)
    {
        const auto count = std::min<std::int64_t> ((std::int64_t) block.size(), end.value - at);
        plan.read ({ at }, { block.data(), (std::size_t) count });
        if (sf_write_float (output.get(), block.data(), count) != count)
            return notWritten (file, sf_strerror (output.get()));
        at += count;
    }
    sf_write_sync (output.get());
    return sf_error (output.get()) == SF_ERR_NO_ERROR ? Result<void> {}
                                                      : notWritten (file, sf_strerror (output.get()));
}
} // namespace

Result<void> bounce (const PlaybackPlan& plan, HostSamples end, int hostRateHz,
                     const std::filesystem::path& file)
{
    if (const auto lacking = plan.missing ({ 0 }, (std::size_t) end.value); lacking > 0)
        return tl::unexpected (Error { ErrorCode::Busy,
                                       std::to_string (lacking) + " of " + std::to_string (end.value) +
                                           " samples are not rendered yet. Wait for the render to end.",
                                       file.string() });

    auto temporary = file;
    temporary += ".part" + std::to_string (::getpid());
    auto written = writeSamples (plan, end, hostRateHz, temporary);
    std::error_code problem;
    if (written)
    {
        std::filesystem::rename (temporary, file, problem);
        if (problem)
            written = notWritten (file, problem.message());
    }
    else
        written.error().where = file.string();
    if (! written)
        std::filesystem::remove (temporary, problem);
    return written;
}
} // namespace tableread
