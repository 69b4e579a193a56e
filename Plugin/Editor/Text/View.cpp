// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/View.h"

#include <algorithm>
#include <cmath>

namespace tableread::plugin
{
TextView::TextView (TextModel& shown) : model (shown)
{
    model.onReplaced = [this] (const TextRange& before, const TextPosition& endNow) {
        top = model.buffer().clamped (afterReplacing (top, before, endNow));
        keepInText();
    };
}

void TextView::setSize (float width, float wantedHeight, float wantedRowHeight)
{
    model.rows().setWidth (width);
    size = wantedHeight;
    height = wantedRowHeight;
    keepInText();
}

int TextView::rowsInPage() const
{
    return std::max (1, (int) (size / height));
}

RowPlace TextView::first()
{
    const auto place = model.rows().placeOf (top);
    const auto row = model.rows().textOf (place);
    top = { row.line, row.from };
    return place;
}

void TextView::keepInText()
{
    auto& rows = model.rows();
    auto place = rows.placeOf (model.buffer().end());
    float room = size - height; // from the last row up to the top of the view
    while (room > 0.0f && rows.previous (place))
        room -= height;
    const auto now = first();
    const auto most =
        room > 0.0f ? 0.0f : -room; // of the first row that may be hidden at the end of the text
    if (now > place || (now == place && hidden > most))
    {
        const auto row = rows.textOf (place);
        top = { row.line, row.from };
        hidden = most;
    }
    hidden = std::clamp (hidden, 0.0f, height);
}

std::vector<TextView::Row> TextView::visibleRows()
{
    auto& rows = model.rows();
    std::vector<Row> visible;
    auto place = first();
    auto y = -hidden;
    do
    {
        visible.push_back ({ rows.textOf (place), y });
        y += height;
    } while (y < size && rows.next (place));
    return visible;
}

void TextView::scrollBy (float pixels)
{
    auto& rows = model.rows();
    auto place = first();
    const auto far = (double) std::abs (pixels) / (double) height;
    if (far > 200.0) // jumps: walking there would wrap everything between
        return scrollToRow (firstRow() + (double) pixels / (double) height);
    hidden += pixels;
    while (hidden < 0.0f && rows.previous (place))
        hidden += height;
    while (hidden >= height && rows.next (place))
        hidden -= height;
    const auto row = rows.textOf (place);
    top = { row.line, row.from };
    keepInText();
}

void TextView::scrollToRow (double row)
{
    const auto whole = std::floor (std::max (0.0, row));
    const auto text = model.rows().textOf (model.rows().placeAt ((std::size_t) whole));
    top = { text.line, text.from };
    hidden = (float) (std::max (0.0, row) - whole) * height;
    keepInText();
}

double TextView::firstRow()
{
    return (double) model.rows().rowsBefore (first()) + (double) (hidden / height);
}

std::size_t TextView::rowCount()
{
    return model.rows().total();
}

void TextView::reveal (const TextPosition& position, bool isRowEnd)
{
    auto& rows = model.rows();
    auto place = rows.placeOf (position, isRowEnd);
    const auto now = first();
    if (place <= now)
        hidden = 0.0f;
    else
    {
        auto row = now;
        auto bottom = height - hidden;
        while (row < place && bottom <= size && rows.next (row))
            bottom += height;
        if (row == place && bottom <= size)
            return;
        float room = size - height; // it becomes the last row
        while (room >= height && rows.previous (place))
            room -= height;
        hidden = room > 0.0f && rows.previous (place) ? height - room : 0.0f;
    }
    const auto text = rows.textOf (place);
    top = { text.line, text.from };
    keepInText();
}

std::optional<std::pair<float, float>> TextView::pointOf (const TextPosition& position, bool isRowEnd)
{
    auto& rows = model.rows();
    const auto place = rows.placeOf (position, isRowEnd);
    auto row = first();
    for (auto y = -hidden; y < size; y += height)
    {
        if (row == place)
            return std::pair { rows.xOf (rows.textOf (row), position.byte), y };
        if (! rows.next (row))
            break;
    }
    return {};
}

std::pair<TextPosition, bool> TextView::positionAt (float x, float y)
{
    auto& rows = model.rows();
    auto place = first();
    const auto wanted = (int) std::floor ((y + hidden) / height);
    for (int i = 0; i < wanted && rows.next (place); ++i)
    {}
    for (int i = 0; i > wanted && rows.previous (place); --i)
    {}
    const auto row = rows.textOf (place);
    const auto byte = rows.byteAt (row, x);
    return { { row.line, byte }, byte == row.to && ! row.isLast };
}
} // namespace tableread::plugin
