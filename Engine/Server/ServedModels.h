// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "Server/RenderWorker.h"
#include "Server/VoiceShelf.h"

namespace tableread::engine
{
/** A model that requests may name. */
struct ServedModel
{
    std::string name;
    RenderWorker* worker = nullptr;
    std::size_t index = 0; // of the worker's models
    const VoiceShelf* voices = nullptr;
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

    /** All of them can speak. */
    bool areLoaded() const;

    /** Each worker once. */
    std::vector<RenderWorker*> workers() const;

private:
    std::vector<ServedModel> all;
};
} // namespace tableread::engine
