// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Found.h"

#include <algorithm>

#include "Command/Farm/Outcome.h"

namespace tableread::engine
{
namespace
{
std::string keyOf (TakeRequest request)
{
    request.fingerprint.clear();
    return request.key();
}
} // namespace

FoundTakes::FoundTakes (const TakeStore& store)
{
    // What is damaged is set aside by find(), and missing then.
    for (const auto& key : orThrow (store.list()))
        if (auto record = store.find (key); record && record->ending == Take::Ending::Whole)
            takes[keyOf (record->request)].push_back (std::move (*record));
        else if (record)
            failures[keyOf (record->request)] = lineWasCut;
    for (const auto& key : orThrow (store.failures()))
        if (const auto failure = store.failure (key))
            failures[keyOf (failure->request)] = failure->reason;
}

void FoundTakes::prefer (const std::vector<TakeRequest>& lines)
{
    std::map<std::string, std::size_t> counts;
    for (const auto& line : lines)
        if (const auto found = takes.find (keyOf (line)); found != takes.end())
            for (const auto& take : found->second)
                ++counts[take.request.fingerprint];
    const auto most = std::max_element (counts.begin(), counts.end(),
                                        [] (const auto& a, const auto& b) { return a.second < b.second; });
    engine = most != counts.end() ? most->first : std::string();
}

const TakeRecord* FoundTakes::takeOf (const TakeRequest& request) const
{
    const auto found = takes.find (keyOf (request));
    if (found == takes.end())
        return nullptr;
    const auto& all = found->second;
    const auto preferred = std::find_if (
        all.begin(), all.end(), [&] (const auto& take) { return take.request.fingerprint == engine; });
    return preferred != all.end() ? &*preferred : &all.front();
}

const std::string* FoundTakes::failureOf (const TakeRequest& request) const
{
    const auto found = failures.find (keyOf (request));
    return found != failures.end() ? &found->second : nullptr;
}
} // namespace tableread::engine
