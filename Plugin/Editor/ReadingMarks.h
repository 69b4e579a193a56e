// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "Editor/Script/Marks.h"
#include "Editor/Text/Position.h"
#include "Passage/Reading.h"

namespace tableread::plugin
{
/** Marks of a script as it was last read: who speaks each line, and which passage sounds. Edits move them until it is read
    again. */
class ReadingMarks : public ScriptMarks
{
public:
    /** @param lineText gives a line of the text; @param colourOf a speaker's colour, 0xAARRGGBB. */
    ReadingMarks (std::function<const std::string&(std::size_t)> lineText,
                  std::function<std::uint32_t (int)> colourOf);

    void show (const Reading& reading, std::size_t lineCount);
    void edited (const TextEdit& edit);

    /** The passage that sounds now. True if it is another one. */
    bool light (std::optional<std::size_t> passage);

    LineMark markOf (std::size_t line) const override;
    void retry (std::size_t) override {} // no line has failed: it shows no states

private:
    struct Spoken
    {
        std::size_t passage = 0;
        int speaker = -1;     // of the reading; -1: before the first passage
        bool isFirst = false; // line of its passage: it begins with the name
    };

    std::function<const std::string&(std::size_t)> text;
    std::function<std::uint32_t (int)> colours;
    std::vector<Spoken> lines;
    std::optional<std::size_t> lit;
};
} // namespace tableread::plugin
