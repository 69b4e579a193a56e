// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Submit.h"

#include <algorithm>
#include <iterator>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Farm/Line.h"
#include "Command/Farm/Script.h"
#include "Farm/Nats/Queue.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
namespace
{
Priority priorityOf (const std::string& name)
{
    const auto* const found = std::find (priorityNames.begin(), priorityNames.end(), name);
    return static_cast<Priority> (std::distance (priorityNames.begin(), found)); // CLI11 has checked it
}

LineMessage messageOf (const FarmLine& line, const std::string& project, const SpokenVoices& voices)
{
    LineMessage message { .line = static_cast<std::int64_t> (line.number),
                          .project = project,
                          .title = line.wanted.title,
                          .id = line.id,
                          .request = line.wanted.request };
    for (const auto& voice : line.wanted.request.voices)
        message.hashes.push_back (voiceOf (voices, voice).hash);
    return message;
}

/** What is said at the end. */
struct Counts
{
    std::size_t lines = 0, added = 0, queued = 0, heard = 0, refused = 0;
};

int report (const Counts& counts, const QueueOptions& queue, Session& session)
{
    session.out << nlohmann::json {
        { "queue", queue.queue },    { "lines", counts.lines },  { "added", counts.added },
        { "queued", counts.queued }, { "stored", counts.heard }, { "failed", counts.refused }
    }.dump() << '\n';
    return counts.refused > 0 ? exitRefused : exitOk;
}
} // namespace

int submit (const SubmitOptions& options, Session& session)
{
    LineQueue queue (options.queue.address, options.queue.queue);
    TakeStore store ({ .folder = options.store, .namedBy = "--store", .evicts = false });
    const OffloadOptions offload;
    const VoicingRequest request { .file = options.project,
                                   .model = options.model,
                                   .offload = offload,
                                   .typography = options.typography,
                                   .note = [&] (const std::string& sentence) {
                                       if (! options.quiet)
                                           session.err << sentence << '\n';
                                   } };
    const auto script = openScript (request, store);
    const auto voiced = voiceProject (request, script.document, store, session);
    const auto all = linesOf (script, voiced, store);
    const auto numbers = Chunk { .lines = options.lines, .shards = {} }.of (all.size());
    Counts counts { .lines = numbers.size() };
    std::vector<const FarmLine*> lines;
    std::vector<WantedTake> wanted; // of these
    for (const auto number : numbers)
        if (const auto& line = all[number - 1]; ! line.refusal.empty())
        {
            ++counts.refused;
            session.err << fmt::format ("{}: {}\n", line.wanted.title, line.refusal);
        }
        else if (! line.heardAudio.empty())
            ++counts.heard;
        else
        {
            lines.push_back (&line);
            wanted.push_back (line.wanted);
        }
    const auto voices = readVoices (wanted, voiced.shelf);
    queue.create();
    queue.beginCount();
    for (const auto* const line : lines)
        if (queue.publish (takeRequestOf (line->wanted, voices).key(),
                           messageOf (*line, options.project.filename().string(), voices),
                           priorityOf (options.priority)))
            ++counts.added;
        else
            ++counts.queued;
    return report (counts, options.queue, session);
}
} // namespace tableread::engine
