// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Voicing.h"

#include <utility>

#include "Command/Render/PassageFit.h"
#include "Command/Script/ScriptOptions.h"
#include "Project/File/Collect.h"
#include "Project/File/Headless/Casting.h"
#include "Project/File/Place.h"
#include "Project/Requests.h"
#include "Server/Speech/RequestChecks.h"

namespace tableread::engine
{
namespace
{
void noteAll (const VoicingRequest& request, const std::vector<std::string>& sentences)
{
    for (const auto& sentence : sentences)
        request.note (sentence);
}
} // namespace

ReaderProcess readerOf (const VoicingRequest& request, const Session& session)
{
    return { .program = session.recordingReader, .isCancelled = request.isCancelled };
}

project::Content openProject (const VoicingRequest& request, SampleStore& store)
{
    auto content = orThrow (project::readProject (request.file));
    noteAll (request, content.notes);
    if (content.document->lines.empty())
        fail (ErrorCode::InvalidInput, "has no lines to speak. Write some first.", request.file.string());
    noteAll (request, project::unpack (content, store));
    return content;
}

VoicedProject voiceProject (const VoicingRequest& request,
                            const std::shared_ptr<const project::Document>& document, SampleStore& store,
                            const Session& session)
{
    auto load = request.model.resolve (session);
    request.offload.applyTo (load);
    PassageFit (load.model, load.tokenizer).checkSteps (document->settings.steps);
    const auto reader = readerOf (request, session);
    auto shelf =
        shelfOf (load.model, { .note = [note = request.note] (const std::string& sentence,
                                                              const VoiceReference&) { note (sentence); },
                               .process = reader });
    const auto names = shelf.names();
    const auto found = orThrow (project::castProject (
        document, { .file = request.file, .modelVoices = names, .reader = reader, .store = &store }));
    noteAll (request, found.notes);
    const auto typography = typographyOf (request.typography, load);
    return { found.document, std::move (load), typography, std::move (shelf) };
}

WantedTake wantedTake (const VoicedProject& voiced, const project::PassageView& passage,
                       const project::TakeRecord* lost)
{
    const auto& document = *voiced.document;
    WantedTake take { document.lines[passage.first]->id,
                      project::nameOf (document, passage),
                      project::titleOf (document, passage),
                      project::requestOf (document, passage),
                      {} };
    for (auto& line : take.request.lines)
        line.text = spokenText (line.text, voiced.typography);
    if (lost == nullptr)
        return take;
    if (const auto choice = project::choiceOf (document, passage); choice.take == lost && choice.isStale)
        fail (ErrorCode::NotFound, project::staleTakeLost, take.title);
    take.name = lost->request;
    take.request.seed = lost->seed; // an earlier roll of the same words
    take.lostAudio = lost->audio;
    return take;
}
} // namespace tableread::engine
