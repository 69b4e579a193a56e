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

std::int64_t PrefixCache::usable (const Entry& entry, const Sequence& sequence) const
{
    const auto rows = common (entry, sequence);
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
        std::ranges::max_element (entries, {}, [&] (const Entry& entry) { return usable (entry, sequence); });
    const auto rows = usable (*best, sequence);
    if (rows == 0)
        return;
    sequence.positive.fill (best->store, rows);
    entries.splice (entries.begin(), entries, best);
}

void PrefixCache::keep (const Sequence& sequence)
{
    const auto& input = sequence.input;
    const auto whole = (std::int64_t) input.ids.size() - 1;
    const auto rows = whole <= most ? whole : input.prefixRows;
    if (input.prefixRows == 0 || rows > most)
        return;
    for (auto entry = entries.begin(); entry != entries.end(); ++entry)
        if (common (*entry, sequence) >= rows)
            return entries.splice (entries.begin(), entries, entry);
    std::erase_if (entries, [&] (const Entry& entry) {
        return std::ranges::any_of (entry.voices, [] (const auto& voice) { return voice.expired(); }) ||
               common (entry, sequence) == (std::int64_t) entry.ids.size(); // is part of the new one
    });
    shrinkTo (most - rows);
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

void PrefixCache::shrinkTo (std::int64_t wanted)
{
    while (positions() > wanted)
        entries.pop_back();
}
} // namespace tableread::engine
