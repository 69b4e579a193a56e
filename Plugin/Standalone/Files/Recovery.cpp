// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/Recovery.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <utility>

#include <sys/stat.h>

#include "Core/Disk/PendingFile.h"
#include "Project/File/Place.h"

namespace tableread::plugin
{
namespace
{
using Clock = std::chrono::system_clock;

constexpr std::chrono::hours surelyOver { 1 }, surelyAbandoned { 24 };
constexpr std::size_t mostHeadBytes = 64 << 10;

Clock::time_point timeOf (const std::filesystem::path& file)
{
    struct stat status = {};
    return ::stat (file.c_str(), &status) == 0 ? Clock::from_time_t (status.st_mtim.tv_sec) : Clock::now();
}

std::string headOf (const std::filesystem::path& file)
{
    std::string head (mostHeadBytes, '\0');
    std::ifstream stream (file, std::ios::binary);
    stream.read (head.data(), static_cast<std::streamsize> (head.size()));
    head.resize (static_cast<std::size_t> (stream.gcount()));
    return head.substr (0, head.find ('\n'));
}

std::string written (Clock::time_point when, const char* form)
{
    const auto seconds = Clock::to_time_t (when);
    std::tm local = {};
    std::array<char, 64> text {};
    ::localtime_r (&seconds, &local);
    return { text.data(), std::strftime (text.data(), text.size(), form, &local) };
}

/** If its program has ended. */
std::optional<Recoverable> abandoned (const std::filesystem::path& file)
{
    auto claim = LockFile::take (lockOf (file));
    if (claim && *claim)
        return std::filesystem::exists (file) ? std::optional (Recoverable (file, std::move (*claim)))
                                              : std::nullopt; // another window was faster
    if (claim || timeOf (file) > Clock::now() - surelyOver)
        return {};
    return Recoverable (file, {});
}
} // namespace

Recoverable::Recoverable (std::filesystem::path saved, std::optional<LockFile> claimed)
    : autosave (std::move (saved))
    , claim (std::move (claimed))
    , file (readAutosaveHead (headOf (autosave)).file)
    , time (timeOf (autosave))
{}

Result<Autosaved> Recoverable::read() const
{
    const auto bytes = project::readBytes (autosave);
    if (! bytes)
        return tl::unexpected (bytes.error());
    const auto end = std::min (bytes->find ('\n'), bytes->size());
    auto saved = readAutosaveHead (std::string_view (*bytes).substr (0, end));
    auto content = project::parse (std::string_view (*bytes).substr (end), autosave.string());
    if (! content)
        return tl::unexpected (content.error());
    saved.content = std::move (*content);
    return saved;
}

void Recoverable::remove() const
{
    std::error_code ignored;
    std::filesystem::remove (autosave, ignored);
}

std::string Recoverable::question (Clock::time_point now) const
{
    const auto day = written (time, "%d %B %Y");
    return "Recover " + (file.empty() ? "an unsaved project" : file.filename().string()) + " from " +
           (day == written (now, "%d %B %Y") ? "" : day + ", ") + written (time, "%H:%M") + '?';
}

std::vector<Recoverable> findRecoverable (const std::filesystem::path& folder)
{
    std::vector<Recoverable> found;
    std::error_code ignored;
    const auto oldest = std::chrono::floor<std::chrono::seconds> (Clock::now() - surelyAbandoned);
    for (const auto& entry : std::filesystem::directory_iterator (folder, ignored))
        if (isPendingName (entry.path()) && isAbandoned (entry.path(), oldest))
            std::filesystem::remove (entry.path(), ignored);
        else if (entry.path().extension() == autosaveExtension)
            if (auto one = abandoned (entry.path()))
                found.push_back (std::move (*one));
    std::ranges::sort (found, std::greater(), &Recoverable::savedAt);
    return found;
}
} // namespace tableread::plugin
