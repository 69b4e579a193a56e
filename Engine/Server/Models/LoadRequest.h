// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** What a request to load a model asks for. */
struct LoadRequest
{
    LoadOptions options;
    std::vector<std::string> withoutEffectOnCpu {}; // fields that it has given
};

/** Reads a request's body: the settings of offloading by their names (Offload/Fields.h). What it does not name is as at the
    start, and so is everything if the body is empty.
    @returns InvalidInput or OutOfRange with the field in `where`; an unknown field is refused, since a mistyped one would
        cost a loading. */
[[nodiscard]] Result<LoadRequest> parseLoadRequest (const std::string& body, const LoadOptions& atStart);

/** Whether a loaded model has as many layers as a request wants to keep. @returns what is wrong with it. */
[[nodiscard]] Result<void> checkLayers (const LoadRequest& request, const ModelInfo& loaded);
} // namespace tableread::engine
