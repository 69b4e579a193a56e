// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Server/Voices/Aliases.h"
#include "Server/Voices/Shelf.h"
#include "Server/Voices/Store.h"

namespace tableread::engine
{
/** Finds the voices that requests mean: a model's own ones, recordings by their path, and those that were uploaded. What
    it refers to must outlive it. Threads: any, but the I/O thread, since it reads files. */
struct VoiceFinder
{
    const VoiceShelf& own;
    const VoiceStore& uploaded;

    /** By the id if there is one, else by the path, else by the name, among the model's own voices first.
        @returns what VoiceShelf::locate() and VoiceStore return. */
    [[nodiscard]] Result<VoiceFile> find (const VoiceReference& reference) const;

    /** Likewise for a name that may be another service's: that of an uploaded voice is not. */
    [[nodiscard]] Result<VoiceFile> find (VoiceReference reference, const VoiceAliases& aliases) const;
};
} // namespace tableread::engine
