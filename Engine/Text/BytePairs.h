// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tableread::engine
{
/** The text of a token, spelt as GPT-2 spells bytes (one printable character for each), and its id. */
using Vocabulary = std::unordered_map<std::string, std::int64_t>;

/** Pairs of neighbouring tokens that become one; earlier rules in the list are applied first. */
using MergeRules = std::vector<std::pair<std::string, std::string>>;

/** Byte-level byte-pair encoding of one word.

    Cost      O(n log n) for a word of n bytes, with any merges.
    Threads   const after construction: any thread.
*/
class BytePairs
{
public:
    /** @throws Exception InvalidInput if one of the 256 bytes, or a part or the result of a merge, is not a token. */
    BytePairs (const Vocabulary& vocabulary, const MergeRules& rules, const std::string& where);

    /** Appends the ids of `word`, given as raw bytes (UTF-8), to `ids`. */
    void encode (std::string_view word, std::vector<std::int64_t>& ids) const;

    /** True if a byte or a merge can produce this id. */
    bool produces (std::int64_t id) const;

    /** XXH3-128 of what encode() depends on: the bytes' ids and the merges, as ids and in order. */
    const std::string& contentHash() const { return hash; }

private:
    struct Merge
    {
        std::int64_t rank, result;
    };

    const Merge* find (std::int64_t left, std::int64_t right) const;

    std::array<std::int64_t, 256> byteIds {};
    std::unordered_map<std::uint64_t, Merge> merges; // key: left id in the upper half, right id in the lower
    std::string hash;
};
} // namespace tableread::engine
