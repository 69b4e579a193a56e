// SPDX-License-Identifier: Apache-2.0
#include "Text/BytePairs.h"

#include <algorithm>
#include <queue>
#include <span>

#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/ContentHash.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
/** GPT-2's spelling of a byte: printable Latin-1 stands for itself; the other 68 bytes are mapped from U+0100 on. */
std::array<std::string, 256> spellBytes()
{
    std::array<std::string, 256> spellings;
    unsigned next = 0x100;

    for (unsigned byte = 0; byte < 256; ++byte)
    {
        const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
        const auto character = printable ? byte : next++;

        if (character < 0x80)
            spellings[byte] = { (char) character };
        else
            spellings[byte] = { (char) (0xc0 | (character >> 6)), (char) (0x80 | (character & 0x3f)) };
    }
    return spellings;
}

std::uint64_t keyOf (std::int64_t left, std::int64_t right)
{
    return ((std::uint64_t) left << 32) | (std::uint64_t) right;
}

std::int64_t idOf (const Vocabulary& vocabulary, const std::string& token, const std::string& where)
{
    const auto entry = vocabulary.find (token);
    if (entry == vocabulary.end())
        fail (ErrorCode::InvalidInput,
              "the merges use the token " + inQuotes (token) +
                  ", which the vocabulary does not have. Take both files from the same model.",
              where);
    return entry->second;
}

/** A token of the word being merged; the live ones form a list. */
struct Piece
{
    std::int64_t id, previous, next;
};

struct Candidate
{
    std::int64_t rank, at, left, right;

    bool operator<(const Candidate& other) const // the queue's top: lowest rank, then leftmost
    {
        return rank != other.rank ? rank > other.rank : at > other.at;
    }
};
} // namespace

BytePairs::BytePairs (const Vocabulary& vocabulary, const MergeRules& rules, const std::string& where)
{
    const auto spellings = spellBytes();

    for (std::size_t byte = 0; byte < 256; ++byte)
    {
        const auto entry = vocabulary.find (spellings[byte]);
        if (entry == vocabulary.end())
            fail (ErrorCode::InvalidInput,
                  "the vocabulary has no token for byte " + std::to_string (byte) + " (\"" + spellings[byte] +
                      "\"). A byte-level vocabulary as Qwen2.5's is needed.",
                  where);
        byteIds[byte] = entry->second;
    }

    merges.reserve (rules.size());
    std::vector<std::int64_t> content (byteIds.begin(), byteIds.end());
    content.reserve (content.size() + 3 * rules.size());
    for (std::size_t rank = 0; rank < rules.size(); ++rank)
    {
        const auto& [left, right] = rules[rank];
        const auto leftId = idOf (vocabulary, left, where), rightId = idOf (vocabulary, right, where),
                   result = idOf (vocabulary, left + right, where);
        merges.insert_or_assign (keyOf (leftId, rightId), Merge { (std::int64_t) rank, result });
        content.insert (content.end(), { leftId, rightId, result });
    }
    hash = hashOfBytes (std::as_bytes (std::span (content)));
}

const BytePairs::Merge* BytePairs::find (std::int64_t left, std::int64_t right) const
{
    const auto entry = merges.find (keyOf (left, right));
    return entry == merges.end() ? nullptr : &entry->second;
}

bool BytePairs::produces (std::int64_t id) const
{
    return std::find (byteIds.begin(), byteIds.end(), id) != byteIds.end() ||
           std::any_of (merges.begin(), merges.end(),
                        [&] (auto& merge) { return merge.second.result == id; });
}

void BytePairs::encode (std::string_view word, std::vector<std::int64_t>& ids) const
{
    std::vector<Piece> pieces;
    pieces.reserve (word.size());
    for (const char byte : word)
    {
        const auto at = (std::int64_t) pieces.size();
        pieces.push_back ({ byteIds[(unsigned char) byte], at - 1, at + 1 });
    }

    const auto end = (std::int64_t) pieces.size();
    const auto piece = [&] (std::int64_t at) -> Piece& { return pieces[(std::size_t) at]; };
    std::priority_queue<Candidate> queue;
    const auto consider = [&] (std::int64_t at) {
        if (at < 0 || piece (at).next >= end)
            return;
        const auto left = piece (at).id, right = piece (piece (at).next).id;
        if (const auto* merge = find (left, right))
            queue.push ({ merge->rank, at, left, right });
    };

    for (std::int64_t at = 0; at + 1 < end; ++at)
        consider (at);

    while (! queue.empty())
    {
        const auto best = queue.top();
        queue.pop();

        // A merged piece has id -1, so candidates that an earlier merge made stale no longer match.
        auto& left = piece (best.at);
        if (left.id != best.left || left.next >= end || piece (left.next).id != best.right)
            continue;

        auto& right = piece (left.next);
        left.id = find (best.left, best.right)->result;
        right.id = -1;
        left.next = right.next;
        if (left.next < end)
            piece (left.next).previous = best.at;
        consider (left.previous);
        consider (best.at);
    }

    for (std::int64_t at = 0; at < end; at = piece (at).next)
        ids.push_back (piece (at).id);
}
} // namespace tableread::engine
