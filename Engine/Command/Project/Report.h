// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Project/Document.h"
#include "Render/Renderer.h"
#include "Take/SampleStore.h"

namespace tableread::engine
{
/** What became of one run of `render` with a project. */
struct ProjectReport
{
    std::string project, output;
    ModelInfo model; // empty if nothing had to be rendered
    std::vector<std::string> notes;
    std::set<std::string> rendered;   // hashes of takes that are new, or that the store had lost
    double renderMs = 0, seconds = 0; // the latter: of the output
    int exitCode = 0;
    bool isPartial = false;
};

/** @param document  as it is afterwards */
nlohmann::json toJson (const ProjectReport& report, const project::Document& document, SampleStore& store);

/** "3 of 12 lines rendered … Wrote scene.wav." */
std::string summary (const ProjectReport& report, const project::Document& document);
} // namespace tableread::engine
