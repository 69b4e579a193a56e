// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "Audio/Format.h"
#include "Command/Render/Options.h"
#include "Command/Session.h"
#include "Passage/Cast.h"
#include "Passage/Reading.h"

namespace tableread::engine
{
/** What is known of a render's outputs before anything is read or written. All functions that check throw Exception
    with one sentence. */

SampleType sampleTypeOf (const RenderOptions& options);

bool hasOutput (const RenderOptions& options);

/** That there is an output, and that each can be what it is asked to be: a format that its name says, no pipe. */
void checkOutputs (const RenderOptions& options, const Session& session);

/** A file that is read, and how to call it in a sentence. */
struct InputFile
{
    std::filesystem::path path;
    std::string name; // "the voice of Anna"
};

/** The script, the recordings, and the files of the model and its tokenizer. */
std::vector<InputFile> inputsOf (const std::filesystem::path& script, std::span<const CastMember> voices,
                                 const LoadOptions& load);

/** @throws Exception InvalidInput if `output` is one of the inputs, under whatever name. */
void refuseInputs (const std::filesystem::path& output, std::span<const InputFile> inputs);

/** How long a script will be, estimated from its letters and pauses. */
double secondsOf (const Reading& reading);

/** @throws Exception OutOfMemory if a disk has too little room for this much speech. */
void refuseSmallDisk (const RenderOptions& options, double seconds);

/** Sentences on what killed programs left beside the outputs, and on stems of a longer script. `stems` are the names
    of this one's. */
std::vector<std::string> notesOnOldFiles (const std::filesystem::path& file,
                                          const std::filesystem::path& folder,
                                          std::span<const std::string> stems);
} // namespace tableread::engine
