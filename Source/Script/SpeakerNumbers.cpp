// SPDX-License-Identifier: Apache-2.0
#include "Script/SpeakerNumbers.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "Script/Cue/Cue.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
using Numbers = std::vector<std::optional<long>>;

Numbers numbersOf (const std::vector<Speaker>& speakers)
{
    Numbers numbers;
    for (const auto& speaker : speakers)
        numbers.push_back (speakerNumber (decodeUtf8 (speaker.name).value_or (U"")));
    return numbers;
}

void orderByNumber (Script& script, const Numbers& numbers)
{
    std::vector<std::size_t> order (numbers.size());
    std::iota (order.begin(), order.end(), 0);
    std::sort (order.begin(), order.end(), [&] (auto a, auto b) { return *numbers[a] < *numbers[b]; });

    std::vector<Speaker> ordered;
    std::vector<int> places (order.size());
    for (const auto old : order)
    {
        places[old] = (int) ordered.size();
        ordered.push_back (script.speakers[old]);
    }
    script.speakers = std::move (ordered);
    for (auto& line : script.lines)
        line.speaker = places[(std::size_t) line.speaker];
}
} // namespace

void numberSpeakers (Script& script)
{
    auto numbers = numbersOf (script.speakers);
    if (std::all_of (numbers.begin(), numbers.end(), [] (auto& number) { return number.has_value(); }))
    {
        orderByNumber (script, numbers);
        numbers = numbersOf (script.speakers);
    }

    const bool fromZero = std::find (numbers.begin(), numbers.end(), 0L) != numbers.end();
    bool moved = false;
    std::string mapping;
    for (std::size_t i = 0; i < numbers.size(); ++i)
    {
        moved = moved || (numbers[i] && *numbers[i] != (long) i + (fromZero ? 0 : 1));
        mapping += (i == 0 ? "" : ", ") + script.speakers[i].name + " is " + std::to_string (i);
    }
    if (moved)
        script.notes.push_back (
            { 0, "the model counts speakers without gaps: " + mapping + ".", NoteKind::SpeakerNumbers });
}
} // namespace tableread
