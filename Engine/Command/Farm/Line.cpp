// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Line.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Command/Farm/Outcome.h"
#include "Command/Project/Takes.h"
#include "Project/File/Collect.h"
#include "Project/Requests.h"

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
/** A take that the length limit cut, and that nobody has chosen as it is. */
bool isCut (const project::TakeRecord& take, const project::Line& line)
{
    return take.state == project::TakeRecord::State::CutOff && ! line.isLocked && line.chosen != take.id;
}

FarmLine lineOf (const VoicedProject& voiced, const project::PassageView& passage, SampleStore& store)
{
    const auto& document = *voiced.document;
    const auto* const heard = heardTake (document, passage);
    const bool isThere = heard != nullptr && store.has (project::samplesOf (*heard));
    FarmLine line;
    try
    {
        line.wanted = wantedTake (voiced, passage, isThere ? nullptr : heard);
    }
    catch (const Exception& exception)
    {
        line.refusal = exception.error.message;
    }
    if (isThere && isCut (*heard, *document.lines[passage.first]))
        line.refusal = lineWasCut;
    else if (isThere)
    {
        line.heardAudio = heard->audio;
        line.heardLength = heard->length;
    }
    return line;
}

void addManifest (FarmLine& line, const project::ManifestLine& said, const project::Document& document,
                  const project::PassageView& passage)
{
    line.id = said.id;
    if (! said.seed)
        return;
    line.wanted.request.seed = *said.seed;
    line.wanted.name = project::nameOf (document, passage, *said.seed);
}
} // namespace

std::pair<std::size_t, std::size_t> shardOf (const std::string& text)
{
    const auto shard = twoNumbers (text, '/');
    if (! shard || shard->first < 1 || shard->first > shard->second)
        fail (ErrorCode::InvalidInput,
              fmt::format ("--shard {} is none. Give its number and how many there are, from 1/4 to 4/4.",
                           text));
    return *shard;
}

std::string titleOf (const FarmScript& script, const project::PassageView& passage)
{
    if (script.manifest.empty())
        return project::titleOf (*script.document, passage);
    return script.manifest[passage.first].id + ", " + passage.speakers.front();
}

std::vector<FarmLine> linesOf (const FarmScript& script, const VoicedProject& voiced, SampleStore& store)
{
    std::vector<FarmLine> lines;
    for (const auto& passage : project::passagesOf (*voiced.document))
    {
        auto line = lineOf (voiced, passage, store);
        line.number = lines.size() + 1;
        line.wanted.title = titleOf (script, passage);
        if (! script.manifest.empty())
            addManifest (line, script.manifest[passage.first], *voiced.document, passage);
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
        const auto [part, parts] = shardOf (shard);
        std::vector<std::size_t> own;
        for (auto at = part - 1; at < numbers.size(); at += parts)
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
