// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Files.h"

#include <cstring>
#include <span>

#include <sys/stat.h>

#include "Audio/FileBytes.h"
#include "Audio/OutputFile.h"
#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"

namespace tableread::engine
{
namespace
{
constexpr std::string_view recordEnd = ".json", recordingEnd = ".audio", temporaryEnd = ".part";
} // namespace

bool isRecordFile (const std::filesystem::path& file)
{
    return file.extension() == recordEnd;
}

bool isRecordingFile (const std::filesystem::path& file)
{
    return file.extension() == recordingEnd && isContentHash (file.stem().string());
}

bool isTemporaryFile (const std::filesystem::path& file)
{
    const auto meant = file.stem().stem(); // KEY.json.1.part
    return file.extension() == temporaryEnd && (isRecordFile (meant) || isRecordingFile (meant));
}

std::string recordFileName (std::string_view key)
{
    return std::string (key).append (recordEnd);
}

std::string recordingFileName (const VoiceRecord& record)
{
    return record.hash + std::string (recordingEnd);
}

tl::unexpected<Error> troubled (const std::string& what, const Error& why)
{
    return tl::make_unexpected (Error {
        why.code == ErrorCode::OutOfMemory ? why.code : ErrorCode::Io, what + ": " + why.message, {} });
}

Result<std::vector<std::filesystem::path>> entriesOf (const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> found;
    std::error_code failed;
    if (folder.empty() || ! std::filesystem::exists (folder, failed))
        return found;
    for (std::filesystem::directory_iterator each (folder, failed), end; ! failed && each != end;
         each.increment (failed))
        found.push_back (each->path());
    if (failed)
        return troubled ("the uploaded voices cannot be read",
                         { codeOfSystemError (failed.value()), failed.message(), {} });
    return found;
}

Result<void> writeWhole (OutputFile& file, std::string_view bytes)
{
    ::fchmod (file.descriptor(), 0600);
    if (const int problem = writeBytes (file.descriptor(), std::as_bytes (std::span (bytes))); problem != 0)
        return tl::make_unexpected (cannotWrite (file.path(), problem, std::strerror (problem)));
    return {};
}

Result<void> syncFolder (const std::filesystem::path& folder)
{
    if (const int problem = syncNames (folder); problem != 0)
        return tl::make_unexpected (cannotWrite (folder, problem, std::strerror (problem)));
    return {};
}

bool isIntact (const std::filesystem::path& recording, const VoiceRecord& record)
{
    const auto file = FileBytes::open (recording);
    if (! file || (*file)->size() != record.bytes)
        return false;
    const auto bytes = (*file)->text (0, static_cast<std::size_t> (record.bytes));
    return hashOfBytes (std::as_bytes (std::span (bytes))) == record.hash;
}
} // namespace tableread::engine
