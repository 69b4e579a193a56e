// SPDX-License-Identifier: Apache-2.0
#include "Project/Changes.h"

#include <algorithm>
#include <unordered_map>

#include "Project/Matching/Order.h"

namespace tableread::project
{
namespace
{
template <typename T>
bool isUnchanged (const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b)
{
    return a == b || *a == *b;
}

template <typename T>
bool areUnchanged (const Document::Shared<T>& a, const Document::Shared<T>& b)
{
    return std::equal (a.begin(), a.end(), b.begin(), b.end(), isUnchanged<T>);
}

using Lines = std::span<const std::shared_ptr<const Line>>;

/** Removes what both have at their beginnings and ends. */
void trimCommon (Lines& before, Lines& after)
{
    while (! before.empty() && ! after.empty() && isUnchanged (before.front(), after.front()))
    {
        before = before.subspan (1);
        after = after.subspan (1);
    }
    while (! before.empty() && ! after.empty() && isUnchanged (before.back(), after.back()))
    {
        before = before.first (before.size() - 1);
        after = after.first (after.size() - 1);
    }
}

void addLines (Change& change, Lines before, Lines after)
{
    trimCommon (before, after);
    change.order = ! std::equal (before.begin(), before.end(), after.begin(), after.end(),
                                 [] (const auto& a, const auto& b) { return a->id == b->id; });
    std::unordered_map<std::uint64_t, std::size_t> places; // of those that are not met in `after`
    for (std::size_t at = 0; at < before.size(); ++at)
        places.emplace (before[at]->id.value, at);

    std::vector<std::size_t> kept; // their places in `before`, if they are the same there
    for (const auto& line : after)
    {
        const auto found = places.find (line->id.value);
        if (found != places.end() && isUnchanged (before[found->second], line))
            kept.push_back (found->second);
        else
            change.lines.push_back (line->id);
        if (found != places.end())
            places.erase (found);
    }
    for (const auto& line : before)
        if (places.contains (line->id.value))
            change.lines.push_back (line->id);

    const auto inOrder = longestIncreasing (kept);
    for (std::size_t at = 0, next = 0; at < kept.size(); ++at)
        if (next < inOrder.size() && inOrder[next] == at)
            ++next;
        else
            change.lines.push_back (before[kept[at]]->id);
}
} // namespace

Change changesBetween (const Document& before, const Document& after)
{
    Change change;
    addLines (change, before.lines, after.lines);
    change.order = change.order || before.scenes != after.scenes;
    change.cast = ! areUnchanged (before.cast, after.cast);
    change.takes = ! areUnchanged (before.takes, after.takes);
    change.settings = before.settings != after.settings || before.tempo != after.tempo;
    return change;
}
} // namespace tableread::project
