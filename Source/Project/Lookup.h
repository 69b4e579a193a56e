// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "Project/Document.h"

namespace tableread::project
{
/** The line's place in Document::lines; empty if it is not there. */
std::optional<std::size_t> placeOf (const Document& document, LineId id);

/** The places of all lines, by the values of their ids. */
std::unordered_map<std::uint64_t, std::size_t> placesOfLines (const Document& document);

/** The take's place in Document::takes; empty if it is not there. */
std::optional<std::size_t> placeOf (const Document& document, TakeId id);

/** The place in Document::cast of who has this name (Passage/Names.h); empty if nobody has. */
std::optional<std::size_t> memberPlace (const Document& document, std::string_view speaker);

/** Null: nobody has this name. */
const Member* memberOf (const Document& document, std::string_view speaker);

/** Who speaks in the script, in the order of their first lines. */
std::vector<std::string> speakersOf (const Document& document);

/** Replaces the element by a copy that `change` was applied to: others share the former one. */
template <typename T, typename Change>
void alter (std::shared_ptr<const T>& element, const Change& change)
{
    auto altered = std::make_shared<T> (*element);
    change (*altered);
    element = std::move (altered);
}
} // namespace tableread::project
