// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "Core/FolderLock.h"
#include "Server/Voices/Record.h"

namespace tableread
{
class OutputFile;
}

namespace tableread::engine
{
/** Voices that clients have uploaded, as files in one folder of mode 0700, which is made with the first of them.

    Files     HASH.audio is a recording as it was uploaded, once however many voices have it. KEY.json is a voice's record,
              KEY being keyOfVoiceName(), so that no two voices have the same name. Either gets its name when it is
              complete and on the disk: a program that is killed leaves nothing that looks like a voice.
    Threads   any, and any number of programs with the same folder: nothing is kept in memory, and changes are made one
              after the other. All of it waits for the disk.
    Errors    OutOfMemory if the disk is full or something else ran out, Io if it fails; Unsupported if there is no folder; Busy if
              another program holds it.
*/
class VoiceStore
{
public:
    static constexpr std::size_t mostVoices = 1'000;

    /** XDG_DATA_HOME/tableread/voices, or that in HOME/.local/share. Empty if no such variable is an absolute path. */
    static std::filesystem::path defaultFolder();

    /** patience: with another program that changes the folder. */
    explicit VoiceStore (std::filesystem::path where,
                         std::chrono::milliseconds patience = std::chrono::seconds (10))
        : folder (std::move (where))
        , patient (patience)
    {}

    struct Listing
    {
        std::vector<VoiceRecord> voices; // the oldest first
        std::vector<std::string> notes;  // sentences on files that are no voices
        bool isWhole = true;             // the folder and all records could be read
    };

    Listing list() const;

    /** @returns NotFound if there is none, or none that can be read. */
    [[nodiscard]] Result<VoiceRecord> byId (std::string_view id) const;
    [[nodiscard]] Result<VoiceRecord> byName (std::string_view name) const;

    std::filesystem::path recordingOf (const VoiceRecord& record) const;

    struct Upload
    {
        std::string name, consent; // usable ones
        std::string_view bytes;
    };

    /** Reads a recording that is not stored yet. @returns its milliseconds, or why it is refused. */
    using Check = std::function<Result<std::int64_t> (const std::filesystem::path& file)>;

    /** Stores a voice; it is on the disk when this returns. The same again is the same voice, with the new consent if one
        is given. @returns Conflict if the name has another recording, OutOfRange if there are too many, or the check's
        error. */
    [[nodiscard]] Result<VoiceRecord> add (const Upload& upload, const Check& check);

    /** @returns NotFound */
    [[nodiscard]] Result<void> remove (std::string_view id);

    /** Makes the folder, if it is not there. @returns InvalidInput if it is open to others, or not a folder. */
    [[nodiscard]] Result<void> makeFolder() const;

    /** Removes what killed programs have left, unless another one changes the folder just now. */
    void tidy();

private:
    /** The right to change the folder. */
    struct Hold
    {
        std::unique_lock<std::mutex> thread; // of this process
        FolderLock program;
    };

    std::filesystem::path recordFile (std::string_view name) const;
    Result<VoiceRecord> read (const std::filesystem::path& file) const;
    Result<Hold> lock (std::chrono::milliseconds patience);
    Result<OutputFile> begin (const VoiceRecord& record);
    Result<VoiceRecord> put (VoiceRecord record, OutputFile& recording) const;
    Result<void> complete (const VoiceRecord& record, OutputFile& recording) const;
    void removeUnused() const;

    std::filesystem::path folder;
    std::chrono::milliseconds patient;
    std::mutex changing;
};
} // namespace tableread::engine
