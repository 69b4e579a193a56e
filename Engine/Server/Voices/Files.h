// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "Server/Voices/Record.h"

namespace tableread
{
class OutputFile;
}

namespace tableread::engine
{
/** The files of a VoiceStore by their names: KEY.json, HASH.audio, and what one of them is called while it is written. */
bool isRecordFile (const std::filesystem::path& file);
bool isRecordingFile (const std::filesystem::path& file);
bool isTemporaryFile (const std::filesystem::path& file);

std::string recordFileName (std::string_view key);
std::string recordingFileName (const VoiceRecord& record);

/** Trouble of the store itself, which is never the fault of the client that asks: OutOfMemory if something ran out, else Io,
    without the path. */
tl::unexpected<Error> troubled (const std::string& what, const Error& why);

/** All files in a folder; none if there is no folder. @returns troubled() */
[[nodiscard]] Result<std::vector<std::filesystem::path>> entriesOf (const std::filesystem::path& folder);

/** Writes all bytes of a file that only this user may read. @returns OutputFile's errors */
[[nodiscard]] Result<void> writeWhole (OutputFile& file, std::string_view bytes);

/** Brings the names in a folder to the disk. @returns OutputFile's errors */
[[nodiscard]] Result<void> syncFolder (const std::filesystem::path& folder);

/** Whether a file holds the recording of a record, to its last bit. */
bool isIntact (const std::filesystem::path& recording, const VoiceRecord& record);
} // namespace tableread::engine
