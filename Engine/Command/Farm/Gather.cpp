// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Gather.h"

#include <algorithm>
#include <ostream>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Farm/Found.h"
#include "Command/Render/SpeechOutput.h"
#include "Project/File/Collect.h"
#include "Project/File/Place.h"
#include "Project/Requests.h"

namespace tableread::engine
{
namespace
{
namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* listName = "lines.json";
constexpr int listVersion = 1;

/** A line and its take. */
struct Gathered
{
    FarmLine line;
    project::TakeRecord take;
    std::string file; // its name in the folder
};

/** One run: first everything is looked at, then everything is written. */
class Gathering
{
public:
    Gathering (const GatherOptions& asked, Session& given)
        : options (asked)
        , session (given)
        , store ({ .folder = asked.store, .namedBy = "--store", .evicts = false })
    {}

    int run()
    {
        if (auto tidied = store.tidy(); ! tidied) // also says whether it is there
        {
            session.err << "tableread-engine: " << tidied.error().text() << '\n';
            return exitTryAgain;
        }
        script = openScript (request, store);
        voiced.emplace (voiceProject (request, script.document, store, session));
        look();
        if (missing + failed > 0)
            return refuse();
        write();
        return exitOk;
    }

private:
    void note (const std::string& sentence)
    {
        if (! options.quiet)
            session.err << sentence << '\n';
    }

    void look()
    {
        auto lines = linesOf (script, *voiced, store);
        std::vector<WantedTake> wanted;
        wanted.reserve (lines.size());
        for (const auto& line : lines)
            wanted.push_back (line.wanted);
        const auto voices = readVoices (wanted, voiced->shelf);
        FoundTakes found (store);
        std::vector<TakeRequest> requests;
        requests.reserve (wanted.size());
        for (const auto& take : wanted)
            requests.push_back (takeRequestOf (take, voices));
        found.prefer (requests);
        for (std::size_t i = 0; i < lines.size(); ++i)
            look (std::move (lines[i]), requests[i], found);
    }

    void look (FarmLine line, const TakeRequest& asked, const FoundTakes& found)
    {
        if (! line.refusal.empty())
            return tell (line, line.refusal, failed);
        project::TakeRecord take;
        take.line = line.wanted.line;
        take.request = line.wanted.name;
        take.seed = line.wanted.request.seed;
        take.state = project::TakeRecord::State::Done;
        if (! line.heardAudio.empty())
        {
            take.audio = line.heardAudio;
            take.length = line.heardLength;
        }
        else if (const auto* const record = found.takeOf (asked))
        {
            take.audio = record->audio.hash;
            take.length = { record->audio.samples };
            take.fingerprint = record->request.fingerprint;
        }
        else if (const auto* const failure = found.failureOf (asked))
            return tell (line, *failure, failed);
        else
            return tell (line, "it was not spoken yet.", missing);
        if (const auto bytes = store.file (project::samplesOf (take)); ! bytes)
            return tell (line, bytes.error().text(), missing);
        engines.insert (take.fingerprint);
        gathered.push_back ({ std::move (line), std::move (take), {} });
    }

    void tell (const FarmLine& line, const std::string& why, std::size_t& count)
    {
        ++count;
        session.err << fmt::format ("{}: {}\n", line.wanted.title, why);
    }

    int refuse()
    {
        session.err << fmt::format (
            "tableread-engine: {} of {} lines are there, {} missing, {} failed. Nothing was written.{}\n",
            gathered.size(), gathered.size() + missing + failed, missing, failed,
            missing > 0 ? " Run batch again." : " Give those another seed or other words.");
        return missing > 0 ? exitTryAgain : exitRefused;
    }

