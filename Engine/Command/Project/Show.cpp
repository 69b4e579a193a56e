// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Show.h"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Project/Takes.h"
#include "Passage/Names.h"
#include "Project/File/EmbeddedStore.h"
#include "Project/File/Place.h"
#include "Project/Locks.h"
#include "Settings/Settings.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

constexpr int showVersion = 1; // of the JSON; it grows when a field changes its meaning or goes

double lengthInSeconds (ModelSamples length)
{
    return static_cast<double> (length.value) / static_cast<double> (modelSampleRateHz);
}

std::int64_t linesOf (const project::Document& document, const std::string& speaker)
{
    return std::count_if (document.lines.begin(), document.lines.end(),
                          [&] (const auto& line) { return sameName (line->speaker, speaker); });
}

Json toJson (const project::Member& member, std::int64_t lines)
{
    auto moods = Json::array();
    for (const auto& mood : member.moods)
        moods.push_back ({ { "direction", mood.direction },
                           { "voice", mood.voice.name },
                           { "path", mood.voice.path.string() },
                           { "content", mood.content } });
    return { { "speaker", member.speaker }, { "lines", lines },           { "moods", moods },
             { "chosen", member.isChosen }, { "gain_db", member.gainDb }, { "muted", member.isMuted },
             { "solo", member.isSolo },     { "bus", member.bus } };
}

Json toJson (const project::Document& document, const project::PassageView& passage, SampleStore& store)
{
    auto lines = Json::array();
    for (auto at = passage.first; at < passage.first + passage.count; ++at)
    {
        const auto& line = *document.lines[at];
        lines.push_back ({ { "id", line.id.value },
                           { "line", line.sourceLine },
                           { "speaker", line.speaker },
                           { "direction", line.direction },
                           { "text", line.text } });
    }
    const auto* take = heardTake (document, passage);
    return { { "lines", lines },
             { "status", statusOf (document, passage, store) },
             { "locked", document.lines[passage.first]->isLocked },
             { "outdated", project::playsOlder (document, passage) },
             { "take", take != nullptr ? Json (take->id.value) : Json() },
             { "seconds", take != nullptr ? Json (lengthInSeconds (take->length)) : Json() } };
}

Json toJson (const std::string& file, const project::Content& content, SampleStore& store)
{
    const auto& document = *content.document;
    auto cast = Json::array(), passages = Json::array();
    for (const auto& member : document.cast)
        cast.push_back (toJson (*member, linesOf (document, member->speaker)));
    for (const auto& passage : project::passagesOf (document))
        passages.push_back (toJson (document, passage, store));
    return { { "schema", "tableread-project" },
             { "version", showVersion },
             { "file", file },
             { "lines", document.lines.size() },
             { "cast", cast },
             { "passages", passages },
             { "takes", document.takes.size() },
             { "embedded_takes", content.audio != nullptr ? content.audio->size() : 0 },
             { "seed", document.settings.seed },
             { "steps", document.settings.steps },
             { "cfg_scale", document.settings.guidanceScale
                                ? Json (static_cast<double> (*document.settings.guidanceScale))
                                : Json() },
             { "tempo", document.tempo },
             { "notes", content.notes } };
}

std::string memberText (const project::Member& member, std::int64_t lines)
{
    std::string voices;
    for (const auto& mood : member.moods)
        voices += fmt::format ("{}{}{}", voices.empty() ? "" : "; ",
                               mood.direction.empty() ? "" : mood.direction + ": ",
                               mood.voice.path.empty() ? mood.voice.name : mood.voice.path.string());
    return fmt::format ("{}: {} line{}, {}\n", member.speaker, lines, lines == 1 ? "" : "s",
                        voices.empty() ? "no voice yet" : "voice " + voices);
}

std::string passageText (const project::Document& document, const project::PassageView& passage,
                         SampleStore& store)
{
    const auto* take = heardTake (document, passage);
    const auto status =
        take != nullptr ? fmt::format ("take {}, {}, {:.1f} s", take->id.value,
                                       statusOf (document, passage, store), lengthInSeconds (take->length))
                        : std::string (statusOf (document, passage, store));
    std::string text;
    for (auto at = passage.first; at < passage.first + passage.count; ++at)
    {
        const auto& line = *document.lines[at];
        text += fmt::format ("{:>6} {}{}: {}\n", line.sourceLine, line.speaker,
                             line.direction.empty() ? "" : " (" + line.direction + ")", line.text);
    }
    return text +
           fmt::format (
               "       [{}{}{}]\n", status, document.lines[passage.first]->isLocked ? ", locked" : "",
               project::playsOlder (document, passage) ? ", other words, voices or settings by now" : "");
}

std::string toText (const std::string& file, const project::Content& content, SampleStore& store)
{
    const auto& document = *content.document;
    auto text = fmt::format ("{}: {} lines, {} takes, seed {}.\n\n", file, document.lines.size(),
                             document.takes.size(), document.settings.seed);
    for (const auto& member : document.cast)
        text += memberText (*member, linesOf (document, member->speaker));
    text += '\n';
    for (const auto& passage : project::passagesOf (document))
        text += passageText (document, passage, store);
    for (const auto& note : content.notes)
        text += '\n' + note + '\n';
    return text;
}
} // namespace

int showProject (const ShowProjectOptions& options, Session& session)
{
    const auto content = orThrow (project::readProject (options.file));
    if (! session.takes)
        fail (ErrorCode::Unsupported, "there is no take store to look for the takes in.");
    project::EmbeddedStore store (
        session.takes (orThrow (readSettings (SettingsPlace::current (options.settings)))), content.audio);
    const auto file = options.file.string();
    session.out << (options.json
                        ? toJson (file, content, store).dump (2, ' ', false, Json::error_handler_t::replace) +
                              '\n'
                        : toText (file, content, store));
    return exitOk;
}
} // namespace tableread::engine
