// SPDX-License-Identifier: Apache-2.0
#include "Project/Moving.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "Passage/Names.h"
#include "Project/LineIds.h"
#include "Project/Lookup.h"
#include "Project/Matching/Order.h"
#include "Project/Rows.h"

namespace tableread::project
{
namespace
{
struct NewOrder
{
    std::vector<std::size_t> lines;  // their former places
    std::vector<bool> isMoved;       // by former place
    std::vector<std::size_t> places; // by former place

    /** Whether the line at a former place still follows the one that it followed. */
    bool followsAsBefore (std::size_t line) const
    {
        return line == 0 ? places[0] == 0 : places[line] == places[line - 1] + 1;
    }
};

tl::unexpected<Error> cannotMove (const char* why)
{
    return tl::unexpected (Error { ErrorCode::InvalidInput, why, {} });
}

Result<NewOrder> orderAfter (const Document& document, const MoveLines& move)
{
    constexpr const char* gone = "a line that is to be moved is not in the script, or named twice.";
    const auto count = document.lines.size();
    NewOrder order;
    order.isMoved.resize (count);
    std::vector<std::size_t> moved;
    moved.reserve (move.lines.size());
    const auto places = placesOfLines (document);
    for (const auto id : move.lines)
    {
        const auto found = places.find (id.value);
        if (found == places.end() || order.isMoved[found->second])
            return cannotMove (gone);
        order.isMoved[found->second] = true;
        moved.push_back (found->second);
    }
    const auto after = placeOf (document, move.after);
    if (move.after && ! after)
        return cannotMove ("the line that others are to be moved behind is not in the script.");
    order.lines.reserve (count);
    const auto add = [&] (std::size_t from, std::size_t to) {
        for (auto place = from; place < to; ++place)
            if (! order.isMoved[place])
                order.lines.push_back (place);
    };
    const auto goal = after ? *after + 1 : 0;
    add (0, goal);
    order.lines.insert (order.lines.end(), moved.begin(), moved.end());
    add (goal, count);
    order.places.resize (count);
    for (std::size_t at = 0; at < count; ++at)
        order.places[order.lines[at]] = at;
    return order;
}

/** The document with a text that has the lines at these former places, in this order; empty if it reads otherwise. */
std::optional<Document> readAs (const Document& before, std::string text, std::span<const std::size_t> lines)
{
    auto after = before;
    after.script = std::make_shared<const std::string> (std::move (text));
    const auto script = scriptOf (after);
    if (! script || script->lines.size() != lines.size())
        return {};
    for (std::size_t at = 0; at < lines.size(); ++at)
    {
        const auto& line = *before.lines[lines[at]];
        const auto& read = script->lines[at];
        if (read.text != line.text ||
            ! sameName (script->speakers[(std::size_t) read.speaker].name, line.speaker))
            return {};
    }
    adoptLines (after, *script, lines);
    return after;
}

/** The document with its text divided at pauses where a line would else begin in the same row as one that it no longer
    follows. */
Document dividedFor (const Document& before, const NewOrder& order)
{
    const auto& lines = before.lines;
    const auto rows = rowsOf (*before.script, importOptionsOf (before).rules);
    std::vector<bool> isDivided (rows.size());
    for (std::size_t at = 1; at < lines.size(); ++at)
    {
        const auto row = (std::size_t) lines[at]->sourceLine - 1;
        const bool beginsRow =
            rows[row].role == Row::Role::Cue && lines[at]->sourceLine != lines[at - 1]->sourceLine;
        if (! beginsRow && ! order.followsAsBefore (at))
            isDivided[row] = true;
    }
    std::vector<Row> divided;
    for (std::size_t at = 0; at < rows.size(); ++at)
        for (auto& row : isDivided[at] ? dividedAtPauses (rows[at]) : std::vector { rows[at] })
            divided.push_back (std::move (row));
    if (divided.size() == rows.size())
        return before;
    std::vector<std::size_t> unchanged (lines.size());
    std::iota (unchanged.begin(), unchanged.end(), 0);
    return readAs (before, textOf (divided, ! rows.back().ending.empty()), unchanged).value_or (before);
}

/** Lines that begin in one row, and the text that goes with them. */
struct Block
{
    std::size_t line = 0, count = 0; // of the document
    std::vector<Row> title;          // the scene's that begins here, and what is above it
    std::vector<Row> rows;           // what is between it and the block before, then the speech
    std::size_t speech = 0;          // where that begins in `rows`
};

struct Blocks
{
    std::vector<Block> all;
    std::vector<Row> tail; // behind the last speech
};

Blocks blocksOf (const Document& document, const std::vector<Row>& rows)
{
    const auto& lines = document.lines;
    const auto rowOf = [&] (std::size_t line) {
        return line < lines.size() ? (std::size_t) lines[line]->sourceLine - 1 : rows.size();
    };
    const auto at = [&] (std::size_t row) { return rows.begin() + (std::ptrdiff_t) row; };
    Blocks blocks;
    std::size_t next = 0; // the row behind the last block
    for (std::size_t line = 0; line < lines.size();)
    {
        Block block;
        block.line = line;
        const auto start = rowOf (line);
        while (rowOf (line) == start)
            ++line;
        block.count = line - block.line;
        auto end = start + 1;
        for (auto row = end;
             row < rowOf (line) && rows[row].role != Row::Role::Title && rows[row].role != Row::Role::Cue;
             ++row)
            if (isUnnamed (rows[row]))
                end = row + 1;
        auto own = next;
        for (auto row = next; row < start; ++row)
            if (rows[row].role == Row::Role::Title)
                own = row + 1;
        block.title.assign (at (next), at (own));
        block.rows.assign (at (own), at (end));
        block.speech = start - own;
        next = end;
        blocks.all.push_back (std::move (block));
    }
    blocks.tail.assign (at (next), rows.end());
    return blocks;
}

/** Puts the text together in the new order. */
class Rewriter
{
public:
    Rewriter (const Document& source, const NewOrder& wanted, Blocks found)
        : document (source)
        , order (wanted)
        , blocks (std::move (found))
        , titles (blocks.all.size())
    {
        sequence.resize (blocks.all.size());
        std::iota (sequence.begin(), sequence.end(), 0);
        std::sort (sequence.begin(), sequence.end(),
                   [this] (std::size_t a, std::size_t b) { return placeOfBlock (a) < placeOfBlock (b); });
        placeTitles();
    }

