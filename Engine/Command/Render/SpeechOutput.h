// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Audio/Writer.h"
#include "Core/Error.h"
#include "Core/FolderLock.h"

namespace tableread::engine
{
/** The outputs of a render: one sound file with everything, raw samples on a stream, a folder with one WAV file for
    each passage, or several of these. A file gets its name when it is complete; what is not complete is kept under a
    name with ".partial", or not at all.

    Threads   one at a time.
    Errors    the first one (disk full, a closed pipe) is kept: later writes are dropped, and all calls that return a
              Result return it.
*/
class SpeechOutput
{
public:
    struct Options
    {
        std::filesystem::path file = {}; // empty: none
        std::ostream* raw = nullptr;
        std::filesystem::path stems = {}; // folder; empty: none
        SampleType samples = SampleType::Int16;
        std::int64_t sampleRateHz = modelSampleRateHz;
    };

    /** Creates file and folder, so that a path that is not writable is found before the work.
        @returns Busy if another render writes to the folder for stems. */
    [[nodiscard]] static Result<std::unique_ptr<SpeechOutput>> open (const Options& options);

    /** Writes silence to the file and the stream, not to the passages' files. */
    void silence (std::int64_t samples);

    void beginPassage (const std::string& stemName);
    void write (std::span<const float> samples);

    /** @returns the passage's file; empty without a folder for stems, or if nothing was written. */
    [[nodiscard]] Result<std::filesystem::path> endPassage (bool isComplete);

    bool failed() const { return failure.has_value(); }
    [[nodiscard]] Result<void> state() const; // the first error
    [[nodiscard]] Result<void> finish();

    /** Instead of finish(), also after an error: keeps what was written to the file. @returns its name; empty if there
        is no file. */
    [[nodiscard]] Result<std::filesystem::path> keepPartial();

    std::int64_t samples() const { return sampleCount; }
    std::int64_t clipped() const { return file == nullptr ? 0 : file->clipped(); }

private:
    explicit SpeechOutput (Options wanted) : options (std::move (wanted)) {}
    Result<void> openStems();
    void everywhere (std::span<const float> samples);
    void keep (Result<void> result);

    Options options;
    FolderLock stemsLock;
    std::unique_ptr<AudioWriter> file, stem;
    std::int64_t sampleCount = 0;
    std::string bytes;
    std::optional<Error> failure;
};

/** "005_Anna": sorts like the script and is a plain file name for any speaker's name. */
std::string stemName (std::size_t number, std::size_t ofAll, std::span<const std::string> speakers);

/** The same as a file. */
std::filesystem::path stemFile (const std::filesystem::path& folder, const std::string& name);
} // namespace tableread::engine
