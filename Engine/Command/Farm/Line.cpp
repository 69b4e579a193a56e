// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Line.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Command/Project/Takes.h"
#include "Project/File/Collect.h"

namespace tableread::engine
{
namespace
{
/** Two whole numbers with a mark between them. */
std::optional<std::pair<std::size_t, std::size_t>> twoNumbers (std::string_view text, char mark)
{
    std::pair<std::size_t, std::size_t> both;
    const auto* const end = text.data() + text.size();
    const auto first = std::from_chars (text.data(), end, both.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != mark)
        return std::nullopt;
    const auto second = std::from_chars (first.ptr + 1, end, both.second);
    return second.ec == std::errc() && second.ptr == end ? std::optional (both) : std::nullopt;
}

std::pair<std::size_t, std::size_t> rangeOf (const std::string& text, std::size_t count)
{
    const bool isOne = text.find ('-') == std::string::npos;
    const auto range = twoNumbers (isOne ? text + '-' + text : text, '-');
    if (! range || range->first < 1 || range->first > range->second)
        fail (ErrorCode::InvalidInput,
              fmt::format ("--lines {} is no range. Give the first and the last line, such as 1-50.", text));
    if (range->second > count)
        fail (ErrorCode::OutOfRange,
              fmt::format ("--lines {} goes beyond the end: there are {} lines.", text, count));
    return *range;
}
} // namespace

std::vector<FarmLine> linesOf (const VoicedProject& voiced, SampleStore& store)
{
    const auto& document = *voiced.document;
    std::vector<FarmLine> lines;
    for (const auto& passage : project::passagesOf (document))
    {
        const auto* const heard = heardTake (document, passage);
        const bool isThere = heard != nullptr && store.has (project::samplesOf (*heard));
        FarmLine line { lines.size() + 1, wantedTake (voiced, passage, isThere ? nullptr : heard) };
        if (isThere)
        {
            line.heardAudio = heard->audio;
            line.heardLength = heard->length;
        }
        lines.push_back (std::move (line));
    }
    return lines;
}

TakeRequest takeRequestOf (const WantedTake& take, const SpokenVoices& voices)
{
    TakeRequest request { .lines = take.request.lines,
                          .voices = {},
                          .seed = take.request.seed,
                          .guidanceScale = take.request.guidanceScale,
                          .steps = take.request.steps };
    for (const auto& voice : take.request.voices)
        request.voices.push_back (voiceOf (voices, voice).hash);
    return request;
}

std::vector<std::size_t> Chunk::of (std::size_t count) const
{
    const auto [first, last] = lines.empty() ? std::pair (std::size_t { 1 }, count) : rangeOf (lines, count);
    std::vector<std::size_t> numbers;
    for (auto number = first; number <= last; ++number)
        numbers.push_back (number);
    for (const auto& shard : shards)
    {
        const auto part = twoNumbers (shard, '/');
        if (! part || part->first < 1 || part->first > part->second)
            fail (ErrorCode::InvalidInput,
                  fmt::format ("--shard {} is none. Give its number and how many there are, from 1/4 to 4/4.",
                               shard));
        std::vector<std::size_t> own;
        for (auto at = part->first - 1; at < numbers.size(); at += part->second)
            own.push_back (numbers[at]);
        numbers = std::move (own);
    }
    return numbers;
}

std::string Chunk::text() const
{
    auto text = lines.empty() ? std::string ("all lines") : "lines " + lines;
    for (const auto& shard : shards)
        text += ", shard " + shard;
    return text;
}
} // namespace tableread::engine
