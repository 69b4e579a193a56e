// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Script.h"

#include <utility>

#include "Project/File/Place.h"

namespace tableread::engine
{
FarmScript readScript (const std::filesystem::path& file)
{
    if (! project::isManifest (file))
        return { orThrow (project::readProject (file)).document };
    auto manifest = orThrow (project::readManifest (file));
    return { std::move (manifest.document), std::move (manifest.lines) };
}

FarmScript openScript (const VoicingRequest& request, SampleStore& store)
{
    return project::isManifest (request.file) ? readScript (request.file)
                                              : FarmScript { openProject (request, store).document };
}
} // namespace tableread::engine
