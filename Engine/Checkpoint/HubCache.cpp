// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/HubCache.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
namespace fs = std::filesystem;

constexpr std::string_view prefix = "models--";

/** Also of a path that ends in a slash. */
std::string lastPart (const fs::path& folder)
{
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

/** "models--org--name" → "org/name"; any other name as it is. */
std::string repositoryOf (const fs::path& folder)
{
    auto name = lastPart (folder);
    if (! name.starts_with (prefix))
        return name;
    name.erase (0, prefix.size());
    if (const auto at = name.find ("--"); at != std::string::npos)
        name.replace (at, 2, "/");
    return name;
}

bool isFolder (const fs::path& path)
{
    std::error_code none;
    return fs::is_directory (path, none);
}

/** The revision in refs/main; empty if there is none that can be the name of a folder. */
std::string mainRevision (const fs::path& folder)
{
    std::array<char, 256> text {};
    std::error_code none;
    if (fs::is_regular_file (folder / "refs/main", none))
        std::ifstream (folder / "refs/main", std::ios::binary).read (text.data(), text.size() - 1);
    std::string revision (text.data());
    revision.erase (std::min (revision.find_first_of (" \t\r\n"), revision.size()));
    const bool isName = revision.find ('/') == std::string::npos && ! revision.starts_with ('.');
    return isName ? revision : std::string();
}

fs::path newestIn (const fs::path& snapshots)
{
    std::error_code problem;
    fs::path newest;
    fs::file_time_type when;
    for (fs::directory_iterator at (snapshots, problem); ! problem && at != fs::directory_iterator();
         at.increment (problem))
    {
        std::error_code none;
        const auto written = fs::last_write_time (at->path(), none);
        if (isFolder (at->path()) &&
            (newest.empty() || std::pair (written, at->path()) > std::pair (when, newest)))
        {
            newest = at->path();
            when = written;
        }
    }
    return newest;
}
} // namespace

std::vector<fs::path> hubCaches()
{
    std::vector<fs::path> caches;
    const auto add = [&caches] (const char* variable, std::initializer_list<const char*> below) {
        const char* const value = std::getenv (variable);
        if (value != nullptr && *value != '\0')
            for (const auto* folder : below)
                caches.push_back (*folder == '\0' ? fs::path (value) : fs::path (value) / folder);
    };
    add ("HF_HUB_CACHE", { "" });
    add ("HUGGINGFACE_HUB_CACHE", { "" });
    add ("HF_HOME", { "hub", "" });
    if (caches.empty())
    {
        add ("XDG_CACHE_HOME", { "huggingface/hub" });
        add ("HOME", { ".cache/huggingface/hub" });
    }
    return caches;
}

bool isHubFolder (const fs::path& folder)
{
    return lastPart (folder).starts_with (prefix) && isFolder (folder);
}

bool isHubSnapshot (const fs::path& folder)
{
    std::error_code none;
    const auto parent = fs::absolute (folder, none).lexically_normal().parent_path();
    return parent.filename() == "snapshots" && parent.parent_path().filename().string().starts_with (prefix);
}

bool isHubName (const std::string& text)
{
    const auto slash = text.find ('/');
    const auto isPart = [] (const std::string& part) {
        return ! part.empty() && part.front() != '.' && part.front() != '-' &&
               part.find_first_not_of ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                   std::string::npos;
    };
    return slash != std::string::npos && isPart (text.substr (0, slash)) && isPart (text.substr (slash + 1));
}

std::optional<fs::path> findInHub (const std::string& name, const std::vector<fs::path>& caches)
{
    if (! isHubName (name))
        return std::nullopt;
    auto folder = std::string (prefix) + name;
    folder.replace (folder.find ('/'), 1, "--");
    for (const auto& cache : caches)
        if (isFolder (cache / folder))
            return cache / folder;
    return std::nullopt;
}

HubSnapshot snapshotOf (const fs::path& folder)
{
    const auto snapshots = folder / "snapshots";
    const auto revision = mainRevision (folder);
    if (! revision.empty() && isFolder (snapshots / revision))
        return { snapshots / revision, {} };
    const auto newest = newestIn (snapshots);
    if (newest.empty())
        fail (ErrorCode::NotFound,
              "holds no snapshot of its model: an unfinished download. Run hf download " +
                  repositoryOf (folder) + " again; it goes on where it stopped.",
              folder.string());
    return { newest, folder.string() +
                         (revision.empty() ? " has no refs/main that names a snapshot"
                                           : " lacks the snapshot that its refs/main names, " + revision) +
                         "; the newest of its snapshots is used, " + newest.filename().string() + "." };
}

std::string modelName (const fs::path& folder)
{
    std::error_code none;
    const auto whole = fs::weakly_canonical (folder, none);
    if (! isHubSnapshot (whole))
        return whole.filename().string();
    const auto repository = repositoryOf (whole.parent_path().parent_path());
    return repository.substr (repository.find ('/') + 1);
}
} // namespace tableread::engine
