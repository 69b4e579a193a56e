// SPDX-License-Identifier: Apache-2.0
#include "Core/ByteSize.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>

namespace tableread
{
std::optional<std::int64_t> parseBytes (const std::string& text)
{
    static const std::map<std::string, double> units { { "b", 1.0 },
                                                       { "m", 1e6 },
                                                       { "mb", 1e6 },
                                                       { "g", 1e9 },
                                                       { "gb", 1e9 },
                                                       { "mib", 1024.0 * 1024.0 },
                                                       { "gib", 1024.0 * 1024.0 * 1024.0 } };
    const auto digits = std::min (text.find_first_not_of ("0123456789."), text.size());
    std::string unit;
    for (const auto c : text.substr (digits))
        if (c != ' ')
            unit += (char) std::tolower ((unsigned char) c);
    const auto known = units.find (unit);
    if (digits == 0 || known == units.end() || std::count (text.begin(), text.end(), '.') > 1)
        return {};
    const auto bytes = std::strtod (text.substr (0, digits).c_str(), nullptr) * known->second;
    if (! (bytes >= 1.0) || bytes > 1e18)
        return {};
    return std::llround (bytes);
}
} // namespace tableread
