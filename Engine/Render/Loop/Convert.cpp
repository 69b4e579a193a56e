// SPDX-License-Identifier: Apache-2.0
#include "Render/Convert.h"

#include <algorithm>

#include <unistd.h>

#include "Core/Error.h"
#include "Network/ConvertCheckpoint.h"
#include "Render/Loop/TorchErrors.h"

namespace tableread::engine
{
namespace
{
namespace fs = std::filesystem;

constexpr std::uintmax_t largestOther = 256 << 20; // tokenizers and voices are far smaller

/** A temporary folder next to the target, which is renamed to it or removed. */
class FolderToBe
{
public:
    explicit FolderToBe (fs::path wanted) : target (std::move (wanted))
    {
        std::error_code error;
        for (int i = 0; ! fs::create_directory (path = nameOf (i), error); ++i)
            if (error)
                fail (codeOfSystemError (error.value()),
                      "cannot be made: " + error.message() + ". Name a folder where you may write.",
                      target.string());
    }

    ~FolderToBe()
    {
        std::error_code none;
        if (! path.empty())
            fs::remove_all (path, none);
    }

    void settle()
    {
        std::error_code error;
        fs::rename (path, target, error);
        if (error)
            fail (codeOfSystemError (error.value()), "cannot be named so: " + error.message() + ".",
                  target.string());
        path.clear();
    }

    fs::path path;

private:
    fs::path nameOf (int i) const
    {
        return target.parent_path() / ("." + target.filename().string() + ".partial-" +
                                       std::to_string (::getpid()) + "-" + std::to_string (i));
    }

    fs::path target;
};

/** The target's path, without a trailing slash. */
fs::path placeFor (const fs::path& wanted)
{
    auto place = fs::absolute (wanted).lexically_normal();
    if (! place.has_filename())
        place = place.parent_path();
    if (fs::exists (fs::symlink_status (place)))
        fail (ErrorCode::InvalidInput,
              "exists already. Name a folder that does not, or delete this one first.", place.string());
    if (! fs::is_directory (place.parent_path()))
        fail (ErrorCode::NotFound, "is not there, so no folder can be made in it. Make it first.",
              place.parent_path().string());
    return place;
}

/** The other files of the folder: configuration, tokenizer, voices; no hidden files. */
std::vector<fs::path> otherFiles (const fs::path& folder)
{
    std::vector<fs::path> files;
    for (auto at = fs::recursive_directory_iterator (folder, fs::directory_options::skip_permission_denied);
         at != fs::recursive_directory_iterator(); ++at)
    {
        const auto name = at->path().filename().string();
        if (name.starts_with ('.'))
            at.disable_recursion_pending();
        else if (at->is_regular_file() && ! name.ends_with (".safetensors") &&
                 ! name.ends_with (".safetensors.index.json"))
            files.push_back (at->path().lexically_relative (folder));
    }
    std::ranges::sort (files);
    return files;
}

void copyOthers (const fs::path& from, const fs::path& to, ConvertReport& report)
{
    for (const auto& file : otherFiles (from))
    {
        if (fs::file_size (from / file) > largestOther)
        {
            report.notCopied.push_back (file.string());
            continue;
        }
        std::error_code error;
        fs::create_directories ((to / file).parent_path(), error);
        if (! error)
            fs::copy_file (from / file, to / file, error);
        if (error)
            fail (codeOfSystemError (error.value()),
                  "cannot be copied: " + error.message() + ". Free space in the folder that it goes to.",
                  (from / file).string());
    }
}

void checkSpace (const fs::path& folder, std::int64_t needed)
{
    std::error_code none;
    const auto there = fs::space (folder, none).available;
    if (! none && there < static_cast<std::uintmax_t> (needed))
        fail (ErrorCode::OutOfMemory,
              "has " + std::to_string (there / 1'000'000) + " MB free, " +
                  std::to_string (needed / 1'000'000) +
                  " MB are needed. Free space there, or name a folder on another disk.",
              folder.string());
}
} // namespace

ConvertReport convertCheckpoint (const ConvertRequest& request)
{
    const auto place = placeFor (request.to);
    const auto checkpoint = Checkpoint::open (request.from);
    const CheckpointConverter converter (*checkpoint, request.weights);
    FolderToBe folder (place);
    ShardWriter writer (folder.path, converter.plan(), request.shardBytes);

    ConvertReport report;
    for (const auto& tensor : converter.plan())
        report.bytesAfter += tensor.bytes();
    checkSpace (folder.path, writer.totalBytes());
    copyOthers (request.from, folder.path, report);
    std::int64_t done = 0;
    const auto onBytes = [&] (std::int64_t bytes) {
        done += bytes;
        if (request.onProgress)
            request.onProgress (done, report.bytesAfter);
    };
    const auto counts = withErrorsInWords ([&] { return converter.write (writer, onBytes); });
    report.matrices = counts.matrices;
    report.kept = counts.kept;
    report.bytesBefore = counts.bytesBefore;
    writer.finish();
    Checkpoint::open (folder.path); // leave nothing that cannot be read
    folder.settle();
    return report;
}
} // namespace tableread::engine
