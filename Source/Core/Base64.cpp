// SPDX-License-Identifier: Apache-2.0
#include "Core/Base64.h"

#include <algorithm>
#include <array>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>

namespace tableread
{
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
} // namespace tableread
