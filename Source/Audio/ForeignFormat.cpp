// SPDX-License-Identifier: Apache-2.0
#include "Audio/ForeignFormat.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tableread
{
namespace
{
using namespace std::string_view_literals;

struct Sign
{
    std::size_t at;
    std::string_view bytes;
    const char* name;
};

/** The first that fits counts. */
constexpr std::array signs {
    Sign { 4, "ftypM4"sv, "an M4A file" },
    Sign { 4, "ftypqt"sv, "a QuickTime file" },
    Sign { 4, "ftyp3g"sv, "a 3GP file" },
    Sign { 4, "ftyp"sv, "an MP4 file" },
    Sign { 4, "moov"sv, "a QuickTime file" },
    Sign { 4, "mdat"sv, "a QuickTime file" },
    Sign { 4, "wide"sv, "a QuickTime file" },
    Sign { 0, "\x1a\x45\xdf\xa3"sv, "a Matroska file" },
    Sign { 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv, "a WMA file" },
    Sign { 8, "AVI "sv, "an AVI file" },
    Sign { 0, "ADIF"sv, "an AAC file" },
    Sign { 0, "\xff\xf0"sv, "an AAC file" }, // of this byte, only some bits: see fits()
    Sign { 0, "#!AMR"sv, "an AMR file" },
    Sign { 0, "MAC "sv, "a Monkey's Audio file" },
    Sign { 0, "wvpk"sv, "a WavPack file" },
    Sign { 0, "MPCK"sv, "a Musepack file" },
    Sign { 0, "MP+"sv, "a Musepack file" },
    Sign { 0, "TTA1"sv, "a True Audio file" },
    Sign { 0, "\x0b\x77"sv, "an AC-3 file" },
    Sign { 0, ".RMF"sv, "a RealMedia file" },
    Sign { 0, "FLV\x01"sv, "a Flash video" },
    Sign { 0, "DSD "sv, "a DSD file" },
    Sign { 0, "FRM8"sv, "a DSD file" },
};

bool fits (const Sign& sign, std::string_view head)
{
    if (head.size() < sign.at + sign.bytes.size())
        return false;
    if (sign.bytes ==
        "\xff\xf0"sv) // ADTS: a sync word of 12 bits, one for the version, layer 0; MP3 has no layer 0
        return head[0] == '\xff' && ((unsigned char) head[1] & 0xf6) == 0xf0;
    return head.substr (sign.at, sign.bytes.size()) == sign.bytes;
}

/** A path that ffmpeg does not take for an option or a protocol. */
std::string forFfmpeg (const std::filesystem::path& file)
{
    auto text = file.string();
    if (! text.starts_with ('/') && (text.starts_with ('-') || text.find (':') != std::string::npos))
        text.insert (0, "./");
    return shellQuoted (text);
}

/** Beside the file, with a name that is free. */
std::filesystem::path convertedName (const std::filesystem::path& file)
{
    std::error_code ignored;
    auto converted = file;
    converted.replace_extension (".wav");
    if (converted == file || std::filesystem::exists (converted, ignored))
        converted.replace_filename (file.stem().string() + "-converted.wav");
    return converted;
}
} // namespace

std::string shellQuoted (const std::string& text)
{
    const auto isControl = [] (unsigned char c) { return c < 0x20 || c == 0x7f; };
    const bool hasControl = std::any_of (text.begin(), text.end(), isControl);
    std::string quoted = hasControl ? "$'" : "'";
    for (const char c : text)
    {
        std::array<char, 8> code {};
        std::snprintf (code.data(), code.size(), "\\%03o", (unsigned) (unsigned char) c);
        if (hasControl && (isControl ((unsigned char) c) || c == '\'' || c == '\\'))
            quoted += code.data();
        else if (c == '\'')
            quoted += R"('\'')";
        else
            quoted += c;
    }
    return quoted + '\'';
}

std::optional<Error> foreignFormat (const std::filesystem::path& file, std::string_view head)
{
    const auto* const found =
        std::find_if (signs.begin(), signs.end(), [head] (const Sign& sign) { return fits (sign, head); });
    if (found == signs.end())
        return std::nullopt;
    const bool isWebm = found->bytes == "\x1a\x45\xdf\xa3"sv && head.find ("webm") != std::string_view::npos;
    return Error { ErrorCode::InvalidInput,
                   file.filename().string() + " is " + (isWebm ? "a WebM file" : found->name) +
                       ", a format that is not read. Convert it: ffmpeg -i " + forFfmpeg (file) + ' ' +
                       forFfmpeg (convertedName (file)),
                   {} };
}
} // namespace tableread
