// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace tableread::plugin
{
/** Where a caret may stand, words begin and rows may end, in a line of UTF-8, by Unicode's rules (UAX 29 and 14). Looks at
    a few hundred bytes around a place, however long the line is; a longer character or word is cut there. One thread at a
    time. Positions are bytes. */
class Boundaries
{
public:
    Boundaries();
    ~Boundaries();
    Boundaries (const Boundaries&) = delete;
    Boundaries& operator= (const Boundaries&) = delete;

    /** What a person takes for one character begins here or before: the last such place that is not behind `at`. */
    std::size_t startOfGrapheme (std::string_view line, std::size_t at);
    std::size_t nextGrapheme (std::string_view line, std::size_t at);     // the end stays where it is
    std::size_t previousGrapheme (std::string_view line, std::size_t at); // so does the start

    /** The end of the next word, and the start of the one before. */
    std::size_t nextWord (std::string_view line, std::size_t at);
    std::size_t previousWord (std::string_view line, std::size_t at);

    /** Start and end of the word, the white space or the punctuation at this place. */
    std::pair<std::size_t, std::size_t> wordAt (std::string_view line, std::size_t at);

    /** The last place up to `most` where a row may end; 0 if there is none. `text` begins where the row does. */
    std::size_t lastRowEnd (std::string_view text, std::size_t most);

private:
    struct Iterators;
    std::unique_ptr<Iterators> iterators;
};
} // namespace tableread::plugin
