// SPDX-License-Identifier: Apache-2.0
#include "Command/Project/Recorder.h"

#include <memory>

#include "Project/File/Place.h"
#include "Project/Lookup.h"

namespace tableread::engine
{
namespace
{
/** Whether both documents say the same of a speaker. */
bool agree (const project::Document& a, const project::Document& b, const std::string& speaker)
{
    const auto *one = project::memberOf (a, speaker), *other = project::memberOf (b, speaker);
    return one == nullptr || other == nullptr ? one == other : *one == *other;
}
} // namespace

void Recorder::change (const std::function<void (project::Document&)>& edit) const
{
    auto content = orThrow (project::readProject (file));
    auto document = *content.document;
    edit (document);
    content.document = std::make_shared<const project::Document> (std::move (document));
    orThrow (project::writeProject (file, content));
}

project::TakeId Recorder::add (const project::TakeRecord& take) const
{
    project::TakeId id;
    change ([&] (project::Document& document) {
        auto added = take;
        id = added.id = { document.nextId++ };
        document.takes.push_back (std::make_shared<const project::TakeRecord> (std::move (added)));
    });
    return id;
}

void Recorder::setCast (const project::Document& before, const project::Document& after) const
{
    change ([&] (project::Document& document) {
        for (const auto& member : after.cast)
        {
            if (! agree (document, before, member->speaker))
                continue;
            if (const auto place = project::memberPlace (document, member->speaker))
                document.cast[*place] = member;
            else
                document.cast.push_back (member);
        }
    });
}
} // namespace tableread::engine
