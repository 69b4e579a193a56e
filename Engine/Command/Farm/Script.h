// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "Command/Project/Voicing.h"
#include "Project/File/Headless/Manifest.h"

namespace tableread::engine
{
/** What a farm speaks. */
struct FarmScript
{
    std::shared_ptr<const project::Document> document;
    std::vector<project::ManifestLine> manifest {}; // one for each of its lines; none: it is a project
};

/** Reads a project or a manifest. @throws Exception */
FarmScript readScript (const std::filesystem::path& file);

/** The same, with notes; the store gets the audio that is embedded in a project. @throws Exception InvalidInput also if there
    is no line. */
FarmScript openScript (const VoicingRequest& request, SampleStore& store);
} // namespace tableread::engine
