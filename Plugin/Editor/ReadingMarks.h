// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "Editor/Cast/Colours.h"
#include "Editor/Script/Marks.h"
#include "Editor/Script/Moves.h"
#include "Editor/Text/Position.h"
#include "Playback/Stage.h"
#include "Project/Document.h"

namespace tableread::plugin
{
/** Marks of a project's lines in its script: who speaks, how far its speech is, and which passage sounds. Edits move them until
    the script is read again. */
class ReadingMarks : public ScriptMarks
{
public:
    /** @param lineText gives a line of the text; @param colourOf what to draw, 0xAARRGGBB. */
    ReadingMarks (std::function<const std::string&(std::size_t)> lineText,
                  std::function<std::uint32_t (const SpeakerColour&)> colourOf);

    void show (const project::Document& document, std::size_t lineCount);
    void edited (const TextEdit& edit);

    /** How far the passages are. True if that was another view. */
    bool follow (const std::shared_ptr<const playback::View>& view);

    /** The passage that sounds now, by the id of its first line. True if it is another one. */
    bool light (std::optional<std::uint64_t> passage);

    /** The passage that a line of the text belongs to, by the id of its first line; empty: none. */
    std::optional<std::uint64_t> passageAt (std::size_t line) const;

    /** Those that rows of the text belong to. */
    std::vector<project::LineId> passagesIn (ScriptRows rows) const;

    LineMark markOf (std::size_t line) const override;

    /** Called with the id of a passage's first line. */
    std::function<void (std::uint64_t)> onRetry;
    void retry (std::size_t line) override;

private:
    struct Spoken
    {
        std::uint64_t passage = 0; // the id of its first line
        std::uint32_t colour = 0;  // of who speaks; 0: it is before the first line
        bool isFirst = false;      // it begins with the name
    };

    void addState (LineMark& mark, std::uint64_t passage) const;

    std::function<const std::string&(std::size_t)> text;
    std::function<std::uint32_t (const SpeakerColour&)> colours;
    std::vector<Spoken> lines;
    std::unordered_set<std::uint64_t> spoken;             // passages that have a take, perhaps of other words
    std::shared_ptr<const playback::View> shown;          // null: none
    std::unordered_map<std::uint64_t, std::size_t> parts; // of `shown`, by passage
    std::optional<std::uint64_t> lit;
};
} // namespace tableread::plugin