    /** Whether lines that begin in one row stay together. */
    bool isPossible() const
    {
        return std::all_of (blocks.all.begin(), blocks.all.end(), [this] (const Block& block) {
            for (auto line = block.line + 1; line < block.line + block.count; ++line)
                if (! order.followsAsBefore (line))
                    return false;
            return true;
        });
    }

    std::vector<Row> rows() const
    {
        std::vector<Row> all;
        const auto append = [&all] (const std::vector<Row>& more) {
            all.insert (all.end(), more.begin(), more.end());
        };
        for (std::size_t at = 0; at < sequence.size(); ++at)
        {
            const auto& block = blocks.all[sequence[at]];
            const auto* const title = titles[sequence[at]];
            if (title != nullptr)
                append (*title);
            auto own = block.rows;
            const bool isAsBefore = order.followsAsBefore (block.line) &&
                                    (title == nullptr ? block.title.empty() : title == &block.title);
            if (! isAsBefore && isUnnamed (own[block.speech]))
                nameSpeaker (own, block.speech, document.lines[block.line]->speaker);
            append (own);
        }
        append (blocks.tail);
        return all;
    }

private:
    std::size_t placeOfBlock (std::size_t block) const { return order.places[blocks.all[block].line]; }

    std::size_t sceneOf (std::size_t block) const
    {
        return (std::size_t) document.lines[blocks.all[block].line]->scene;
    }

    /** A title stays before the lines of its scene that stay, and goes with a scene that is moved as a whole. */
    void placeTitles()
    {
        std::vector<std::size_t> first (document.scenes.size(), unmatched); // blocks, by scene
        auto firstToStay = first;
        for (const auto block : sequence)
        {
            const auto scene = sceneOf (block);
            if (first[scene] == unmatched)
                first[scene] = block;
            if (firstToStay[scene] == unmatched && ! order.isMoved[blocks.all[block].line])
                firstToStay[scene] = block;
        }
        for (std::size_t block = 0; block < blocks.all.size(); ++block)
        {
            const auto scene = sceneOf (block);
            const bool stays = firstToStay[scene] != unmatched;
            if (blocks.all[block].title.empty())
                continue;
            auto owner = stays ? firstToStay[scene] : first[scene];
            if (block == 0 && stays && firstToStay[sceneOf (sequence.front())] != unmatched)
                owner = sequence.front(); // lines that are moved to the front are put below the title
            titles[owner] = &blocks.all[block].title;
        }
    }

    const Document& document;
    const NewOrder& order;
    const Blocks blocks;
    std::vector<std::size_t> sequence;           // of blocks
    std::vector<const std::vector<Row>*> titles; // above each block; null: none
};
} // namespace

Result<Document> withMovedLines (const Document& before, const MoveLines& move)
{
    constexpr const char* otherwise = "these lines cannot be moved there, because the script would be read "
                                      "otherwise. Move them in its text.";
    const auto order = orderAfter (before, move);
    if (! order)
        return tl::unexpected (order.error());
    if (std::is_sorted (order->lines.begin(), order->lines.end()))
        return before;
    std::vector<std::size_t> unchanged (before.lines.size());
    std::iota (unchanged.begin(), unchanged.end(), 0);
    const auto read = readAs (before, *before.script, unchanged);
    if (! read) // a file whose lines are not its script's
        return cannotMove (otherwise);

    const auto source = dividedFor (*read, *order);
    const auto rows = rowsOf (*source.script, importOptionsOf (source).rules);
    const Rewriter rewriter (source, *order, blocksOf (source, rows));
    auto after = rewriter.isPossible()
                     ? readAs (source, textOf (rewriter.rows(), ! rows.back().ending.empty()), order->lines)
                     : std::nullopt;
    if (! after)
        return cannotMove (otherwise);
    for (std::size_t at = 0; at < after->lines.size(); ++at)
        if (after->lines[at]->joinsPrevious && ! order->followsAsBefore (order->lines[at]))
            alter (after->lines[at], [] (Line& line) { line.joinsPrevious = false; });
    return std::move (*after);
}
} // namespace tableread::project
