// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "Editor/Text/Model.h"
#include "Editor/Text/Utf8.h"

namespace tableread::test
{
/** Ten pixels for each character, twenty from Chinese on, none for marks. */
class FixedMeasure : public plugin::TextMeasure
{
public:
    float advance (char32_t character) override
    {
        if (plugin::takesNoRoom (character))
            return 0.0f;
        return character >= 0x2e80 ? 20.0f : 10.0f;
    }
};

/** The rows of a text, one after the other, as "line:from-to". */
inline std::vector<std::string> rowsOf (plugin::TextRows& rows)
{
    std::vector<std::string> all;
    plugin::RowPlace place;
    do
    {
        const auto row = rows.textOf (place);
        all.push_back (std::to_string (row.line) + ":" + std::to_string (row.from) + "-" +
                       std::to_string (row.to));
    } while (rows.next (place));
    return all;
}
} // namespace tableread::test
