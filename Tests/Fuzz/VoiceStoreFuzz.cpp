// SPDX-License-Identifier: Apache-2.0
// Input: the files in the folder of uploaded voices, as name, zero byte, content, zero byte and so on. A name of one letter
// stands for what the fuzzer cannot guess:
//   a  a recording: content with the name that its hash gives it
//   v  a record of a voice of this name (the content) with the last recording
//   r  a record: content under the name that it should have
//   p  what a killed engine left of the last file
//   d, f, l  a folder, a pipe, or a link of this name (the content; a link leads to itself); RECORD and RECORDING are
//            those of the voice that the test adds
// What the store lists must be whole, and whatever lies there, voices can be added and deleted and foreign files stay.
#include <algorithm>
#include <fstream>
#include <span>

#include <sys/stat.h>

#include "Core/ContentHash.h"
#include "Fuzz/FuzzChecks.h"
#include "Server/Voices/Files.h"
#include "Server/Voices/Store.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using tableread::test::mustHold;
namespace fs = std::filesystem;

/** Nobody pulls the plug here. */
extern "C" int fsync (int)
{
    return 0;
}

namespace
{
constexpr std::string_view newName = "Eve", newSound = "a sound"; // of the voice that is added

/** Fills a folder by an input. */
class Contents
{
public:
    explicit Contents (fs::path where) : folder (std::move (where))
    {
        fs::remove_all (folder);
        fs::create_directory (folder);
        fs::permissions (folder, fs::perms::owner_all);
    }

    void add (std::string_view name, std::string_view content)
    {
        constexpr std::size_t longestName = 100;
        const bool isKind = name.size() == 1;
        const auto text = placeOf (std::string (isKind ? content : name));
        const bool isUsable = ! text.empty() && text.size() < longestName &&
                              text.find ('/') == std::string::npos && text != "." && text != "..";
        std::error_code there; // ignored: the first one stays
        if (isKind && name == "a")
            return addRecording (content);
        if (isKind && name == "v")
            return addVoice (content);
        if (isKind && name == "r")
            return addRecord (content);
        if (isKind && name == "p")
            return write (last + ".1.part", content);
        if (! isUsable)
            return;
        if (isKind && name == "d")
            fs::create_directory (folder / text, there);
        else if (isKind && name == "f")
            (void) ::mkfifo ((folder / text).c_str(), 0600);
        else if (isKind && name == "l")
            fs::create_symlink (text, folder / text, there);
        else
            write (text, content);
    }

private:
    static std::string placeOf (const std::string& name)
    {
        if (name == "RECORD")
            return recordFileName (keyOfVoiceName (newName));
        if (name != "RECORDING")
            return name;
        VoiceRecord added;
        added.hash = hashOfBytes (std::as_bytes (std::span (newSound)));
        return recordingFileName (added);
    }

    void write (const std::string& name, std::string_view content)
    {
        std::error_code none;
        last = name;
        if (! fs::exists (fs::symlink_status (folder / name, none)))
            std::ofstream (folder / name, std::ios::binary) << content;
    }

    void addRecording (std::string_view content)
    {
        record.hash = hashOfBytes (std::as_bytes (std::span (content)));
        record.bytes = static_cast<std::int64_t> (content.size());
        write (recordingFileName (record), content);
    }

    void addVoice (std::string_view name)
    {
        const auto usable = usableVoiceName (name);
        if (! usable || record.bytes == 0)
            return;
        record.name = *usable;
        write (recordFileName (keyOfVoiceName (*usable)), toJson (record));
    }

    void addRecord (std::string_view content)
    {
        const auto parsed = parseVoiceRecord (content);
        write (recordFileName (keyOfVoiceName (parsed ? parsed->name : "nobody")), content);
    }

    fs::path folder;
    std::string last = "nothing.json";
    VoiceRecord record;
};

void checkListing (const VoiceStore& store, const fs::path& folder)
{
    const auto listing = store.list();
    for (const auto& voice : listing.voices)
    {
        const auto byId = store.byId (voice.id());
        mustHold (byId.has_value() && *byId == voice, "a voice is found by its id");
        const auto byName = store.byName (voice.name);
        mustHold (byName.has_value() && *byName == voice, "and by its name");
        const auto recording = store.recordingOf (voice);
        mustHold (recording.parent_path() == folder, "its recording is in the store");
        mustHold (fs::is_regular_file (recording) &&
                      static_cast<std::int64_t> (fs::file_size (recording)) == voice.bytes,
                  "and as long as it should be");
    }
    for (const auto& note : listing.notes)
        mustHold (! note.empty() && note.size() < 4'000, "a note is a sentence");
}

bool isForeign (const fs::path& file)
{
    return ! isRecordFile (file) && ! isRecordingFile (file) && ! isTemporaryFile (file);
}

std::vector<fs::path> foreignIn (const fs::path& folder)
{
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator (folder))
        if (isForeign (entry.path()))
            found.push_back (entry.path());
    std::sort (found.begin(), found.end());
    return found;
}

void checkUse (VoiceStore& store)
{
    const auto accept = [] (const fs::path&) { return Result<std::int64_t> (1'000); };
    const auto added =
        store.add ({ .name = std::string (newName), .consent = "Yes.", .bytes = newSound }, accept);
    if (! added)
        return tableread::test::checkRefusal (added.error());
    const auto found = store.byName (newName);
    mustHold (found.has_value() && *found == *added, "a new voice is there");
    mustHold (store.remove (added->id()).has_value(), "and can be deleted");
    mustHold (! store.byName (newName).has_value(), "and is gone then");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    static const tableread::test::TemporaryFolder temporary;
    constexpr std::size_t mostFiles = 8;
    const auto folder = temporary.path() / "voices";
    Contents contents (folder);
    const auto parts = tableread::test::splitInput (data, size, 2 * mostFiles);
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
        if (! parts[i].empty())
            contents.add (parts[i], parts[i + 1]);
    VoiceStore store (folder);
    checkListing (store, folder);
    const auto foreign = foreignIn (folder);
    const auto voices = store.list().voices;
    store.tidy();
    mustHold (store.list().voices == voices, "tidying keeps the voices");
    checkUse (store);
    mustHold (foreignIn (folder) == foreign, "foreign files stay");
    checkListing (store, folder);
    return 0;
}
