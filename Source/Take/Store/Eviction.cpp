// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/Eviction.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <unistd.h>

#include "Core/ContentHash.h"

namespace tableread
{
namespace
{
using File = StoreFolder::File;
using Moment = std::chrono::sys_seconds;

bool isNamed (const File& file, std::string_view ending)
{
    return file.path.extension() == ending && isContentHash (file.path.stem().string());
}

/** What a record or a session's file that cannot be read means for others: nobody knows what is in use. */
tl::unexpected<Error> unknownUse (const std::filesystem::path& file, const Error& why)
{
    return tl::make_unexpected (Error { why.code,
                                        file.string() + " cannot be read (" + why.text() +
                                            "), so it is not known which takes are in use, and none are "
                                            "removed. Update this program, or delete "
                                            "that file.",
                                        {} });
}

/** Takes and audio that may be removed. */
class Candidates
{
public:
    Candidates (const StoreFolder& where, Moment usedBefore) : folder (where), oldest (usedBefore) {}

    Result<void> find (const std::set<std::string>& kept);

    /** Removes takes, and audio that no record names, until the rest has so many bytes. */
    TakeStore::Eviction remove (std::int64_t mostBytes);

private:
    struct Stored
    {
        File record; // without a path: there is none
        std::filesystem::path audio;
    };

    Result<void> addRecord (const File& file, const std::set<std::string>& kept);
    void removeAudio (const std::filesystem::path& file);

    const StoreFolder& folder;
    Moment oldest;
    std::int64_t total = 0;
    std::vector<Stored> removable;
    std::map<std::filesystem::path, File> audio;
    std::map<std::filesystem::path, int> uses; // how many records name a file
};

Result<void> Candidates::addRecord (const File& file, const std::set<std::string>& kept)
{
    const auto text = folder.read (file.path, mostTakeRecordBytes);
    if (! text && text.error().code == ErrorCode::NotFound)
        return {}; // somebody has just removed it
    const auto record = text ? parseTakeRecord (*text) : tl::make_unexpected (text.error());
    if (! record && record.error().code != ErrorCode::InvalidInput)
        return unknownUse (file.path, record.error());
    total += file.bytes;
    const auto named = record ? folder.audio (record->audio) : std::filesystem::path();
    ++uses[named];
    auto stored = file;
    if (const auto found = audio.find (named); found != audio.end())
        stored.used = std::max (file.used, found->second.used);
    const bool isKept =
        kept.contains (file.path.stem().string()) || (record && kept.contains (record->audio.hash));
    if (! isKept && stored.used < oldest)
        removable.push_back ({ stored, named });
    return {};
}

Result<void> Candidates::find (const std::set<std::string>& kept)
{
    // Records after audio: what is put meanwhile has its audio first.
    const auto audioFiles = folder.audioFiles();
    const auto records = audioFiles ? folder.records() : audioFiles;
    if (! records)
        return tl::make_unexpected (records.error());
    for (const auto& file : *audioFiles)
        if (isNamed (file, ".wav") || isNamed (file, ".flac"))
        {
            audio.emplace (file.path, file);
            total += file.bytes;
        }
    for (const auto& file : *records)
        if (isNamed (file, ".json"))
            if (auto added = addRecord (file, kept); ! added)
                return added;
    for (const auto& [path, file] : audio)
        if (! uses.contains (path) && ! kept.contains (path.stem().string()))
            removable.push_back ({ { .used = file.used }, path });
    std::ranges::sort (removable, {}, [] (const Stored& stored) {
        return std::tuple (stored.record.used, stored.record.path, stored.audio);
    });
    return {};
}

void Candidates::removeAudio (const std::filesystem::path& file)
{
    const auto found = audio.find (file);
    if (found != audio.end() && StoreFolder::removeUnused (file, oldest))
        total -= found->second.bytes;
}

TakeStore::Eviction Candidates::remove (std::int64_t mostBytes)
{
    TakeStore::Eviction done;
    const auto before = total;
    for (const auto& stored : removable)
    {
        if (total <= mostBytes)
            break;
        if (stored.record.path.empty())
        {
            removeAudio (stored.audio);
            continue;
        }
        if (! StoreFolder::removeUnused (stored.record.path, oldest))
            continue;
        ++done.takes;
        total -= stored.record.bytes;
        if (--uses[stored.audio] == 0)
            removeAudio (stored.audio);
    }
    done.bytes = before - total;
    done.bytesLeft = total;
    return done;
}

/** What sessions use; sessions that are over and have pinned nothing are removed. */
Result<std::set<std::string>> keptTakes (const StoreFolder& folder, Moment seenSince)
{
    const auto sessions = readTakeSessions (folder);
    if (! sessions)
        return tl::make_unexpected (sessions.error());
    std::set<std::string> kept;
    for (const auto& session : *sessions)
    {
        kept.insert (session.pinned.begin(), session.pinned.end());
        if (session.seen >= seenSince)
            kept.insert (session.takes.begin(), session.takes.end());
        else if (session.pinned.empty())
            StoreFolder::removeUnused (folder.session (session.id), seenSince);
    }
    return kept;
}
} // namespace

Result<std::vector<TakeSession>> readTakeSessions (const StoreFolder& folder)
{
    const auto files = folder.sessions();
    if (! files)
        return tl::make_unexpected (files.error());
    std::vector<TakeSession> sessions;
    for (const auto& file : *files)
    {
        const auto id = file.path.stem().string();
        if (file.path.extension() != ".json" || ! isSessionId (id))
            continue;
        const auto text = folder.read (file.path, mostSessionBytes);
        if (! text && text.error().code == ErrorCode::NotFound)
            continue; // it has just been removed
        auto session = text ? parseTakeSession (*text) : tl::make_unexpected (text.error());
        if (session && session->id != id)
            session = tl::make_unexpected (Error { ErrorCode::InvalidInput, "it is another session's", {} });
        if (! session)
            return unknownUse (file.path, session.error());
        session->seen = std::max (session->seen, file.used); // the writer's clock may be wrong
        sessions.push_back (std::move (*session));
    }
    return sessions;
}

Result<void> removeAbandoned (const StoreFolder& folder, const TakeStoreOptions& options)
{
    for (const auto& files :
         { folder.records(), folder.failures(), folder.audioFiles(), folder.sessions(), folder.reports() })
    {
        if (! files)
            return tl::make_unexpected (files.error());
        std::optional<Moment> now; // asked for only if there is something to remove
        for (const auto& file : *files)
            if (isPendingName (file.path))
            {
                if (! now)
                {
                    const auto moment = folder.now();
                    if (! moment)
                        return tl::make_unexpected (moment.error());
                    now = *moment;
                }
                if (isAbandoned (file.path, *now - options.partAge))
                    ::unlink (file.path.c_str());
            }
    }
    return {};
}

Result<TakeStore::Eviction> evictTakes (const StoreFolder& folder, const TakeStoreOptions& options)
{
    if (auto tidied = removeAbandoned (folder, options); ! tidied)
        return tl::make_unexpected (tidied.error());
    const auto now = folder.now();
    if (! now)
        return tl::make_unexpected (now.error());
    const auto kept = keptTakes (folder, *now - options.sessionAge);
    if (! kept)
        return tl::make_unexpected (kept.error());
    Candidates candidates (folder, *now - options.grace);
    if (auto found = candidates.find (*kept); ! found)
        return tl::make_unexpected (found.error());
    return candidates.remove (options.mostBytes);
}
} // namespace tableread
