// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread
{
/** What a project knows of a take's samples: no others have this name. */
struct SamplesName
{
    std::string hash; // contentHash()
    ModelSamples count {};
};

/** Where the samples of finished takes lie, whoever asked for them: the take store, or a test's memory.

    Threads   one that may wait for a disk. */
class SampleStore
{
public:
    virtual ~SampleStore() = default;

    virtual bool has (const SamplesName& name) = 0;

    /** @returns NotFound or InvalidInput if they have to be rendered again; Io and others if they cannot be read now. */
    [[nodiscard]] virtual Result<std::vector<float>> load (const SamplesName& name) = 0;

    /** Keeps samples; they are on the disk when this returns. */
    [[nodiscard]] virtual Result<void> keep (std::span<const float> samples) = 0;

    /** The bytes in which they are kept: a FLAC, or a WAV of floats where no FLAC holds them bit for bit.
        @returns as load() */
    [[nodiscard]] virtual Result<std::string> file (const SamplesName& name) = 0;

    /** Where a file with the samples of this hash lies, for who knows no more of them: a voice's recording, perhaps. Empty: there
        is none, or a store without files. */
    virtual std::filesystem::path fileWith (const std::string& /*hash*/) { return {}; }

    /** Keeps such bytes, which may come from anywhere. @returns InvalidInput unless they hold these samples. */
    [[nodiscard]] virtual Result<void> keepFile (const SamplesName& name, const std::string& bytes) = 0;

    /** The samples in such bytes, which may come from anywhere, without keeping them. @returns InvalidInput unless they hold these. */
    [[nodiscard]] virtual Result<std::vector<float>> decode (const SamplesName& name,
                                                             const std::string& bytes) = 0;
};
} // namespace tableread
