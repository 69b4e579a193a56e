// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/Folder.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/Disk/Bytes.h"

namespace tableread
{
namespace
{
namespace fs = std::filesystem;

/** Its first two digits are a folder, so that none of them has too many files. */
fs::path fannedOut (const fs::path& folder, std::string_view name, std::string_view ending)
{
    constexpr std::size_t digits = 2;
    return folder / name.substr (0, digits) / std::string (name).append (ending);
}

/** Appends the files of a folder; none if there is no folder. */
std::error_code listFiles (const fs::path& folder, std::vector<StoreFolder::File>& files)
{
    std::error_code failed;
    for (fs::directory_iterator each (folder, failed), end; ! failed && each != end; each.increment (failed))
    {
        struct stat status = {};
        if (::lstat (each->path().c_str(), &status) == 0 && S_ISREG (status.st_mode))
            files.push_back ({ each->path(), status.st_size,
                               std::chrono::sys_seconds (std::chrono::seconds (status.st_mtim.tv_sec)) });
    }
    const bool isNone =
        failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory;
    return isNone ? std::error_code() : failed;
}
} // namespace

StoreFolder::StoreFolder (const TakeStoreOptions& options) : base (options.folder), namedBy (options.namedBy)
{}

fs::path StoreFolder::record (std::string_view key) const
{
    return fannedOut (base / "takes", key, ".json");
}

fs::path StoreFolder::failure (std::string_view key) const
{
    return fannedOut (base / "failed", key, ".json");
}

fs::path StoreFolder::audio (const AudioObject& object) const
{
    return fannedOut (base / "audio", object.hash, std::string (".") + nameOf (object.form));
}

fs::path StoreFolder::session (std::string_view id) const
{
    return base / "sessions" / std::string (id).append (".json");
}

fs::path StoreFolder::report (std::string_view session, std::chrono::sys_seconds time, int number) const
{
    const auto seconds = static_cast<std::time_t> (time.time_since_epoch().count());
    std::tm parts = {};
    ::gmtime_r (&seconds, &parts);
    std::array<char, 64> moment {};
    std::strftime (moment.data(), moment.size(), ".%Y%m%d-%H%M%S-", &parts);
    return base / "reports" / std::string (session).append (moment.data() + std::to_string (number) + ".txt");
}

fs::path StoreFolder::evictionMark() const
{
    return base / "sessions" / "evicted";
}

std::optional<std::chrono::sys_seconds> StoreFolder::lastEviction() const
{
    struct stat status = {};
    if (base.empty() || ::stat (base.c_str(), &status) != 0)
        return {};
    if (::stat (evictionMark().c_str(), &status) != 0)
        return std::chrono::sys_seconds();
    return std::chrono::sys_seconds (std::chrono::seconds (status.st_mtim.tv_sec));
}

Error StoreFolder::problem (int number) const
{
    const auto place = namedBy.empty() ? base.string() : base.string() + ", which " + namedBy + " names";
    const char* const choice = namedBy.empty() ? " with takes.folder or TABLEREAD_TAKES." : ".";
    const auto sentence = [&] (ErrorCode code, const std::string& why, const char* help) {
        return Error { code,
                       "takes cannot be kept in " + place + ": " + why + ". " + help +
                           ", or choose another folder" + choice,
                       {} };
    };
    if (base.empty())
        return {
            ErrorCode::Unsupported,
            "takes are kept nowhere, as neither XDG_DATA_HOME nor HOME says where. Set TABLEREAD_TAKES to "
            "a folder.",
            {}
        };
    switch (number)
    {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return sentence (ErrorCode::OutOfMemory, "there is no room left", "Make room there");
        case EROFS:
        case EACCES:
        case EPERM:
            return sentence (ErrorCode::InvalidInput,
                             std::string ("it may not be written, ") + std::strerror (number),
                             "Give yourself the right to write there");
        case ENOENT:
        case ENOTDIR:
            return sentence (ErrorCode::NotFound, "there is no such folder", "Mount its drive or make it");
        default:
            return sentence (ErrorCode::Io, std::strerror (number), "Check its drive");
    }
}

int StoreFolder::makeBase() const
{
    struct stat status = {};
    if (::stat (base.c_str(), &status) == 0)
        return S_ISDIR (status.st_mode) ? 0 : ENOTDIR;
    if (errno != ENOENT || ! namedBy.empty())
        return errno;
    std::error_code failed;
    fs::create_directories (base.parent_path(), failed);
    if (failed)
        return failed.value();
    return ::mkdir (base.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
}

int StoreFolder::makeFolders (const fs::path& below) const
{
    if (const int failed = makeBase(); failed != 0)
        return failed;
    for (const auto& folder : { below.parent_path(), below })
        if (folder != base)
        {
            if (::mkdir (folder.c_str(), 0777) != 0 && errno != EEXIST)
                return errno;
            if (const int failed = syncNames (folder.parent_path()); failed != 0)
                return failed;
        }
    return 0;
}

tl::expected<PendingFile, int> StoreFolder::create (const fs::path& file) const
{
    if (base.empty())
        return tl::make_unexpected (ENOENT);
    auto pending = PendingFile::create (file);
    if (pending || pending.error() != ENOENT)
        return pending;
    if (const int failed = makeFolders (file.parent_path()); failed != 0)
        return tl::make_unexpected (failed);
    return PendingFile::create (file);
}

Result<void>
StoreFolder::write (const fs::path& file, const std::function<int (int descriptor)>& content,
                    const std::function<Result<void> (const std::filesystem::path& written)>& check) const
{
    auto pending = create (file);
    int failed = pending ? content (pending->descriptor()) : pending.error();
    if (failed == 0 && check)
        if (auto checked = check (pending->name()); ! checked)
            return checked;
    if (failed == 0)
        failed = pending->complete();
    if (failed != 0)
        return tl::make_unexpected (problem (failed));
    return {};
}

Result<void> StoreFolder::checkThere() const
{
    struct stat status = {};
    if (base.empty() || (! namedBy.empty() && ::stat (base.c_str(), &status) != 0))
        return tl::make_unexpected (problem (base.empty() ? ENOENT : errno));
    return {};
}

Result<std::string> StoreFolder::read (const fs::path& file, std::size_t mostBytes) const
{
    auto text = base.empty() ? tl::make_unexpected (ENOENT) : readBytes (file, mostBytes);
    if (text)
        return std::move (*text);
    const int failed = text.error();
    if (failed == EINVAL || failed == EFBIG)
        return tl::make_unexpected (
            Error { ErrorCode::InvalidInput, failed == EINVAL ? "it is not a file" : "it is too large", {} });
    if (failed != ENOENT && failed != ENOTDIR)
        return tl::make_unexpected (Error {
            ErrorCode::Io, std::string ("it cannot be read: ") + std::strerror (failed), file.string() });
    if (auto isThere = checkThere(); ! isThere)
        return tl::make_unexpected (isThere.error());
    return tl::make_unexpected (Error { ErrorCode::NotFound, "it is not there", file.string() });
}

Result<void> StoreFolder::remove (const fs::path& file) const
{
    if (base.empty() || ::unlink (file.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR)
        return {};
    return tl::make_unexpected (problem (errno));
}

bool StoreFolder::setAside (const fs::path& file) const
{
    const auto folder = base / "damaged";
    return ::access (file.c_str(), R_OK) == 0 && makeFolders (folder) == 0 &&
           ::rename (file.c_str(), (folder / file.filename()).c_str()) == 0;
}

bool StoreFolder::noteUse (const fs::path& file)
{
    return ::utimensat (AT_FDCWD, file.c_str(), nullptr, 0) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

Result<std::vector<StoreFolder::File>> StoreFolder::filesOf (const char* name) const
{
    std::vector<File> files;
    if (base.empty())
        return files;
    if (const auto failed = listFiles (base / name, files))
        return tl::make_unexpected (problem (failed.value()));
    return files;
}

Result<std::vector<StoreFolder::File>> StoreFolder::filesIn (const char* kind) const
{
    constexpr int folders = 256;
    std::vector<File> files;
    if (auto isThere = checkThere(); ! isThere)
        return tl::make_unexpected (isThere.error());
    for (int i = 0; i < folders; ++i)
    {
        std::array<char, 3> digits {};
        std::snprintf (digits.data(), digits.size(), "%02x", static_cast<unsigned> (i) & 0xffu);
        if (const auto failed = listFiles (base / kind / digits.data(), files))
            return tl::make_unexpected (problem (failed.value()));
    }
    return files;
}

Result<std::chrono::sys_seconds> StoreFolder::now() const
{
    struct stat status = {};
    const auto file = create (base / "sessions" / "clock");
    if (! file)
        return tl::make_unexpected (problem (file.error()));
    if (::fstat (file->descriptor(), &status) != 0)
        return tl::make_unexpected (problem (errno));
    return std::chrono::sys_seconds (std::chrono::seconds (status.st_mtim.tv_sec));
}

bool StoreFolder::removeUnused (const fs::path& file, std::chrono::sys_seconds oldest)
{
    const auto isUsed = [oldest] (const fs::path& name) {
        struct stat status = {};
        return ::lstat (name.c_str(), &status) != 0 ||
               std::chrono::sys_seconds (std::chrono::seconds (status.st_mtim.tv_sec)) >= oldest;
    };
    // Under another name nobody can use it any more, so that what is seen now holds.
    const auto aside = pendingName (file);
    if (isUsed (file) || ::rename (file.c_str(), aside.c_str()) != 0)
        return false;
    if (isUsed (aside))
    {
        ::rename (aside.c_str(),
                  file.c_str()); // in place of what may be there by now: that has the same content
        return false;
    }
    return ::unlink (aside.c_str()) == 0 || errno == ENOENT;
}
} // namespace tableread
