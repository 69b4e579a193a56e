// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tableread
{
enum class ScriptFormat
{
    Text, // a plain script, or anything else that is not one of these
    Srt,
    WebVtt,
    Fountain,
    Fdx,
    Json
};

/** "SubRip subtitles (SRT)": as in "this looks like …". */
const char* nameOf (ScriptFormat format);

/** Tells by the content; any bytes may be given. */
ScriptFormat recogniseFormat (std::string_view utf8);
} // namespace tableread
