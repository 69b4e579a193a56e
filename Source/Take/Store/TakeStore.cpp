// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/TakeStore.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"
#include "Take/Store/Eviction.h"

namespace tableread
{
namespace
{
tl::unexpected<Error> about (const std::string& key, ErrorCode code, const std::string& why)
{
    return tl::make_unexpected (Error { code, "the take " + key + ' ' + why, {} });
}

tl::unexpected<Error> noTakesKey()
{
    return tl::make_unexpected (Error { ErrorCode::NotFound, "this is no take's key", {} });
}

tl::unexpected<Error> noSessionsId()
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, "this is no session's id", {} });
}

/** The sorted keys of files that are named by them. */
std::vector<std::string> keysOf (const std::vector<StoreFolder::File>& files)
{
    std::vector<std::string> keys;
    for (const auto& file : files)
        if (isContentHash (file.path.stem().string()) && file.path.extension() == ".json")
            keys.push_back (file.path.stem().string());
    std::ranges::sort (keys);
    return keys;
}

auto writing (const std::string& text)
{
    return [&text] (int descriptor) { return writeBytes (descriptor, std::as_bytes (std::span (text))); };
}
} // namespace

Result<TakeRecord> TakeStore::put (const TakeRequest& request, Take::Ending ending,
                                   std::span<const float> samples) const
{
    if (auto good = request.check().and_then ([samples] { return checkSamples (samples); }); ! good)
        return tl::make_unexpected (good.error());
    const auto key = request.key();
    TakeRecord record { request, ending, AudioObject::of (samples) };
    // Somebody may remove either because it was not used for long, just before this notes its use.
    constexpr int tries = 3;
    for (int i = 0; i < tries; ++i)
    {
        if (auto done =
                keepAudio (record.audio, samples).and_then ([&] { return writeRecord (record, key); });
            ! done)
            return tl::make_unexpected (done.error());
        if (hasAudio (record.audio) && StoreFolder::noteUse (folder.record (key)))
            return record;
    }
    return about (key, ErrorCode::Io, "is removed by others while it is stored. Check its drive.");
}

/** Writes a record, unless the same is there. */
Result<void> TakeStore::writeRecord (const TakeRecord& record, const std::string& key) const
{
    const auto file = folder.record (key);
    const auto text = toJson (record);
    const auto there = folder.read (file, mostTakeRecordBytes);
    if (there && *there == text && StoreFolder::noteUse (file))
        return {};
    if (there)
        if (const auto other = parseTakeRecord (*there);
            ! other && other.error().code == ErrorCode::Unsupported)
            return about (key, ErrorCode::Unsupported,
                          "is there already, in a form of a newer version. Update this one.");
    return folder.write (file, writing (text));
}

Result<TakeRecord> TakeStore::find (const std::string& key) const
{
    if (! isContentHash (key))
        return noTakesKey();
    const auto file = folder.record (key);
    const auto text = folder.read (file, mostTakeRecordBytes);
    if (! text && text.error().code == ErrorCode::InvalidInput)
        return damaged (file, key, text.error().message);
    if (! text)
        return tl::make_unexpected (text.error());
    auto record = parseTakeRecord (*text);
    if (! record && record.error().code == ErrorCode::Unsupported)
        return about (key, ErrorCode::Unsupported, "was stored by a newer version. Update this one.");
    if (! record)
        return damaged (file, key, record.error().text());
    if (record->request.key() != key)
        return damaged (file, key, "it is another take's record");
    if (! hasAudio (record->audio))
        return about (key, ErrorCode::NotFound, "has lost its audio, and has to be rendered again.");
    StoreFolder::noteUse (file);
    return record;
}

Result<TakeStore::StoredTake> TakeStore::get (const std::string& key) const
{
    auto record = find (key);
    if (! record)
        return tl::make_unexpected (record.error());
    auto samples = read (record->audio, key);
    if (! samples)
        return tl::make_unexpected (samples.error());
    return StoredTake { std::move (*record), std::move (*samples) };
}

Result<std::vector<std::string>> TakeStore::list() const
{
    return folder.records().map (keysOf);
}

Result<void> TakeStore::putFailure (const TakeFailure& failure) const
{
    const auto text = toJson (failure);
    if (const auto again = parseTakeFailure (text); ! again)
        return tl::make_unexpected (again.error());
    return folder.write (folder.failure (failure.request.key()), writing (text));
}

