// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "Server/Http/Route.h"
#include "Server/Models/ServedModels.h"
#include "Server/Voices/Form.h"
#include "Server/Voices/Pool.h"
#include "Server/Voices/Store.h"

namespace tableread::engine
{
/** GET, POST and DELETE /v1/audio/voices[/{id}]: the models' own voices, and those that clients upload. Threads: the
    workers, since all of it reads files. */
class VoiceEndpoints
{
public:
    /** What it refers to must outlive it. */
    struct Parts
    {
        const ServedModels& models;
        VoicePool& recordings; // which holds an upload's samples while they are checked
        VoiceStore& store;
        std::size_t mostUploadBytes = protocol::maxUploadBytes;
    };

    explicit VoiceEndpoints (Parts wanted) : parts (wanted) {}

    std::vector<HttpRoute> routes();

private:
    HttpAnswer list() const;
    HttpAnswer get (const std::string& idOrName) const;
    HttpAnswer upload (const Exchange& exchange);
    HttpAnswer store (const VoiceForm& form, const Exchange& exchange);
    HttpAnswer remove (const std::string& idOrName);
    std::vector<std::string> ownVoices() const;
    std::optional<std::string> ownVoice (const std::string& name) const;
    Result<VoiceRecord> uploaded (const std::string& idOrName) const;
    Result<std::int64_t> millisecondsOf (const VoiceFile& file, const Exchange& exchange) const;

    Parts parts;
};
} // namespace tableread::engine
