// SPDX-License-Identifier: Apache-2.0
#include "Fuzz/FuzzChecks.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tableread::test
{
void mustHold (bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf (stderr, "does not hold: %s\n", what);
    std::abort();
}

void checkRefusal (const Error& error)
{
    const auto text = error.text();
    mustHold (! error.message.empty() && text.size() < 2000, "a message of readable length");
    mustHold (std::none_of (text.begin(), text.end(), [] (char c) { return c >= 0 && c < 0x20; }),
              "a message on one line, without control characters");
    mustHold (error.code != ErrorCode::Internal, "a refusal is about the input");
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
        checkRefusal (exception.error);
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
