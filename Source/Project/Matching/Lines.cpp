// SPDX-License-Identifier: Apache-2.0
#include "Project/Matching/Lines.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "Project/Matching/TextShape.h"

namespace tableread::project
{
namespace
{
struct HashOfLine
{
    std::size_t operator() (std::string_view text) const { return std::hash<std::string_view> {}(text); }

    std::size_t operator() (const LineText& line) const
    {
        constexpr std::size_t odd = 0x9e3779b97f4a7c15;
        return ((*this) (line.text) * odd + (*this) (line.speaker)) * odd + (*this) (line.direction);
    }
};

/** Gives equal keys equal numbers, from 0 on. */
template <typename Key>
class Numbering
{
public:
    std::uint32_t operator() (const Key& key)
    {
        return known.try_emplace (key, (std::uint32_t) known.size()).first->second;
    }

private:
    std::unordered_map<Key, std::uint32_t, HashOfLine> known;
};

class LineMatcher
{
public:
    LineMatcher (std::span<const LineText> formerLines, std::span<const LineText> newLines)
        : former (formerLines)
        , now (newLines)
        , formerEnd (formerLines.size())
        , nowEnd (newLines.size())
        , match (newLines.size(), unmatched)
        , isOrdered (newLines.size())
        , isTaken (formerLines.size())
    {}

    std::vector<std::size_t> run()
    {
        trim();
        matchSame();
        for (const auto& gap : gaps())
            matchTexts (gap);
        for (const auto& gap : gaps())
            matchEdited (gap);
        return std::move (match);
    }

private:
    /** Lines that have no counterpart yet, between the same neighbours. */
    struct Gap
    {
        std::vector<std::size_t> before, after;
    };

    void link (std::size_t before, std::size_t after)
    {
        match[after] = before;
        isOrdered[after] = isTaken[before] = true;
    }

    void trim();
    void matchSame();
    void matchTexts (const Gap& gap);
    void matchEdited (const Gap& gap);
    void alignBest (const Gap& gap);
    void alignNear (const Gap& gap);
    std::vector<Gap> gaps() const;

