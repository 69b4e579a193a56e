// SPDX-License-Identifier: Apache-2.0
#include "Settings/Settings.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/Descriptor.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostBytes = std::size_t { 1 } << 20;

tl::unexpected<Error> refused (const std::filesystem::path& file, std::string why)
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, std::move (why), file.string() });
}

tl::unexpected<Error> unreadable (const std::filesystem::path& file, int problem)
{
    return tl::make_unexpected (Error {
        codeOfSystemError (problem),
        std::string ("the settings file cannot be read: ") + std::strerror (problem), file.string() });
}

/** Why a file's settings are not followed: they name a program that is run, and files that are read. Empty if they are. */
std::string distrust (const struct stat& status)
{
    if (! S_ISREG (status.st_mode))
        return "this is not a file. Name a settings file.";
    if (status.st_uid != ::getuid() && status.st_uid != 0)
        return "the settings file belongs to user " + std::to_string (status.st_uid) +
               ", not to you. Use one of your own.";
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "other users may write the settings file. Run chmod go-w on it.";
    if (status.st_size > static_cast<off_t> (mostBytes))
        return "the settings file has more than " + std::to_string (mostBytes) + " bytes.";
    return {};
}

Result<std::string> contentOf (int descriptor, const std::filesystem::path& file)
{
    std::string text (mostBytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size())
    {
        const auto count = ::read (descriptor, text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return unreadable (file, errno);
        if (count == 0)
            break;
        size += static_cast<std::size_t> (count);
    }
    text.resize (size);
    return text;
}
} // namespace

const Setting* Settings::find (std::string_view key) const
{
    const auto found = std::ranges::find (values, key, &Setting::key);
    return found == values.end() ? nullptr : &*found;
}

std::string Settings::at (int line) const
{
    return file.string() + ':' + std::to_string (line);
}

Result<std::optional<std::string>> settingsText (const SettingsPlace& place)
{
    using Text = std::optional<std::string>;
    if (place.file.empty())
        return Text {};
    const Descriptor opened (::open (place.file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (opened.number < 0)
    {
        const int problem = errno;
        if (problem != ENOENT && problem != ENOTDIR)
            return unreadable (place.file, problem);
        if (place.namedBy.empty())
            return Text {};
        return tl::make_unexpected (
            Error { ErrorCode::NotFound, "there is no such settings file, which " + place.namedBy + " names",
                    place.file.string() });
    }
    struct stat status = {};
    if (::fstat (opened.number, &status) != 0)
        return unreadable (place.file, errno);
    if (auto why = distrust (status); ! why.empty())
        return refused (place.file, std::move (why));
    return contentOf (opened.number, place.file).map ([] (std::string text) {
        return Text (std::move (text));
    });
}

Result<Settings> readSettings (const SettingsPlace& place)
{
    return settingsText (place).and_then ([&] (const std::optional<std::string>& text) {
        return text ? parseSettings (*text, place) : Result<Settings> (Settings {});
    });
}
} // namespace tableread
