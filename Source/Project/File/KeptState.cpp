// SPDX-License-Identifier: Apache-2.0
#include "Project/File/KeptState.h"

namespace tableread::project
{
Result<Content> KeptState::open (std::string_view bytes)
{
    auto content = parse (bytes, "the saved state");
    const std::lock_guard lock (mutex);
    kept = content || bytes.empty() ? nullptr : std::make_shared<const std::string> (bytes);
    why = content ? std::nullopt : std::optional (content.error());
    return content;
}

KeptState::Text KeptState::bytes() const
{
    const std::lock_guard lock (mutex);
    return kept;
}

std::optional<Error> KeptState::problem() const
{
    const std::lock_guard lock (mutex);
    return why;
}

void KeptState::discard()
{
    const std::lock_guard lock (mutex);
    kept.reset();
    why.reset();
}
} // namespace tableread::project
