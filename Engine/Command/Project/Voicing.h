// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"
#include "Command/Project/Speaking.h"
#include "Project/File/Format.h"
#include "Project/Passages.h"
#include "Script/Typography.h"
#include "Take/SampleStore.h"

namespace tableread::engine
{
/** A project that is to be spoken, and with what. */
struct VoicingRequest
{
    std::filesystem::path file;
    const ModelOptions& model;
    const OffloadOptions& offload;
    std::string typography = "auto";
    std::function<void (const std::string&)> note; // a sentence on how something was understood
    std::function<bool()> isCancelled {};          // ends the reading of a recording
};

struct VoicedProject
{
    std::shared_ptr<const project::Document> document; // everybody in it has a voice
    LoadOptions load;
    Typography typography = Typography::Demo;
    VoiceShelf shelf;
};

/** How recordings are read for it. */
ReaderProcess readerOf (const VoicingRequest& request, const Session& session);

/** Reads a project, and takes the audio that is embedded in it into the store. @throws Exception; InvalidInput if it has no
    line. */
project::Content openProject (const VoicingRequest& request, SampleStore& store);

/** Gives voices to those who have none, and finds recordings. No weights are read. @throws Exception */
VoicedProject voiceProject (const VoicingRequest& request,
                            const std::shared_ptr<const project::Document>& document, SampleStore& store,
                            const Session& session);

/** What a passage asks the model for. `lost`: the take that is heard, if its audio is not in the store: that is asked for again.
    Null: there is none. @throws Exception NotFound if it is of other words, so that nobody can make it again. */
WantedTake wantedTake (const VoicedProject& voiced, const project::PassageView& passage,
                       const project::TakeRecord* lost);
} // namespace tableread::engine