    void write()
    {
        const auto old = oldFiles();
        std::error_code failure;
        fs::create_directories (options.out, failure);
        if (failure)
            throw Exception ({ codeOfSystemError (failure.value()),
                               "no folder can be made here: " + failure.message() + ". Choose another.",
                               options.out.string() });
        const auto passages = project::passagesOf (*voiced->document);
        std::set<std::string> names;
        for (std::size_t i = 0; i < gathered.size(); ++i)
        {
            auto& each = gathered[i];
            const auto bytes = orThrow (store.file (project::samplesOf (each.take)));
            each.file = (each.line.id.empty() ? stemName (i + 1, gathered.size(), passages[i].speakers)
                                              : each.line.id) +
                        (bytes.starts_with ("fLaC") ? ".flac" : ".wav");
            orThrow (project::writeBytes (options.out / each.file, bytes, project::Existing::Replace));
            names.insert (each.file);
        }
        for (const auto& name : old)
            if (! names.contains (name))
                fs::remove (options.out / name, failure);
        writeProject();
        orThrow (
            project::writeBytes (options.out / listName, list().dump (2) + '\n', project::Existing::Replace));
        note (fmt::format ("Wrote {} lines to {}.", gathered.size(), options.out.string()));
        if (engines.size() > 1)
            note (
                "They were spoken by more than one kind of device, so a render elsewhere is not the same bit "
                "by bit.");
    }

    /** Of the run before. @throws Exception Conflict if the folder holds anything else. */
    std::vector<std::string> oldFiles() const
    {
        std::error_code failure;
        if (! fs::exists (options.out, failure) || fs::is_empty (options.out, failure))
            return {};
        std::vector<std::string> names;
        const auto text = project::readBytes (options.out / listName);
        const auto json = Json::parse (text ? *text : std::string(), nullptr, false);
        if (! json.is_object() || ! json.contains ("lines") || ! json["lines"].is_array())
            fail (ErrorCode::Conflict, "there is something else in this folder. Choose an empty one.",
                  options.out.string());
        for (const auto& line : json["lines"])
            if (line.is_object() && line.contains ("file") && line["file"].is_string())
                if (const fs::path name = line["file"].get<std::string>(); name == name.filename())
                    names.push_back (name.string());
        return names;
    }

    void writeProject()
    {
        auto document = *voiced->document;
        const auto passages = project::passagesOf (document);
        for (std::size_t i = 0; i < gathered.size(); ++i)
        {
            if (! gathered[i].line.heardAudio.empty()) // it is in the project
                continue;
            auto take = gathered[i].take;
            take.id = { document.nextId++ };
            auto& first = document.lines[passages[i].first];
            if (first->chosen || take.request != project::nameOf (document, passages[i]))
            {
                auto line = *first;
                line.chosen = take.id; // of a seed that is not the document's
                first = std::make_shared<const project::Line> (std::move (line));
            }
            document.takes.push_back (std::make_shared<const project::TakeRecord> (std::move (take)));
        }
        orThrow (project::writeProject (
            options.out / (options.project.stem().string() + project::projectExtension),
            { .document = std::make_shared<const project::Document> (std::move (document)) }));
    }

    Json list() const
    {
        auto lines = Json::array();
        for (const auto& each : gathered)
        {
            auto& line = lines.emplace_back (Json { { "line", each.line.number },
                                                    { "title", each.line.wanted.title },
                                                    { "file", each.file },
                                                    { "hash", each.take.audio },
                                                    { "samples", each.take.length.value },
                                                    { "seed", each.take.seed } });
            if (! each.line.id.empty())
                line["id"] = each.line.id;
        }
        return { { "version", listVersion }, { "sample_rate", modelSampleRateHz }, { "lines", lines } };
    }

    const GatherOptions& options;
    Session& session;
    TakeStore store;
    const OffloadOptions offload;
    const VoicingRequest request { .file = options.project,
                                   .model = options.model,
                                   .offload = offload,
                                   .typography = options.typography,
                                   .note = [this] (const std::string& sentence) { note (sentence); } };
    FarmScript script;
    std::optional<VoicedProject> voiced;
    std::vector<Gathered> gathered;
    std::set<std::string> engines;
    std::size_t missing = 0, failed = 0;
};
} // namespace

int gather (const GatherOptions& options, Session& session)
{
    return Gathering (options, session).run();
}
} // namespace tableread::engine
