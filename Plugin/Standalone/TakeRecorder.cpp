// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/TakeRecorder.h"

#include <utility>

#include "Project/File/Collect.h"

namespace tableread::plugin
{
TakeRecorder::TakeRecorder (const project::Recorder& writer, std::shared_ptr<SampleStore> place,
                            const project::Document& opened)
    : recorder (writer)
    , store (std::move (place))
{
    for (const auto& take : opened.takes)
    {
        known[take->id.value] = take->state;
        if (take->state == project::TakeRecord::State::Failed)
            failures.insert (take->request);
    }
}

void TakeRecorder::record (const project::Document& document)
{
    using State = project::TakeRecord::State;
    for (const auto& take : document.takes)
    {
        const auto found = known.find (take->id.value);
        if (take->state == State::Rendering || (found != known.end() && found->second == take->state))
            continue;
        known[take->id.value] = take->state;
        if (take->state == State::Failed && ! failures.insert (take->request).second)
            continue; // it stands there
        if (take->state != State::Failed && (store == nullptr || ! store->has (project::samplesOf (*take))))
            continue; // whoever opens the project would look for it in vain
        if (const auto added = recorder.add (*take); ! added && ! first)
            first = added.error();
    }
}
} // namespace tableread::plugin
