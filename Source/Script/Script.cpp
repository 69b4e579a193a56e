// SPDX-License-Identifier: Apache-2.0
#include "Script/Script.h"

#include <algorithm>

#include "Script/Parser.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostSourceLines = 100'000;

tl::unexpected<Error> refuse (ErrorCode code, std::string message)
{
    return tl::unexpected (Error { code, std::move (message), {} });
}

tl::unexpected<Error> refuseSize()
{
    return refuse (ErrorCode::OutOfRange, "the script is larger than 10 MB. Split it.");
}

/** Removes the next line from `text`; a line ends with LF, CR or both, or at the end of the text. */
std::string_view takeLine (std::string_view& text)
{
    const auto end = std::min (text.find_first_of ("\r\n"), text.size());
    const auto line = text.substr (0, end);
    text.remove_prefix (end);
    text.remove_prefix (text.starts_with ("\r\n") ? 2 : std::min<std::size_t> (1, text.size()));
    return line;
}
} // namespace

Result<Script> parseScript (std::string_view utf8, const ScriptRules& rules)
{
    if (utf8.size() > mostScriptBytes)
        return refuseSize();
    if (utf8.starts_with ("\xff\xfe") || utf8.starts_with ("\xfe\xff"))
        return refuse (ErrorCode::InvalidInput, "the script is UTF-16. Save it as UTF-8.");

    std::vector<std::u32string> lines;
    while (! utf8.empty())
    {
        const auto line = takeLine (utf8);
        const auto place = "line " + std::to_string (lines.size() + 1);
        auto decoded = decodeUtf8 (line);
        if (! decoded)
            return refuse (ErrorCode::InvalidInput, place + " is not UTF-8. Save the script as UTF-8.");
        if (decoded->find (U'\0') != decoded->npos)
            return refuse (ErrorCode::InvalidInput, place + " has a zero byte. Is this a text file?");
        lines.push_back (std::move (*decoded));
        if (lines.size() > mostSourceLines)
            return refuse (ErrorCode::OutOfRange, "the script has more than " +
                                                      std::to_string (mostSourceLines) + " lines. Split it.");
    }
    return ScriptParser (std::move (lines), rules).parse();
}
} // namespace tableread
