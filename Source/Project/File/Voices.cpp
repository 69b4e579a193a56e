// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Voices.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "Core/ContentHash.h"
#include "Core/Units.h"
#include "Voice/Reader.h"
#include "Voice/Recording.h"

namespace tableread::project
{
namespace
{
constexpr std::size_t mostListed = 2000, mostHashed = 200; // files of the project's folder
constexpr std::array<std::string_view, 9> soundExtensions { ".wav",  ".flac", ".ogg", ".opus", ".mp3",
                                                            ".aiff", ".aif",  ".w64", ".caf" };

void addSounds (const std::filesystem::path& folder, std::vector<std::filesystem::path>& files,
                std::vector<std::filesystem::path>* folders)
{
    std::error_code failed;
    std::size_t listed = 0;
    for (std::filesystem::directory_iterator entry (folder, failed), end;
         ! failed && entry != end && ++listed <= mostListed; entry.increment (failed))
    {
        std::error_code ignored;
        if (folders != nullptr && entry->is_directory (ignored))
            folders->push_back (entry->path());
        else if (files.size() < mostListed && isSound (entry->path()) && entry->is_regular_file (ignored))
            files.push_back (entry->path());
    }
}

/** The sounds in a folder and the folders in it, in an order that is always the same. */
std::vector<std::filesystem::path> soundsIn (const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files, folders;
    addSounds (folder, files, &folders);
    std::sort (folders.begin(), folders.end());
    for (const auto& inner : folders)
        if (files.size() < mostListed)
            addSounds (inner, files, nullptr);
    std::sort (files.begin(), files.end());
    return files;
}

class Search
{
public:
    Search (const VoicePlaces& wanted, const Document& document) : places (wanted)
    {
        for (const auto& member : document.cast)
            for (const auto& mood : member->moods)
                if (mood.voice.path.is_absolute())
                    folders.insert (mood.voice.path.parent_path());
    }

    /** @returns whether the mood was changed. */
    bool find (const std::string& speaker, Mood& mood)
    {
        if (mood.voice.path.empty())
            return false;
        const auto before = mood;
        const auto present = presentOf (mood);
        if (const auto found = mood.content.empty() ? present : matching (mood))
        {
            use (speaker, mood, *found);
            if (*found != before.voice.path.lexically_normal())
                notes.push_back (speaker + "'s voice " + recordingName (before) + " was found as " +
                                 found->string() + '.');
        }
        else if (present)
        {
            use (speaker, mood, *present);
            notes.push_back (speaker + "'s voice " + present->string() +
                             " sounds otherwise than when it was used: what it spoke is rendered again.");
        }
        else
        {
            missing.push_back (mood.voice);
            notes.push_back (speaker + "'s voice " + recordingName (mood) +
                             " was not found: it is neither at " + mood.voice.path.string() +
                             " nor in the take store or the project's folder. Choose its file again.");
        }
        return ! (mood == before);
    }

    std::vector<std::string> notes;
    std::vector<VoiceReference> missing;

private:
    /** No hash: it cannot be read. */
    const KnownRecording& knownOf (const std::filesystem::path& file)
    {
        const auto before = known.find (file);
        if (before != known.end())
            return before->second;
        std::error_code ignored;
        const auto read = std::filesystem::is_regular_file (file, ignored)
                              ? places.know (file)
                              : Result<KnownRecording> (KnownRecording());
        return known.emplace (file, read.value_or (KnownRecording())).first->second;
    }

    const std::string& hashOf (const std::filesystem::path& file) { return knownOf (file).hash; }

    std::vector<std::filesystem::path> namedPlaces (const Mood& mood) const
    {
        std::vector<std::filesystem::path> named;
        if (! places.folder.empty() && ! mood.relative.empty())
            named.push_back ((places.folder / mood.relative).lexically_normal());
        named.push_back ((places.folder / mood.voice.path).lexically_normal()); // most are absolute
        return named;
    }

    /** A recording that is where the project says, whatever is in it. */
    std::optional<std::filesystem::path> presentOf (const Mood& mood)
    {
        for (const auto& file : namedPlaces (mood))
            if (! hashOf (file).empty())
                return file;
        return {};
    }

