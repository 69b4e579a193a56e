// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Project/File/Format.h"
#include "Take/SampleStore.h"

namespace tableread::project
{
/** What names a take's samples in a store; only for one that has audio. */
SamplesName samplesOf (const TakeRecord& take);

/** The same content with the audio of all its takes, so that the file is enough to play them on another machine. What
    the store does not have is left out, with a note.
    @returns OutOfRange if that would be more than a file may hold; what the store cannot read. */
[[nodiscard]] Result<Content> collect (const Content& content, SampleStore& store);

/** The bytes of an entry of EmbeddedAudio, as SampleStore::keepFile() takes them; empty if it holds none. */
std::string bytesOf (const std::string& entry);

/** The same content without audio. */
Content withoutAudio (const Content& content);

/** Puts a file's audio into the store, unless it is there. @returns sentences on what is damaged or could not be kept. */
std::vector<std::string> unpack (const Content& content, SampleStore& store);
} // namespace tableread::project
