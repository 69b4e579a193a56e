// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Server/Jobs/RenderWorker.h"
#include "Server/Voices/Shelf.h"

namespace tableread::engine
{
/** A model that requests may name. */
struct ServedModel
{
    std::string name;
    RenderWorker* worker = nullptr;
    std::size_t index = 0; // of the worker's models
    const VoiceShelf* voices = nullptr;
    std::int64_t created = 0; // when its files were made: seconds since 1970
    LoadOptions options {};   // that it is loaded with at the start

    /** Loads it again, with these or other ones. Empty: it is loaded at the start only. */
    std::function<std::unique_ptr<Renderer> (const LoadOptions&)> load {};

    /** What loading it so on a GPU with this room would keep where; reads the headers of its files. Throws as loading does
        if it does not fit. Any thread. Empty: nobody knows. */
    std::function<ModelPlan (const LoadOptions&, const DeviceRoom&)> plan {};

    /** How long the voices of one request may be together: what the model has positions for. */
    double secondsOfVoices() const;
};

/** The models of a server, the first one being the default. What they point to must outlive this object. */
class ServedModels
{
public:
    explicit ServedModels (std::vector<ServedModel> served) : all (std::move (served)) {}

    const ServedModel& first() const { return all.front(); }

    /** The model that a request means: the first one for no name, for "tableread" and for OpenAI's names.
        @returns NotFound with the names that there are. */
    [[nodiscard]] Result<const ServedModel*> find (std::string_view name) const;

    const std::vector<ServedModel>& list() const { return all; }

    std::vector<std::string> names() const;

    /** Other names of the first one, which clients of OpenAI's API know. */
    static std::span<const std::string_view> aliases();

    /** None is being loaded. */
    bool areLoaded() const;

    /** Each worker once. */
    std::vector<RenderWorker*> workers() const;

private:
    std::vector<ServedModel> all;
};
} // namespace tableread::engine
