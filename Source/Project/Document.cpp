// SPDX-License-Identifier: Apache-2.0
#include "Project/Document.h"

#include <algorithm>

namespace tableread::project
{
namespace
{
template <typename T>
bool haveSameContent (const Document::Shared<T>& a, const Document::Shared<T>& b)
{
    return std::equal (a.begin(), a.end(), b.begin(), b.end(),
                       [] (const auto& one, const auto& other) { return one == other || *one == *other; });
}
} // namespace

Document::Document() : script (std::make_shared<const std::string>())
{}

bool Document::operator== (const Document& other) const
{
    return id == other.id && (script == other.script || *script == *other.script) && scenes == other.scenes &&
           haveSameContent (lines, other.lines) && haveSameContent (cast, other.cast) &&
           haveSameContent (takes, other.takes) && settings == other.settings && tempo == other.tempo &&
           nextId == other.nextId;
}
} // namespace tableread::project
