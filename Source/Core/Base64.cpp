// SPDX-License-Identifier: Apache-2.0
#include "Core/Base64.h"

#include <algorithm>
#include <array>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>

namespace tableread
{
namespace
{
/** What a character stands for; -1: nothing. */
std::array<int, 256> valuesOfDigits()
{
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<int, 256> values {};
    values.fill (-1);
    for (std::size_t i = 0; i < digits.size(); ++i)
        values[(unsigned char) digits[i]] = (int) i;
    return values;
}
} // namespace

std::string toBase64 (std::string_view bytes)
{
    using namespace boost::archive::iterators;
    using Digits = base64_from_binary<transform_width<const char*, 6, 8>>;
    constexpr std::size_t group = 3, digitsOfGroup = 4;
    const auto rest = bytes.size() % group;
    const auto whole = bytes.substr (0, bytes.size() - rest), last = bytes.substr (whole.size());
    std::string text;
    text.reserve ((bytes.size() + group - 1) / group * digitsOfGroup);
    text.assign (Digits (whole.data()), Digits (whole.data() + whole.size()));
    if (rest == 0)
        return text;
    std::array<char, group> padded {}; // the iterators read whole groups
    std::ranges::copy (last, padded.begin());
    text.append (Digits (padded.data()), Digits (padded.data() + padded.size()));
    text.replace (text.size() - (group - rest), group - rest, group - rest, '=');
    return text;
}

std::optional<std::string> fromBase64 (std::string_view text)
{
    static const auto values = valuesOfDigits();
    constexpr std::size_t digitsOfGroup = 4, mostPadding = 2;
    if (text.size() % digitsOfGroup != 0)
        return {};
    for (std::size_t padding = 0; padding < mostPadding && text.ends_with ('='); ++padding)
        text.remove_suffix (1);
    std::string bytes;
    bytes.reserve (text.size() / digitsOfGroup * 3 + 3);
    unsigned int bits = 0, held = 0; // those held are not a byte yet
    for (const char digit : text)
    {
        const int value = values[(unsigned char) digit];
        if (value < 0)
            return {};
        bits = bits << 6u | (unsigned int) value;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        bytes += (char) (bits >> held & 0xffu);
    }
    return bytes;
}
} // namespace tableread