    std::span<const LineText> former, now;
    std::size_t begin = 0, formerEnd, nowEnd; // what is neither at the common beginning nor at the common end
    std::vector<std::size_t> match;
    std::vector<bool> isOrdered, isTaken; // of a new line: not moved; of a former one: has its counterpart
};

void LineMatcher::trim()
{
    for (; begin < std::min (formerEnd, nowEnd) && former[begin] == now[begin]; ++begin)
        link (begin, begin);
    for (; formerEnd > begin && nowEnd > begin && former[formerEnd - 1] == now[nowEnd - 1];
         --formerEnd, --nowEnd)
        link (formerEnd - 1, nowEnd - 1);
}

void LineMatcher::matchSame()
{
    if (formerEnd == begin || nowEnd == begin)
        return;
    Numbering<LineText> numberOf;
    std::vector<std::uint32_t> before, after;
    before.reserve (formerEnd - begin);
    after.reserve (nowEnd - begin);
    for (auto at = begin; at < formerEnd; ++at)
        before.push_back (numberOf (former[at]));
    for (auto at = begin; at < nowEnd; ++at)
        after.push_back (numberOf (now[at]));

    const auto ordered = matchInOrder (before, after);
    for (std::size_t at = 0; at < ordered.size(); ++at)
        if (ordered[at] != unmatched)
            link (begin + ordered[at], begin + at);

    std::unordered_map<std::uint32_t, std::vector<std::size_t>> left; // places from the last to the first
    for (auto at = formerEnd; at-- > begin;)
        if (! isTaken[at])
            left[before[at - begin]].push_back (at);
    for (auto at = begin; at < nowEnd; ++at)
    {
        const auto same = match[at] == unmatched ? left.find (after[at - begin]) : left.end();
        if (same == left.end() || same->second.empty())
            continue;
        match[at] = same->second.back();
        isTaken[match[at]] = true;
        same->second.pop_back();
    }
}

std::vector<LineMatcher::Gap> LineMatcher::gaps() const
{
    std::vector<Gap> all;
    Gap gap;
    auto next = begin;
    const auto close = [&] (std::size_t end) {
        for (; next < end; ++next)
            if (! isTaken[next])
                gap.before.push_back (next);
        if (! gap.before.empty() && ! gap.after.empty())
            all.push_back (std::move (gap));
        gap = {};
    };
    for (auto at = begin; at < nowEnd; ++at)
        if (isOrdered[at])
        {
            close (match[at]);
            next = match[at] + 1;
        }
        else if (match[at] == unmatched)
            gap.after.push_back (at);
    close (formerEnd);
    return all;
}

void LineMatcher::matchTexts (const Gap& gap)
{
    Numbering<std::string_view> numberOf;
    std::vector<std::uint32_t> before, after;
    before.reserve (gap.before.size());
    after.reserve (gap.after.size());
    for (const auto at : gap.before)
        before.push_back (numberOf (former[at].text));
    for (const auto at : gap.after)
        after.push_back (numberOf (now[at].text));
    const auto ordered = matchInOrder (before, after);
    for (std::size_t at = 0; at < ordered.size(); ++at)
        if (ordered[at] != unmatched)
            link (gap.before[ordered[at]], gap.after[at]);
}

void LineMatcher::matchEdited (const Gap& gap)
{
    constexpr std::size_t mostPairs = 400; // that are all compared
    const auto& oneBefore = former[gap.before.front()];
    const auto& oneAfter = now[gap.after.front()];
    if (gap.before.size() * gap.after.size() > mostPairs)
        alignNear (gap);
    else if (gap.before.size() == 1 && gap.after.size() == 1 && oneBefore.speaker == oneAfter.speaker)
        link (gap.before.front(), gap.after.front());
    else
        alignBest (gap);
}

std::vector<TextShape> shapesOf (std::span<const LineText> lines, std::span<const std::size_t> places)
{
    std::vector<TextShape> shapes;
    shapes.reserve (places.size());
    for (const auto at : places)
        shapes.emplace_back (lines[at].text);
    return shapes;
}

/** The pairs, in order, that have the largest sum of likenesses. */
void LineMatcher::alignBest (const Gap& gap)
{
    const auto before = shapesOf (former, gap.before), after = shapesOf (now, gap.after);
    const auto rows = before.size(), columns = after.size(), width = columns + 1;
    std::vector<float> paired (rows * columns),
        best ((rows + 1) * width); // best: from this row and column on
    for (auto row = rows; row-- > 0;)
        for (auto column = columns; column-- > 0;)
        {
            const auto likeness = before[row].likeness (after[column]);
            const auto here = row * width + column;
            paired[row * columns + column] = likeness >= alike ? likeness + best[here + width + 1] : 0.0f;
            best[here] = std::max ({ paired[row * columns + column], best[here + width], best[here + 1] });
        }
    for (std::size_t row = 0, column = 0; row < rows && column < columns;)
    {
        const auto here = row * width + column;
        if (best[here] == best[here + width])
            ++row;
        else if (best[here] == best[here + 1])
            ++column;
        else
            link (gap.before[row++], gap.after[column++]);
    }
}

/** The same for many lines, each with the first of the next few that it is like. */
void LineMatcher::alignNear (const Gap& gap)
{
    constexpr std::size_t few = 8;
    const auto before = shapesOf (former, gap.before), after = shapesOf (now, gap.after);
    std::size_t next = 0;
    for (std::size_t at = 0; at < after.size(); ++at)
        for (auto row = next; row < std::min (next + few, before.size()); ++row)
            if (before[row].likeness (after[at]) >= alike)
            {
                link (gap.before[row], gap.after[at]);
                next = row + 1;
                break;
            }
}
} // namespace

std::vector<std::size_t> matchLines (std::span<const LineText> before, std::span<const LineText> after)
{
    return LineMatcher (before, after).run();
}
} // namespace tableread::project
