// SPDX-License-Identifier: Apache-2.0
#include "Project/Passages.h"

#include <algorithm>
#include <iterator>

#include "EngineLink/Protocol.h"
#include "Project/Casting.h"

namespace tableread::project
{
namespace
{
template <typename T, typename Value>
bool holds (const std::vector<T>& all, const Value& value)
{
    return std::find (all.begin(), all.end(), value) != all.end();
}

/** Puts passages together from lines, in their order. */
class PassageBuilder
{
public:
    explicit PassageBuilder (const Document& source) : document (source) {}

    void add (std::size_t place)
    {
        const auto& line = *document.lines[place];
        if (! joins (line))
        {
            parts.clear();
            auto& passage = passages.emplace_back();
            passage.first = place;
            passage.pauseBefore = modelSamplesOf (line.pauseBeforeMs);
        }
        auto& passage = passages.back();
        ++passage.count;
        if (! holds (passage.speakers, line.speaker))
            passage.speakers.push_back (line.speaker);
    }

    std::vector<PassageView> take() { return std::move (passages); }

private:
    /** Whether the last passage takes the line. A speaker with two moods is two voices for the model. */
    bool joins (const Line& line)
    {
        if (! line.joinsPrevious || passages.empty() || line.pauseBeforeMs != 0 || line.anchor ||
            passages.back().count == protocol::maxLines)
            return false;
        const auto& first = *document.lines[passages.back().first];
        if (line.scene != first.scene)
            return false;
        if (parts.empty())
            parts.push_back (partOf (document, first));
        const auto part = partOf (document, line);
        if (holds (parts, part))
            return true;
        if (parts.size() == Passage::mostSpeakers)
            return false;
        parts.push_back (part);
        return true;
    }

    const Document& document;
    std::vector<PassageView> passages;
    std::vector<Part> parts; // of the last passage, once a second line wants to join it
};
} // namespace

std::vector<PassageView> passagesOf (const Document& document)
{
    PassageBuilder builder (document);
    for (std::size_t place = 0; place < document.lines.size(); ++place)
        builder.add (place);
    return builder.take();
}

const PassageView& passageWith (const std::vector<PassageView>& passages, std::size_t line)
{
    return *std::prev (std::upper_bound (
        passages.begin(), passages.end(), line,
        [] (std::size_t place, const PassageView& passage) { return place < passage.first; }));
}

std::string titleOf (const Document& document, const PassageView& passage)
{
    const auto first = document.lines[passage.first]->sourceLine;
    const auto last = document.lines[passage.first + passage.count - 1]->sourceLine;
    auto title = first == last ? "line " + std::to_string (first)
                               : "lines " + std::to_string (first) + " to " + std::to_string (last);
    for (std::size_t i = 0; i < passage.speakers.size(); ++i)
        title += (i == 0 || i + 1 < passage.speakers.size() ? ", " : " and ") + passage.speakers[i];
    return title;
}
} // namespace tableread::project
