// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>
#include <vector>

#include "Editor/Text/Model.h"

namespace tableread::plugin
{
/** The part of a text that is on the screen, in pixels. It keeps its first row in place while the text changes above. */
class TextView
{
public:
    struct Row
    {
        RowText text;
        float y = 0.0f; // of its top, from the view's
    };

    /** Must outlive it. Takes TextModel::onReplaced. */
    explicit TextView (TextModel& model);

    void setSize (float width, float height, float rowHeight);
    float rowHeight() const { return height; }
    int rowsInPage() const; // at least one

    /** From the first row that is seen, if only in part, to the last. */
    std::vector<Row> visibleRows();

    void scrollBy (float pixels);
    void scrollToRow (double row);
    double firstRow();      // about, with its hidden part
    std::size_t rowCount(); // about
    void reveal (const TextPosition& position, bool isRowEnd = false);

    /** The top left corner of a position, from the view's; empty if its row is not on the screen. */
    std::optional<std::pair<float, float>> pointOf (const TextPosition& position, bool isRowEnd = false);

    /** The position next to a point, and whether it is the end of its row. */
    std::pair<TextPosition, bool> positionAt (float x, float y);

private:
    RowPlace first();
    void keepInText();

    TextModel& model;
    TextPosition top;    // the start of the first row
    float hidden = 0.0f; // pixels of the first row
    float size = 0.0f, height = 1.0f;
};
} // namespace tableread::plugin
