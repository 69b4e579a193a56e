// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Headless/Recorder.h"

#include <memory>

#include "Core/ContentHash.h"
#include "Project/File/Place.h"
#include "Project/Lookup.h"

namespace tableread::project
{
namespace
{
/** Whether both documents say the same of a speaker. */
bool agree (const Document& a, const Document& b, const std::string& speaker)
{
    const auto *one = memberOf (a, speaker), *other = memberOf (b, speaker);
    return one == nullptr || other == nullptr ? one == other : *one == *other;
}
} // namespace

Result<void> Recorder::change (const std::function<void (Document&)>& edit) const
{
    const std::lock_guard lock (mutex);
    auto content = readProject (file);
    if (! content)
        return tl::unexpected (content.error());
    auto document = *content->document;
    edit (document);
    if (document == *content->document)
        return {};
    content->document = std::make_shared<const Document> (std::move (document));
    return writeProject (file, *content);
}

Result<TakeId> Recorder::add (const TakeRecord& take) const
{
    TakeId id;
    const auto written = change ([&] (Document& document) {
        auto added = take;
        id = added.id = { document.nextId++ };
        document.takes.push_back (std::make_shared<const TakeRecord> (std::move (added)));
    });
    if (! written)
        return tl::unexpected (written.error());
    return id;
}

Result<std::string> Recorder::giveId() const
{
    std::string id;
    const auto written = change ([&] (Document& document) {
        if (document.id.empty())
            document.id = randomHash();
        id = document.id;
    });
    if (! written)
        return tl::unexpected (written.error());
    return id;
}

Result<void> Recorder::setCast (const Document& before, const Document& after) const
{
    return change ([&] (Document& document) {
        for (const auto& member : after.cast)
        {
            if (! agree (document, before, member->speaker))
                continue;
            if (const auto place = memberPlace (document, member->speaker))
                document.cast[*place] = member;
            else
                document.cast.push_back (member);
        }
    });
}
} // namespace tableread::project
