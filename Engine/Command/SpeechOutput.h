// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Audio/WavWriter.h"
#include "Core/Error.h"

namespace tableread::engine
{
/** Where a render goes: one WAV file with everything, raw samples on a stream, a folder with one WAV file for each
    passage, or several of these. Files are whole or not there: without finish() nothing of the one file remains.

    Threads   one at a time.
    Errors    the first one (disk full, a closed pipe) is kept: what is written after it is dropped, and the calls that
              return a Result give it.
*/
class SpeechOutput
{
public:
    struct Options
    {
        std::filesystem::path file = {}; // empty: none
        std::ostream* raw = nullptr;
        std::filesystem::path stems = {}; // folder; empty: none
        WavFormat format = WavFormat::Int16;
        std::int64_t sampleRateHz = modelSampleRateHz;
    };

    /** Makes file and folder, so that a place that cannot be written to is known before the work. */
    [[nodiscard]] static Result<std::unique_ptr<SpeechOutput>> open (const Options& options);

    /** Silence into the file and the stream; passages have files without it. */
    void silence (std::int64_t samples);

    void beginPassage (const std::string& stemName);
    void write (std::span<const float> samples);
    [[nodiscard]] Result<void> endPassage();

    bool failed() const { return failure.has_value(); }
    [[nodiscard]] Result<void> finish();

    std::int64_t samples() const { return sampleCount; }
    std::int64_t clipped() const { return file == nullptr ? 0 : file->clipped(); }

private:
    explicit SpeechOutput (Options wanted) : options (std::move (wanted)) {}
    void everywhere (std::span<const float> samples);
    void keep (Result<void> result);
    Result<void> state() const;

    Options options;
    std::unique_ptr<WavWriter> file, stem;
    std::int64_t sampleCount = 0;
    std::string bytes;
    std::optional<Error> failure;
};

/** "005_Anna": sorts like the script and is a plain file name whatever a speaker is called. */
std::string stemName (std::size_t number, std::size_t ofAll, std::span<const std::string> speakers);
} // namespace tableread::engine
