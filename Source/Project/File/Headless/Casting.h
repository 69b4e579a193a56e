// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "Project/File/Voices.h"
#include "Take/SampleStore.h"

namespace tableread::project
{
struct CastingRequest
{
    std::filesystem::path file; // the project's
    std::span<const std::string> modelVoices;
    ReaderProcess reader;
    SampleStore* store = nullptr; // where recordings are that their files have left; null: nowhere
};

/** Gives each speaker a voice who has none, one of the model's, and finds the recordings (Project/File/Voices.h), for a
    render without a user who could choose.
    @returns InvalidInput if somebody has no voice, or one that only a server knows. */
[[nodiscard]] Result<FoundVoices> castProject (const std::shared_ptr<const Document>& document,
                                               const CastingRequest& request);
} // namespace tableread::project
