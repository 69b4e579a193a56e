// SPDX-License-Identifier: Apache-2.0
#include "Fuzz/FuzzChecks.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "Core/Error.h"

namespace tableread::test
{
void mustHold (bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf (stderr, "does not hold: %s\n", what);
    std::abort();
}

bool acceptsOrRefuses (const std::function<void()>& reader)
{
    try
    {
        reader();
        return true;
    }
    catch (const Exception& exception)
    {
        const auto& message = exception.error.message;
        mustHold (! message.empty() && message.size() < 2000, "a message of readable length");
        mustHold (std::none_of (message.begin(), message.end(), [] (char c) { return c >= 0 && c < 0x20; }),
                  "a message on one line, without control characters");
        mustHold (exception.error.code != ErrorCode::Internal, "a refusal is about the input");
        return false;
    }
}

std::vector<std::string_view> splitInput (const std::uint8_t* data, std::size_t size, std::size_t count)
{
    std::string_view rest (reinterpret_cast<const char*> (data), size);
    std::vector<std::string_view> parts;
    while (parts.size() + 1 < count)
    {
        const auto end = std::min (rest.find ('\0'), rest.size());
        parts.push_back (rest.substr (0, end));
        rest.remove_prefix (std::min (end + 1, rest.size()));
    }
    parts.push_back (rest);
    return parts;
}
} // namespace tableread::test
