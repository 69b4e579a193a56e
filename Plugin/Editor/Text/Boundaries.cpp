// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Boundaries.h"

#include <algorithm>
#include <string>

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include "Editor/Text/Utf8.h"
#include "Script/Text.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t graphemeReach = 256, wordReach = 1024; // bytes on both sides of a place

using Make = icu::BreakIterator* (*) (const icu::Locale&, UErrorCode&);

/** A part of a line, and where it begins there. */
struct Window
{
    Window (std::string_view line, std::size_t at, std::size_t reach)
        : from (startOfCharacter (line, at > reach ? at - reach : 0))
        , text (line.substr (from, startOfCharacter (line, at + reach) - from))
    {}

    std::size_t from;
    std::string_view text;
};

/** One kind of boundary. Without ICU's data every character is one. */
class Kind
{
public:
    explicit Kind (Make make)
    {
        auto status = U_ZERO_ERROR;
        iterator.reset (make (icu::Locale::getRoot(), status));
        if (U_FAILURE (status))
            iterator.reset();
    }

    ~Kind() { utext_close (&view); }
    Kind (const Kind&) = delete;
    Kind& operator= (const Kind&) = delete;

    void look (std::string_view part)
    {
        text = part;
        auto status = U_ZERO_ERROR;
        utext_openUTF8 (&view, text.data(), (std::int64_t) text.size(), &status);
        if (iterator != nullptr)
            iterator->setText (&view, status);
        if (U_FAILURE (status))
            iterator.reset();
    }

    bool isAt (std::size_t at)
    {
        return iterator == nullptr || iterator->isBoundary ((std::int32_t) at) != 0;
    }

    std::size_t after (std::size_t at)
    {
        if (at >= text.size())
            return text.size();
        if (iterator == nullptr)
        {
            nextCharacter (text, at);
            return at;
        }
        const auto found = iterator->following ((std::int32_t) at);
        return found == icu::BreakIterator::DONE ? text.size() : (std::size_t) found;
    }

    std::size_t before (std::size_t at)
    {
        if (at == 0)
            return 0;
        if (iterator == nullptr)
            return startOfCharacter (text, at - 1);
        const auto found = iterator->preceding ((std::int32_t) at);
        return found == icu::BreakIterator::DONE ? 0 : (std::size_t) found;
    }

private:
    std::unique_ptr<icu::BreakIterator> iterator;
    UText view = UTEXT_INITIALIZER;
    std::string_view text;
};

bool isBlank (std::string_view text)
{
    for (std::size_t at = 0; at < text.size();)
        if (! isWhiteSpace (nextCharacter (text, at)))
            return false;
    return true;
}
} // namespace

struct Boundaries::Iterators
{
    Kind graphemes { icu::BreakIterator::createCharacterInstance };
    Kind words { icu::BreakIterator::createWordInstance };
    Kind rows { icu::BreakIterator::createLineInstance };
};

Boundaries::Boundaries() : iterators (std::make_unique<Iterators>())
{}

Boundaries::~Boundaries() = default;

std::size_t Boundaries::startOfGrapheme (std::string_view line, std::size_t at)
{
    const Window window (line, at, graphemeReach);
    auto& kind = iterators->graphemes;
    kind.look (window.text);
    return window.from + (kind.isAt (at - window.from) ? at - window.from : kind.before (at - window.from));
}

std::size_t Boundaries::nextGrapheme (std::string_view line, std::size_t at)
{
    const Window window (line, at, graphemeReach);
    iterators->graphemes.look (window.text);
    return window.from + iterators->graphemes.after (at - window.from);
}

std::size_t Boundaries::previousGrapheme (std::string_view line, std::size_t at)
{
    const Window window (line, at, graphemeReach);
    iterators->graphemes.look (window.text);
    return window.from + iterators->graphemes.before (at - window.from);
}

std::size_t Boundaries::nextWord (std::string_view line, std::size_t at)
{
    const Window window (line, at, wordReach);
    auto& words = iterators->words;
    words.look (window.text);
    for (auto from = at - window.from; from < window.text.size();)
    {
        const auto to = words.after (from);
        if (! isBlank (window.text.substr (from, to - from)))
            return window.from + to;
        from = to;
    }
    return window.from + window.text.size();
}

std::size_t Boundaries::previousWord (std::string_view line, std::size_t at)
{
    const Window window (line, at, wordReach);
    auto& words = iterators->words;
    words.look (window.text);
    for (auto to = at - window.from; to > 0;)
    {
        const auto from = words.before (to);
        if (! isBlank (window.text.substr (from, to - from)))
            return window.from + from;
        to = from;
    }
    return window.from;
}

std::pair<std::size_t, std::size_t> Boundaries::wordAt (std::string_view line, std::size_t at)
{
    const Window window (line, at, wordReach);
    auto& words = iterators->words;
    words.look (window.text);
    auto place = at - window.from;
    if (place == window.text.size() && place > 0) // behind the last word: that one
        place = words.before (place);
    const auto from = words.isAt (place) ? place : words.before (place);
    return { window.from + from, window.from + words.after (place) };
}

std::size_t Boundaries::lastRowEnd (std::string_view text, std::size_t most)
{
    constexpr std::size_t context = 64; // behind it: some rules look ahead
    auto& rows = iterators->rows;
    rows.look (text.substr (0, startOfCharacter (text, most + context)));
    return most < text.size() && rows.isAt (most) ? most : rows.before (most);
}
} // namespace tableread::plugin
