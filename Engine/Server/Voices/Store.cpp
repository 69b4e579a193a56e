// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <span>
#include <thread>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "Audio/FileBytes.h"
#include "Audio/OutputFile.h"
#include "Core/ContentHash.h"
#include "Core/Disk/DataFolder.h"
#include "EngineLink/SocketPath.h"
#include "Server/Voices/Files.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t mostNotes = 20;

tl::unexpected<Error> refused (ErrorCode code, std::string why)
{
    return tl::make_unexpected (Error { code, std::move (why), {} });
}

tl::unexpected<Error> notStored (const Error& error)
{
    return troubled ("the voice cannot be stored", error);
}

/** The system is at fault, so nobody knows what there is. */
bool isTrouble (const Error& error)
{
    return error.code == ErrorCode::Io || error.code == ErrorCode::OutOfMemory;
}

tl::unexpected<Error> unknown()
{
    return refused (ErrorCode::NotFound,
                    "there is no such voice. GET /v1/audio/voices lists those that there are.");
}

/** A file of the store to write. What stands there and is no file would be written to, or waited for. */
Result<OutputFile> openToWrite (const std::filesystem::path& file)
{
    std::error_code none;
    const auto there = std::filesystem::status (file, none);
    if (std::filesystem::exists (there) && ! std::filesystem::is_regular_file (there))
        return tl::make_unexpected (
            cannotWrite (file, EEXIST, file.filename().string() + " is there and is not a file"));
    return OutputFile::open (file);
}

Error conflict (const std::string& why)
{
    return { ErrorCode::Conflict, why, "name" };
}

Error taken (const VoiceRecord& by)
{
    return conflict ("there is a voice \"" + by.name +
                     "\" with another recording. Choose another name, or delete that one.");
}
} // namespace

std::filesystem::path VoiceStore::defaultFolder()
{
    return dataFolder ("voices");
}

std::filesystem::path VoiceStore::recordFile (std::string_view name) const
{
    return folder / recordFileName (keyOfVoiceName (name));
}

std::filesystem::path VoiceStore::recordingOf (const VoiceRecord& record) const
{
    return folder / recordingFileName (record);
}

/** A record that is as it should be, with its recording. */
Result<VoiceRecord> VoiceStore::read (const std::filesystem::path& file) const
{
    constexpr std::size_t most = 65'536;
    const auto bytes = FileBytes::open (file);
    if (! bytes)
        return tl::make_unexpected (bytes.error());
    const auto text = (*bytes)->text (0, most);
    if (const auto whole = (*bytes)->checkUnchanged(); ! whole)
        return tl::make_unexpected (whole.error());
    auto record = parseVoiceRecord (text);
    if (! record)
        return record;
    if (recordFile (record->name) != file)
        return refused (ErrorCode::InvalidInput, "it has another voice's name");
    struct stat recording
    {
    };
    if (::stat (recordingOf (*record).c_str(), &recording) != 0 || ! S_ISREG (recording.st_mode) ||
        recording.st_size != record->bytes)
        return refused (ErrorCode::InvalidInput, "its recording is not there");
    return record;
}

VoiceStore::Listing VoiceStore::list() const
{
    Listing listing;
    const auto all = entriesOf (folder);
    if (! all)
    {
        listing.isWhole = false;
        listing.notes.push_back (all.error().message);
        return listing;
    }
    for (const auto& file : *all)
    {
        if (isRecordingFile (file) || isTemporaryFile (file))
            continue;
        std::string why = "its name is not that of one";
        if (isRecordFile (file))
        {
            auto record = read (file);
            std::error_code none;
            if (record)
                listing.voices.push_back (std::move (*record));
            if (record || ! std::filesystem::exists (file, none)) // it may just have been deleted
                continue;
            listing.isWhole = false;
            why = record.error().text();
        }
        if (listing.notes.size() < mostNotes)
            listing.notes.push_back (file.string() + " is not used as a voice: " + why);
    }
    std::ranges::sort (listing.voices, {},
                       [] (const auto& voice) { return std::pair (voice.createdAt, voice.id()); });
    return listing;
}

Result<VoiceRecord> VoiceStore::byId (std::string_view id) const
{
    const auto key = keyOfVoiceId (id);
    if (key.empty() || folder.empty())
        return unknown();
    auto record = read (folder / recordFileName (key));
    if (record && record->id() == id)
        return record;
    return ! record && isTrouble (record.error()) ? record : unknown();
}

Result<VoiceRecord> VoiceStore::byName (std::string_view name) const
{
    if (folder.empty())
        return unknown();
    auto record = read (recordFile (name));
    return record || isTrouble (record.error()) ? record : unknown();
}

Result<void> VoiceStore::makeFolder() const
{
    std::error_code ignored; // what is wrong, the next step says
    std::filesystem::create_directories (folder.parent_path(), ignored);
    return makePrivateFolder (folder, { .name = "the folder for uploaded voices",
                                        .choice = "Choose another one with --voice-store." });
}

/** Threads that wait for another program do not wait for each other. */
Result<VoiceStore::Hold> VoiceStore::lock (std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds pause { 10 };
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true)
    {
        Hold held { std::unique_lock (changing), {} };
        if (held.program.take (folder))
            return held;
        held.thread.unlock();
        if (std::chrono::steady_clock::now() >= deadline)
            return refused (ErrorCode::Busy,
                            "another engine holds the uploaded voices. Try again in a second.");
        std::this_thread::sleep_for (pause);
    }
}

