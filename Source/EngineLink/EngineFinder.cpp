// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/EngineFinder.h"

#include <algorithm>

#include <dlfcn.h>
#include <unistd.h>

#include "Core/Environment.h"
#include "Settings/Settings.h"

namespace tableread
{
namespace
{
namespace fs = std::filesystem;

constexpr const char* program = "tableread-engine";
constexpr const char* recordingReader = "tableread-read-recording";

/** The file that this code was loaded from. */
fs::path ownBinary()
{
    Dl_info info = {};
    std::error_code ignored;
    if (::dladdr ((const void*) &ownBinary, &info) != 0 && info.dli_fname != nullptr &&
        fs::path (info.dli_fname).is_absolute())
        return info.dli_fname;
    return fs::read_symlink ("/proc/self/exe", ignored);
}

bool isProgram (const fs::path& file)
{
    std::error_code ignored;
    return fs::is_regular_file (file, ignored) && ::access (file.c_str(), X_OK) == 0;
}

/** The folder of the binary; for a bundle also its Resources, the folder that contains it, and the bin of the prefix
    in which it is installed (prefix/lib/vst3/TableRead.vst3). */
std::vector<fs::path> besideBinary (const fs::path& binary)
{
    if (binary.empty())
        return {};
    std::vector<fs::path> folders { binary.parent_path() };
    for (auto folder = binary.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
        if (const auto kind = folder.extension(); kind == ".vst3" || kind == ".lv2" || kind == ".component")
        {
            folders.push_back (folder / "Contents" / "Resources");
            folders.push_back (folder.parent_path());
            folders.push_back (folder.parent_path().parent_path().parent_path() / "bin");
            break;
        }
    return folders;
}

std::vector<fs::path> entries (const std::string& pathVariable)
{
    std::vector<fs::path> folders;
    for (std::size_t from = 0; from < pathVariable.size();)
    {
        const auto to = std::min (pathVariable.find (':', from), pathVariable.size());
        // An empty or relative entry means the host's working folder: no program is started from there.
        if (const fs::path folder = pathVariable.substr (from, to - from); folder.is_absolute())
            folders.push_back (folder);
        from = to + 1;
    }
    return folders;
}

/** Where programs of ours are looked for, in this order, each once. */
std::vector<fs::path> programFolders (const EngineSearch& search)
{
    auto all = besideBinary (search.binary);
    const auto inPath = entries (search.pathVariable);
    all.insert (all.end(), inPath.begin(), inPath.end());
    for (const auto& prefix : search.prefixes)
        all.push_back (prefix / "bin");
    std::vector<fs::path> folders;
    for (auto& folder : all)
        if (std::find (folders.begin(), folders.end(), folder) == folders.end())
            folders.push_back (std::move (folder));
    return folders;
}

Result<fs::path> chosen (const fs::path& file, const char* by, const char* advice = "Correct or clear it.")
{
    if (isProgram (file))
        return file;
    return tl::unexpected (
        Error { ErrorCode::NotFound,
                std::string ("the engine that ") + by + " names is not a program that can be run. " + advice,
                file.string() });
}
} // namespace

EngineSearch EngineSearch::current (fs::path setting)
{
    std::vector<fs::path> prefixes { "/usr/local", "/usr", "/opt/tableread" };
    if (const auto home = environmentVariable ("HOME"); ! home.empty())
        prefixes.push_back (fs::path (home) / ".local");
    return { std::move (setting),  environmentVariable ("TABLEREAD_ENGINE"),
             ownBinary(),          environmentVariable ("PATH"),
             std::move (prefixes), SettingsPlace::current() };
}

Result<fs::path> findEngine (const EngineSearch& search)
{
    if (! search.setting.empty())
        return chosen (search.setting, "the setting", "Choose another one in the editor's menu More.");
    if (! search.environment.empty())
        return chosen (search.environment, "TABLEREAD_ENGINE");
    const auto settings = readSettings (search.settings);
    if (! settings)
        return tl::unexpected (settings.error());
    if (const auto* path = settings->find ("engine.path"))
        return chosen (path->values.front(), "engine.path in the settings file");

    std::string searched;
    for (const auto& folder : programFolders (search))
    {
        if (isProgram (folder / program))
            return folder / program;
        searched += (searched.empty() ? "" : ", ") + folder.string();
    }
    return tl::unexpected (Error { ErrorCode::NotFound,
                                   std::string (program) +
                                       " is not installed. Choose it in the editor's menu More, or set "
                                       "TABLEREAD_ENGINE to it. Searched: " +
                                       searched,
                                   {} });
}

fs::path findRecordingReader (const EngineSearch& search)
{
    auto folders = programFolders (search);
    if (const auto engine = findEngine (search))
        folders.insert (folders.begin(), engine->parent_path());
    for (const auto& folder : folders)
        if (isProgram (folder / recordingReader))
            return folder / recordingReader;
    return {};
}
} // namespace tableread
