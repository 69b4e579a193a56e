// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "Command/Project/Takes.h"

namespace tableread::engine
{
nlohmann::json toJson (const ProjectReport& report, const project::Document& document, SampleStore& store)
{
    auto passages = nlohmann::json::array();
    for (const auto& passage : project::passagesOf (document))
    {
        const auto* take = heardTake (document, passage);
        nlohmann::json entry { { "title", project::titleOf (document, passage) },
                               { "line", document.lines[passage.first]->id.value },
                               { "status", statusOf (document, passage, store) } };
        if (take != nullptr)
        {
            entry["take"] = take->id.value;
            entry["samples"] = take->length.value;
            entry["audio"] = take->audio;
            entry["rendered"] = report.rendered.contains (take->audio);
        }
        passages.push_back (std::move (entry));
    }
    return { { "project", report.project },
             { "output", report.output },
             { "partial", report.isPartial },
             { "exit_code", report.exitCode },
             { "model", report.model.name },
             { "fingerprint", report.model.fingerprint },
             { "rendered", report.rendered.size() },
             { "render_ms", report.renderMs },
             { "seconds", report.seconds },
             { "notes", report.notes },
             { "passages", passages } };
}

std::string summary (const ProjectReport& report, const project::Document& document)
{
    auto text = fmt::format ("{}: {} of {} passages rendered", report.project, report.rendered.size(),
                             project::passagesOf (document).size());
    if (! report.rendered.empty())
        text += fmt::format (" in {:.1f} s on {}", report.renderMs / 1000.0, report.model.device);
    text += '.';
    if (! report.output.empty())
        text += fmt::format (" {} {}: {:.1f} s.", report.isPartial ? "Kept" : "Wrote", report.output,
                             report.seconds);
    return text;
}
} // namespace tableread::engine
