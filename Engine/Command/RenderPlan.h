// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "Core/Units.h"
#include "Render/Renderer.h"
#include "Script/Passages.h"

namespace tableread::engine
{
/** A script as what a renderer speaks, one passage after the other. */
struct RenderPlan
{
    struct Part
    {
        std::string title; // "line 5, Anna" or "lines 5 to 12, Anna and Ben": numbers in the file
        std::string scene;
        std::vector<int> lineNumbers;      // in the file, from 1
        std::vector<std::size_t> speakers; // indices into RenderPlan::speakers, by the model's number
        std::vector<Passage::Line> lines;
        ModelSamples pause;      // silence before it
        std::size_t letters = 0; // of the text
    };

    std::vector<std::string> speakers;
    std::vector<Part> parts;
    ModelSamples endPause; // silence after the last one
};

RenderPlan planRender (const Script& script, PassageMode mode);
} // namespace tableread::engine