Result<TakeFailure> TakeStore::failure (const std::string& key) const
{
    if (! isContentHash (key))
        return noTakesKey();
    const auto file = folder.failure (key);
    const auto text = folder.read (file, mostTakeRecordBytes);
    auto failure = text ? parseTakeFailure (*text) : tl::make_unexpected (text.error());
    if (failure && failure->request.key() != key)
        return damaged (file, key, "it is of another request");
    if (! failure && failure.error().code == ErrorCode::InvalidInput)
        return damaged (file, key, failure.error().message);
    return failure;
}

Result<std::vector<std::string>> TakeStore::failures() const
{
    return folder.failures().map (keysOf);
}

Result<void> TakeStore::keepSession (TakeSession session) const
{
    session.seen = std::chrono::floor<std::chrono::seconds> (std::chrono::system_clock::now());
    const auto text = toJson (session);
    if (const auto again = parseTakeSession (text); ! again)
        return tl::make_unexpected (again.error());
    return folder.write (folder.session (session.id), writing (text));
}

Result<TakeSession> TakeStore::session (const std::string& id) const
{
    if (! isSessionId (id))
        return noSessionsId();
    const auto text = folder.read (folder.session (id), mostSessionBytes);
    return text ? parseTakeSession (*text) : tl::make_unexpected (text.error());
}

Result<void> TakeStore::forgetSession (const std::string& id) const
{
    if (! isSessionId (id))
        return noSessionsId();
    return folder.remove (folder.session (id));
}

Result<std::vector<TakeSession>> TakeStore::sessions() const
{
    return readTakeSessions (folder);
}

Result<void> TakeStore::tidy() const
{
    return removeAbandoned (folder, options);
}

Result<TakeStore::Eviction> TakeStore::evict() const
{
    if (! options.evicts)
        return Eviction {};
    return evictTakes (folder, options);
}

Result<std::optional<TakeStore::Eviction>> TakeStore::evictAfter (std::chrono::seconds pause) const
{
    if (! options.evicts)
        return std::nullopt;
    if (auto isThere = folder.checkThere(); ! isThere)
        return tl::make_unexpected (isThere.error());
    const auto last = folder.lastEviction();
    if (! last) // what is not there yet is not made for this
        return std::nullopt;
    const auto now = folder.now();
    if (! now)
        return tl::make_unexpected (now.error());
    if (*now - *last < pause && *last <= *now)
        return std::nullopt;
    // First, so that nobody else begins too.
    if (auto noted = folder.write (folder.evictionMark(), [] (int) { return 0; }); ! noted)
        return tl::make_unexpected (noted.error());
    return evict().map ([] (const Eviction& done) { return std::optional (done); });
}

Result<std::filesystem::path> TakeStore::keepReport (const std::string& session, const std::string& text,
                                                     const std::filesystem::path& over) const
{
    constexpr int mostOfASecond = 9;
    if (! isSessionId (session))
        return noSessionsId();
    const auto time = std::chrono::floor<std::chrono::seconds> (std::chrono::system_clock::now());
    auto file = folder.report (session, time, 1);
    std::error_code ignored;
    for (int number = 2; number <= mostOfASecond && std::filesystem::exists (file, ignored); ++number)
        file = folder.report (session, time, number);
    if (! over.empty())
        file = over;
    if (auto written = folder.write (file, writing (text)); ! written)
        return tl::make_unexpected (written.error());
    dropReports (session);
    return file;
}

void TakeStore::dropReports (const std::string& session) const
{
    const auto reports = folder.reports();
    const auto now = reports ? folder.now() : tl::make_unexpected (reports.error());
    if (! now)
        return; // the next one will
    std::vector<std::filesystem::path> own;
    for (const auto& file : *reports)
        if (file.used < *now - options.sessionAge)
            StoreFolder::removeUnused (file.path, *now - options.sessionAge);
        else if (file.path.filename().string().starts_with (session + '.') && file.path.extension() == ".txt")
            own.push_back (file.path);
    std::ranges::sort (own); // by their times
    for (std::size_t i = 0; i + mostReports < own.size(); ++i)
        (void) folder.remove (own[i]);
}
} // namespace tableread