    std::optional<std::filesystem::path> matching (const Mood& mood)
    {
        auto candidates = namedPlaces (mood);
        for (const auto& folder : folders)
            candidates.push_back (folder / mood.voice.path.filename());
        if (places.inStore)
            if (auto stored = places.inStore (mood.content); ! stored.empty())
                candidates.push_back (std::move (stored));
        for (const auto& file : candidates)
            if (hashOf (file) == mood.content)
                return file;
        return inFolder (mood);
    }

    /** Those of the same name first. */
    std::optional<std::filesystem::path> inFolder (const Mood& mood)
    {
        if (places.folder.empty())
            return {};
        if (! sounds)
            sounds = soundsIn (places.folder);
        auto files = *sounds;
        const auto name = mood.voice.path.filename();
        std::stable_partition (files.begin(), files.end(),
                               [&] (const auto& file) { return file.filename() == name; });
        for (const auto& file : files)
        {
            if (! known.contains (file) && ++hashed > mostHashed)
                return {};
            if (hashOf (file) == mood.content)
                return file;
        }
        return {};
    }

    void use (const std::string& speaker, Mood& mood, const std::filesystem::path& file)
    {
        const auto& [hash, seconds] = knownOf (file);
        mood.voice.path = file;
        mood.content = hash;
        if (const auto remark = seconds > 0.0 ? remarkOnLength (seconds) : std::string(); ! remark.empty())
            notes.push_back (speaker + "'s voice " + recordingName (mood) + remark);
    }

    const VoicePlaces& places;
    std::set<std::filesystem::path> folders;                  // where the cast has recordings, or had them
    std::map<std::filesystem::path, KnownRecording> known;    // of the files that were looked at
    std::optional<std::vector<std::filesystem::path>> sounds; // of the project's folder
    std::size_t hashed = 0;                                   // of them
};
} // namespace

std::string recordingName (const Mood& mood)
{
    const auto& path = mood.voice.path;
    const bool isStores = ! mood.content.empty() && path.stem() == mood.content && ! mood.voice.name.empty();
    return isStores ? mood.voice.name : path.filename().string();
}

bool isSound (const std::filesystem::path& file)
{
    auto extension = file.extension().string();
    for (auto& letter : extension)
        if (letter >= 'A' && letter <= 'Z')
            letter = (char) (letter - 'A' + 'a');
    return std::find (soundExtensions.begin(), soundExtensions.end(), extension) != soundExtensions.end();
}

FoundVoices findVoices (const std::shared_ptr<const Document>& document, const VoicePlaces& places)
{
    Search search (places, *document);
    Document changed = *document;
    bool isChanged = false;
    for (auto& member : changed.cast)
    {
        auto copy = *member;
        bool hasNew = false;
        for (auto& mood : copy.moods)
            hasNew = search.find (copy.speaker, mood) || hasNew;
        if (! hasNew)
            continue;
        member = std::make_shared<const Member> (std::move (copy));
        isChanged = true;
    }
    return { isChanged ? std::make_shared<const Document> (std::move (changed)) : document,
             std::move (search.notes), std::move (search.missing) };
}

Result<KnownRecording> knowRecording (const std::filesystem::path& file, const ReaderProcess& process)
{
    constexpr int tries = 5;
    auto recording = readRecording (file, process);
    // Whoever else uses one of the take store's meanwhile sets its time, which looks as if the file had changed.
    for (int i = 1; i < tries && ! recording && recording.error().code == ErrorCode::Io; ++i)
        recording = readRecording (file, process);
    return recording.map ([] (const Recording& read) {
        return KnownRecording { contentHash (read.samples),
                                (double) read.samples.size() / (double) modelSampleRateHz };
    });
}

Result<std::string> hashOfRecording (const std::filesystem::path& file, const ReaderProcess& process)
{
    return knowRecording (file, process).map ([] (const KnownRecording& read) { return read.hash; });
}
} // namespace tableread::project
