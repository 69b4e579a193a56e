// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <latch>
#include <list>
#include <memory>
#include <vector>

#include "Command/Serve/Models.h"
#include "Server/Models/ServedModels.h"

namespace tableread::engine
{
/** The render threads of `serve`, one for each device, and the voices of their models. */
class Rendering
{
public:
    struct Hooks
    {
        std::function<VoiceShelf (const std::filesystem::path& model)> voices;
        std::function<std::unique_ptr<Renderer> (const LoadOptions&)> load;
        std::size_t cachedVoices = RenderWorker::Limits {}.cachedVoices; // of each model

        /** Called on a render thread when its models have loaded, or one could not be; not before begin(). */
        std::function<void (const RenderWorker&, std::size_t models)> whenLoaded;
    };

    /** Begins to load. Both must outlive this object. */
    Rendering (const std::vector<ModelToServe>& models, const Hooks& hooks);
    Rendering (const Rendering&) = delete;
    Rendering& operator= (const Rendering&) = delete;

    /** Lets the render threads call whenLoaded. */
    void begin();

    ServedModels models() const { return ServedModels (all); }

    /** @throws what loading failed with. @returns whether all are loaded. */
    bool isLoaded() const;

private:
    /** Lets the render threads go on before anybody waits for their end. */
    struct Release
    {
        explicit Release (Rendering& waiting) : rendering (waiting) {}
        ~Release() { rendering.begin(); }
        Release (const Release&) = delete;
        Release& operator= (const Release&) = delete;

        Rendering& rendering;
    };

    std::latch isMade { 1 };
    std::list<VoiceShelf> shelves;
    std::vector<ServedModel> all;
    std::list<std::unique_ptr<RenderWorker>> workers; // they use the rest
    Release release { *this };                        // the last, also if not all of them can be made
};
} // namespace tableread::engine
