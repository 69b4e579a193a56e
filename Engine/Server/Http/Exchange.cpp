// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Exchange.h"

#include "Server/Http/Parsing/Grammar.h"

namespace tableread::engine
{
std::string_view HttpRequest::field (std::string_view name) const
{
    for (const auto& [key, value] : fields)
        if (sameWord (key, name))
            return value;
    return {};
}

bool Exchange::isGone() const
{
    const std::lock_guard lock (mutex);
    return gone;
}

void Exchange::whenGone (std::function<void()> action)
{
    {
        const std::lock_guard lock (mutex);
        if (! gone)
        {
            onGone = std::move (action);
            return;
        }
    }
    action();
}

void Exchange::leave()
{
    std::function<void()> action;
    {
        const std::lock_guard lock (mutex);
        gone = true;
        action.swap (onGone);
    }
    if (action)
        action();
}
} // namespace tableread::engine
