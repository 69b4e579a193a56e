// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/PrefixCache.h"

#include <algorithm>
#include <exception>

namespace tableread::engine
{
/** How many rows of both prompts are the same. The last row is never one of them: the first frame needs its hidden state. */
std::int64_t PrefixCache::common (const Entry& entry, const Sequence& sequence) const
{
    const auto& ids = sequence.input.ids;
    if (entry.prefixRows != sequence.input.prefixRows ||
        ! std::ranges::equal (entry.voices, sequence.input.voices,
                              [] (const auto& kept, const auto& own) { return kept.lock() == own; }))
        return 0;
    return std::mismatch (entry.ids.begin(), entry.ids.end(), ids.begin(), ids.end() - 1).first -
           entry.ids.begin();
}

/** Of so many equal rows those that it may take over. */
std::int64_t PrefixCache::usable (const Sequence& sequence, std::int64_t rows) const
{
    if (! wholeBlocks)
        return rows;
    std::int64_t end = 0;
    while (sequence.promptBlockEnd (end) <= rows)
        end = sequence.promptBlockEnd (end);
    return end;
}

void PrefixCache::fill (Sequence& sequence)
{
    if (sequence.input.prefixRows == 0 || entries.empty())
        return;
    const auto best =
        std::ranges::max_element (entries, {}, [&] (const Entry& entry) { return common (entry, sequence); });
    const auto rows = usable (sequence, common (*best, sequence));
    if (rows == 0)
        return;
    sequence.positive.fill (best->store, rows);
    entries.splice (entries.begin(), entries, best);
}

bool PrefixCache::wouldGain (const Sequence& sequence, const Sequence& other) const
{
    const auto& own = sequence.input;
    const auto rows = own.prefixRows;
    return rows <= most && usable (sequence, rows) > 0 && rows == other.input.prefixRows &&
           own.voices == other.input.voices &&
           std::equal (own.ids.begin(), own.ids.begin() + rows, other.input.ids.begin()) &&
           std::ranges::none_of (entries,
                                 [&] (const Entry& entry) { return common (entry, sequence) >= rows; });
}

void PrefixCache::keep (const Sequence& sequence)
{
    const auto& input = sequence.input;
    const auto whole = (std::int64_t) input.ids.size() - 1;
    auto rows = whole <= most ? whole : input.prefixRows;
    if (input.prefixRows == 0 || rows > most)
        return;
    for (auto entry = entries.begin(); entry != entries.end(); ++entry)
        if (common (*entry, sequence) >= rows)
            return entries.splice (entries.begin(), entries, entry);
    std::erase_if (entries, [&] (const Entry& entry) {
        return std::ranges::any_of (entry.voices, [] (const auto& voice) { return voice.expired(); }) ||
               common (entry, sequence) == (std::int64_t) entry.ids.size(); // is part of the new one
    });
    if (! dropOthersOfCasts (sequence, most - rows))
        while (positions() > most - input.prefixRows)
            entries.pop_back();
    if (positions() > most - rows) // its text is worth less than another cast
        rows = input.prefixRows;
    try
    {
        entries.push_front ({ { input.ids.begin(), input.ids.begin() + rows },
                              input.prefixRows,
                              { input.voices.begin(), input.voices.end() },
                              sequence.positive.first (rows) });
    }
    catch (const std::exception&) // no memory: others need it more
    {
        entries.clear();
    }
}

std::int64_t PrefixCache::positions() const
{
    std::int64_t sum = 0;
    for (const auto& entry : entries)
        sum += (std::int64_t) entry.ids.size();
    return sum;
}

/** Drops prompts of this cast, and of others those that have a newer one, until so many positions are left. @returns whether
    they are. */
bool PrefixCache::dropOthersOfCasts (const Sequence& sequence, std::int64_t wanted)
{
    const auto isOfCast = [] (const Entry& entry, const Entry& other) {
        return entry.prefixRows == other.prefixRows &&
               std::ranges::equal (
                   entry.voices, other.voices,
                   [] (const auto& one, const auto& two) { return one.lock() == two.lock(); }) &&
               std::equal (entry.ids.begin(), entry.ids.begin() + entry.prefixRows, other.ids.begin());
    };
    for (auto entry = entries.end(); entry != entries.begin() && positions() > wanted;)
    {
        const auto older = std::prev (entry);
        const bool isOther = common (*older, sequence) >= older->prefixRows ||
                             std::any_of (entries.begin(), older,
                                          [&] (const Entry& newer) { return isOfCast (*older, newer); });
        entry = isOther ? entries.erase (older) : older;
    }
    return positions() <= wanted;
}
} // namespace tableread::engine