/** A file for a recording, if no other voice has its name: reading the recording takes long. */
Result<OutputFile> VoiceStore::begin (const VoiceRecord& record)
{
    const auto held = lock (patient);
    if (! held)
        return tl::make_unexpected (held.error());
    if (const auto there = read (recordFile (record.name)); there && there->hash != record.hash)
        return tl::make_unexpected (taken (*there));
    auto file = openToWrite (recordingOf (record));
    if (! file)
        return notStored (file.error());
    return file;
}

Result<VoiceRecord> VoiceStore::add (const Upload& upload, const Check& check)
{
    if (folder.empty())
        return refused (ErrorCode::Unsupported,
                        "this engine stores no voices, as it knows no folder for them. Start it with "
                        "--voice-store.");
    if (const auto made = makeFolder(); ! made)
        return notStored (made.error());
    VoiceRecord record { .name = upload.name,
                         .consent = upload.consent,
                         .hash = hashOfBytes (std::as_bytes (std::span (upload.bytes))),
                         .bytes = static_cast<std::int64_t> (upload.bytes.size()),
                         .milliseconds = 0,
                         .createdAt = std::time (nullptr) };
    auto recording = begin (record);
    if (! recording)
        return tl::make_unexpected (recording.error());
    if (const auto written = writeWhole (*recording, upload.bytes); ! written)
        return notStored (written.error());
    const auto milliseconds = check (recording->temporaryPath());
    if (! milliseconds)
        return tl::make_unexpected (milliseconds.error());
    record.milliseconds = *milliseconds;

    const auto held = lock (patient);
    if (! held)
        return tl::make_unexpected (held.error());
    return put (std::move (record), *recording);
}

/** Called with the lock. */
Result<VoiceRecord> VoiceStore::put (VoiceRecord record, OutputFile& recording) const
{
    const auto there = read (recordFile (record.name));
    const auto all = entriesOf (folder);
    if (! all)
        return tl::make_unexpected (all.error());
    if (there && there->hash != record.hash)
        return tl::make_unexpected (taken (*there));
    if (there)
    {
        const bool isNew = ! record.consent.empty() && record.consent != there->consent;
        const auto consent = isNew ? record.consent : there->consent;
        record = *there;
        record.consent = consent;
        if (! isNew && isIntact (recordingOf (record), record))
            return record;
    }
    else if (there.error().code == ErrorCode::Unsupported)
        return tl::make_unexpected (
            conflict ("the voice of this name cannot be read: " + there.error().message));
    else if (isTrouble (there.error()))
        return tl::make_unexpected (there.error());
    else if (static_cast<std::size_t> (std::ranges::count_if (*all, isRecordFile)) >= mostVoices)
        return refused (ErrorCode::OutOfRange, "the engine has " + std::to_string (mostVoices) +
                                                   " uploaded voices, and takes no more. Delete some.");
    if (const auto completed = complete (record, recording); ! completed)
    {
        auto failed = notStored (completed.error());
        removeUnused();
        return failed;
    }
    return record;
}

/** Gives recording and record their names, in this order, and waits until the disk has both. */
Result<void> VoiceStore::complete (const VoiceRecord& record, OutputFile& recording) const
{
    if (! isIntact (recordingOf (record), record))
        if (auto done = recording.complete(); ! done)
            return done;
    auto file = openToWrite (recordFile (record.name));
    if (! file)
        return tl::make_unexpected (file.error());
    if (auto written = writeWhole (*file, toJson (record)); ! written)
        return written;
    if (auto done = file->complete(); ! done)
        return done;
    return syncFolder (folder);
}

Result<void> VoiceStore::remove (std::string_view id)
{
    const auto held = lock (patient);
    if (! held)
        return tl::make_unexpected (held.error());
    const auto record = byId (id);
    if (! record)
        return tl::make_unexpected (record.error());
    const auto notDeleted = [] (const Error& why) { return troubled ("the voice cannot be deleted", why); };
    if (::unlink (recordFile (record->name).c_str()) != 0)
    {
        const int problem = errno;
        return notDeleted ({ codeOfSystemError (problem), std::strerror (problem), {} });
    }
    const auto synced = syncFolder (folder);
    removeUnused();
    if (! synced)
        return notDeleted (synced.error());
    return {};
}

/** Removes recordings that no voice has; none if that is not certain. Called with the lock. */
void VoiceStore::removeUnused() const
{
    const auto listing = list();
    const auto all = entriesOf (folder);
    if (! listing.isWhole || ! all)
        return;
    for (const auto& file : *all)
        if (isRecordingFile (file) && std::ranges::find (listing.voices, file.stem().string(),
                                                         &VoiceRecord::hash) == listing.voices.end())
            ::unlink (file.c_str());
}

void VoiceStore::tidy()
{
    const auto held = lock ({});
    const auto all = entriesOf (folder);
    if (! held || ! all)
        return;
    for (const auto& file : *all)
        if (isTemporaryFile (file))
            for (const auto& left : leftBehind (folder / file.stem().stem()))
                ::unlink (left.c_str());
    removeUnused();
}
} // namespace tableread::engine
