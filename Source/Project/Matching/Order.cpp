// SPDX-License-Identifier: Apache-2.0
#include "Project/Matching/Order.h"

#include <algorithm>

namespace tableread::project
{
namespace
{
constexpr std::size_t mostCells =
    40'000; // of a table of all lengths; where it would be larger, landmarks divide it
constexpr int mostDepth = 16;

struct Stretch
{
    std::size_t before = 0, beforeEnd = 0, after = 0, afterEnd = 0;

    bool isEmpty() const { return before == beforeEnd || after == afterEnd; }
};

class InOrder
{
public:
    InOrder (std::span<const std::uint32_t> formerly, std::span<const std::uint32_t> today)
        : former (formerly)
        , now (today)
        , match (today.size(), unmatched)
        , next (formerly.size(), unmatched)
    {
        std::uint32_t largest = 0;
        for (const auto side : { former, now })
            for (const auto element : side)
                largest = std::max (largest, element);
        first.resize ((std::size_t) largest + 1, unmatched);
        count.resize (first.size(), 0);
    }

    std::vector<std::size_t> run()
    {
        pair ({ 0, former.size(), 0, now.size() }, 0);
        return std::move (match);
    }

private:
    struct Link
    {
        std::size_t before = 0, after = 0;
    };

    void pair (Stretch stretch, int depth);
    void pairExactly (const Stretch& stretch);
    std::vector<Link> linksIn (const Stretch& stretch, bool onlyUnique);

    std::span<const std::uint32_t> former, now;
    std::vector<std::size_t> match;

    std::vector<std::size_t> first,
        next;                       // of an element: its first place in `former`; of a place there: the next
    std::vector<std::size_t> count; // of an element in `now`
};

void InOrder::pair (Stretch stretch, int depth)
{
    while (! stretch.isEmpty() && former[stretch.before] == now[stretch.after])
        match[stretch.after++] = stretch.before++;
    while (! stretch.isEmpty() && former[stretch.beforeEnd - 1] == now[stretch.afterEnd - 1])
        match[--stretch.afterEnd] = --stretch.beforeEnd;
    if (stretch.isEmpty())
        return;
    if ((stretch.beforeEnd - stretch.before) * (stretch.afterEnd - stretch.after) <= mostCells)
        return pairExactly (stretch);

    auto links = linksIn (stretch, true);
    if (links.empty())
        links = linksIn (stretch, false);
    if (links.empty())
        return;
    std::vector<std::size_t> places;
    places.reserve (links.size());
    for (const auto& link : links)
        places.push_back (link.before);
    const bool goesOn = depth < mostDepth;
    for (const auto chosen : longestIncreasing (places))
    {
        const auto& link = links[chosen];
        match[link.after] = link.before;
        if (goesOn)
            pair ({ stretch.before, link.before, stretch.after, link.after }, depth + 1);
        stretch.before = link.before + 1;
        stretch.after = link.after + 1;
    }
    if (goesOn)
        pair (stretch, depth + 1);
}

/** A longest common subsequence. */
void InOrder::pairExactly (const Stretch& stretch)
{
    const auto rows = stretch.beforeEnd - stretch.before, columns = stretch.afterEnd - stretch.after;
    const auto width = columns + 1;
    const auto isEqual = [&] (std::size_t row, std::size_t column) {
        return former[stretch.before + row] == now[stretch.after + column];
    };
    std::vector<std::uint16_t> common ((rows + 1) * width); // from this row and column on
    for (auto row = rows; row-- > 0;)
        for (auto column = columns; column-- > 0;)
        {
            const auto here = row * width + column, below = here + width;
            common[here] = isEqual (row, column) ? (std::uint16_t) (common[below + 1] + 1)
                                                 : std::max (common[below], common[here + 1]);
        }
    for (std::size_t row = 0, column = 0; row < rows && column < columns;)
        if (isEqual (row, column))
            match[stretch.after + column++] = stretch.before + row++;
        else if (common[(row + 1) * width + column] >= common[row * width + column + 1])
            ++row;
        else
            ++column;
}

/** Equal elements, in the order of `now`: those that occur once on both sides, or else the first of a kind with the
    first, the second with the second, and so on. */
std::vector<InOrder::Link> InOrder::linksIn (const Stretch& stretch, bool onlyUnique)
{
    for (auto at = stretch.beforeEnd; at-- > stretch.before;)
    {
        next[at] = first[former[at]];
        first[former[at]] = at;
    }
    for (auto at = stretch.after; at < stretch.afterEnd; ++at)
        ++count[now[at]];
    std::vector<Link> links;
    for (auto at = stretch.after; at < stretch.afterEnd; ++at)
    {
        auto& head = first[now[at]];
        if (head == unmatched || (onlyUnique && (next[head] != unmatched || count[now[at]] > 1)))
            continue;
        links.push_back ({ head, at });
        head = next[head];
    }
    for (auto at = stretch.before; at < stretch.beforeEnd; ++at)
        first[former[at]] = unmatched;
    for (auto at = stretch.after; at < stretch.afterEnd; ++at)
        count[now[at]] = 0;
    return links;
}
} // namespace

std::vector<std::size_t> longestIncreasing (std::span<const std::size_t> values)
{
    std::vector<std::size_t> ends; // of the subsequences of 1, 2, … values that end with the smallest one
    std::vector<std::size_t> previous (values.size(), unmatched);
    for (std::size_t at = 0; at < values.size(); ++at)
    {
        const auto place =
            std::lower_bound (ends.begin(), ends.end(), values[at],
                              [&] (std::size_t end, std::size_t value) { return values[end] < value; });
        if (place != ends.begin())
            previous[at] = *std::prev (place);
        if (place != ends.end())
            *place = at;
        else
            ends.push_back (at);
    }
    std::vector<std::size_t> chain (ends.size());
    auto at = ends.empty() ? unmatched : ends.back();
    for (auto link = chain.rbegin(); link != chain.rend(); ++link)
    {
        *link = at;
        at = previous[at];
    }
    return chain;
}

std::vector<std::size_t> matchInOrder (std::span<const std::uint32_t> before,
                                       std::span<const std::uint32_t> after)
{
    return InOrder (before, after).run();
}
} // namespace tableread::project
