// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Render/Renderer.h"

namespace CLI
{
class App;
class Option;
} // namespace CLI

namespace tableread::engine
{
/** The options of every subcommand that loads a model onto a GPU which may be too small for it: see
    Assets/docs/offload.md. */
class OffloadOptions
{
public:
    /** What --passages means if it is not given. */
    enum class Passages
    {
        One,
        Auto // as many as the device speaks in time
    };

    explicit OffloadOptions (Passages without = Passages::One)
        : defaultPassages (without)
        , passages (without == Passages::Auto ? "auto" : "1")
    {}

    void addTo (CLI::App& command);

    /** Only those that say how much memory there is and what to reserve it for: --vram, --context, --passages,
        --weights, --prefetch. */
    void addMemoryOptionsTo (CLI::App& command);

    /** Writes them to a load's options. @throws Exception InvalidInput if two of them contradict each other. */
    void applyTo (LoadOptions& load) const;

    OffloadRequest request() const;

    /** What is effective after a load, in lines for people: the configuration, or the options without effect on a CPU.
        Empty if there is nothing to say. */
    std::string effective (const ModelInfo& info) const;

private:
    std::vector<std::string> given() const;

    OffloadRequest asked;
    Passages defaultPassages;
    std::string passages;
    std::string vram, weights, trim = "useful";
    bool isAuto = false, isResident = false, isPageable = false;
    std::vector<const CLI::Option*> all;
    const CLI::Option *gpuLayers = nullptr, *preset = nullptr;
};
} // namespace tableread::engine
