// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Takes.h"

#include <algorithm>

#include "Project/File/Collect.h"

namespace tableread::engine
{
namespace
{
using RecordState = project::TakeRecord::State;

/** The newest for which `fits` holds; null: none. */
template <typename Fits>
const project::TakeRecord* newest (const project::Document& document, const Fits& fits)
{
    const auto found = std::find_if (document.takes.rbegin(), document.takes.rend(),
                                     [&] (const auto& take) { return fits (*take); });
    return found != document.takes.rend() ? found->get() : nullptr;
}
} // namespace

const project::TakeRecord* heardTake (const project::Document& document, const project::PassageView& passage)
{
    const auto& line = *document.lines[passage.first];
    const auto choice = project::choiceOf (document, passage);
    if (choice.take != nullptr && project::isWhole (*choice.take) && (! choice.isStale || line.isLocked))
        return choice.take;
    if (! line.chosen)
        return nullptr;
    const auto name = project::nameOf (document, passage); // of what was chosen other words are left
    return newest (document,
                   [&] (const auto& take) { return project::isWhole (take) && take.request == name; });
}

const char* statusOf (const project::Document& document, const project::PassageView& passage,
                      SampleStore& store)
{
    if (const auto* take = heardTake (document, passage))
        return ! store.has (project::samplesOf (*take)) ? "missing"
               : take->state == RecordState::Done       ? "done"
                                                        : "cut off";
    const auto name = project::nameOf (document, passage);
    if (newest (document,
                [&] (const auto& take) { return take.state == RecordState::Failed && take.request == name; }))
        return "failed";
    const auto id = document.lines[passage.first]->id;
    return newest (document, [&] (const auto& take) { return project::isWhole (take) && take.line == id; })
               ? "stale"
               : "missing";
}
} // namespace tableread::engine
