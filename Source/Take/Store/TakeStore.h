// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "Take/SampleStore.h"
#include "Take/Store/Folder.h"
#include "Take/Store/Record.h"
#include "Take/Store/Session.h"

namespace tableread
{
/** Finished takes in a folder, which any number of processes and machines share: the plugin, the command line, the workers
    of a farm. A take is found by its request, so what one has rendered no other one renders again; and its samples by their
    own name (SampleStore), as projects know them, whether there is a request or not.

    Files     Assets/docs/takes.md. Two that put the same take do no harm, nor does one that is killed. No locks, no mapped
              files: only that a name is made once, and that renaming replaces.
    Threads   any. Nothing is kept in memory. Everything waits for a disk, perhaps one at the other end of a network: for a
              worker thread, not for the message thread.
    Errors    in one sentence with what to do; none of them costs the samples that the caller holds.
                NotFound      there is no such take, or the folder is gone
                InvalidInput  a damaged take, which is moved aside; a folder that may not be written
                Unsupported   a newer version has written it; or there is no folder
                OutOfMemory   there is no room on the disk
                Io            the disk fails */
class TakeStore : public SampleStore
{
public:
    explicit TakeStore (TakeStoreOptions wanted) : options (std::move (wanted)), folder (options) {}

    /** Keeps a take; it is on the disk when this returns. One that is there already stays.
        @returns its record; also InvalidInput or OutOfRange for a request or samples that no engine gives. */
    [[nodiscard]] Result<TakeRecord> put (const TakeRequest& request, Take::Ending ending,
                                          std::span<const float> samples) const;

    struct StoredTake
    {
        TakeRecord record;
        std::vector<float> samples; // bit for bit what was put
    };

    /** Reads a take and checks its samples; notes that it is used. With InvalidInput or NotFound it has to be rendered
        (again). */
    [[nodiscard]] Result<StoredTake> get (const std::string& key) const;

    /** The same without the samples, which are there but may be damaged. */
    [[nodiscard]] Result<TakeRecord> find (const std::string& key) const;

    bool contains (const std::string& key) const { return find (key).has_value(); }

    /** Notes that a request cannot be spoken, with a sentence that says why: whoever finds it need not try again. */
    [[nodiscard]] Result<void> putFailure (const TakeFailure& failure) const;

    /** @returns NotFound if nobody has noted that. */
    [[nodiscard]] Result<TakeFailure> failure (const std::string& key) const;

    /** The keys of all that were noted, sorted. */
    [[nodiscard]] Result<std::vector<std::string>> failures() const;

    // By the samples' name; load() notes that they are used.
    bool has (const SamplesName& name) override;
    [[nodiscard]] Result<std::vector<float>> load (const SamplesName& name) override;
    [[nodiscard]] Result<void> keep (std::span<const float> samples) override;
    [[nodiscard]] Result<std::string> file (const SamplesName& name) override;
    std::filesystem::path fileWith (const std::string& hash) override;
    [[nodiscard]] Result<void> keepFile (const SamplesName& name, const std::string& bytes) override;
    [[nodiscard]] Result<std::vector<float>> decode (const SamplesName& name,
                                                     const std::string& bytes) override;

    /** The keys of all takes, sorted. */
    [[nodiscard]] Result<std::vector<std::string>> list() const;

    /** Writes down which takes a session uses, as seen now: when that changes, and at least once a week as long as the
        session is open. @returns also InvalidInput if its id or a key cannot be used, or if there are too many. */
    [[nodiscard]] Result<void> keepSession (TakeSession session) const;

    /** What it says now. @returns NotFound if there is none; InvalidInput or Unsupported if it cannot be read. */
    [[nodiscard]] Result<TakeSession> session (const std::string& id) const;

    /** Its takes may go. */
    [[nodiscard]] Result<void> forgetSession (const std::string& id) const;

    /** All of them. @returns InvalidInput or Unsupported if one of them cannot be read. */
    [[nodiscard]] Result<std::vector<TakeSession>> sessions() const;

    /** Removes what processes have begun to write and, since they were killed, never completed. */
    [[nodiscard]] Result<void> tidy() const;

    struct Eviction
    {
        std::int64_t takes = 0, bytes = 0; // removed
        std::int64_t bytesLeft = 0;        // more than options.mostBytes, if the rest is in use
    };

    /** Tidies, and removes the least recently used takes until the rest has at most options.mostBytes. No pinned one, none
        of a session seen within options.sessionAge, and none put or used by anybody within options.grace. Nothing is
        removed without options.evicts. @returns also the errors of sessions(): without them it is not known what is in use. */
    [[nodiscard]] Result<Eviction> evict() const;

    /** The same, unless anybody has begun it less than `pause` ago, or there is no folder yet: for who does so now and then.
        @returns empty if nothing was done. */
    [[nodiscard]] Result<std::optional<Eviction>> evictAfter (std::chrono::seconds pause) const;

    /** Keeps a text for people beside the takes, named by the session and the time; of a session the newest `mostReports`,
        none for longer than options.sessionAge.
        @param over  a report that this one corrects: its file is written anew; empty: none
        @returns its file */
    static constexpr std::size_t mostReports = 20;
    [[nodiscard]] Result<std::filesystem::path> keepReport (const std::string& session,
                                                            const std::string& text,
                                                            const std::filesystem::path& over = {}) const;

private:
    Result<void> writeRecord (const TakeRecord& record, const std::string& key) const;
    void dropReports (const std::string& session) const;

    // Samples.cpp
    static Result<void> checkSamples (std::span<const float> samples);
    Result<void> keepAudio (const AudioObject& object, std::span<const float> samples) const;

    /** `name`: what people are told that was damaged or lost. */
    Result<std::vector<float>> read (const AudioObject& object, const std::string& name) const;
    tl::unexpected<Error> cutOrLost (const std::string& hash) const;
    tl::unexpected<Error> damaged (const std::filesystem::path& file, const std::string& name,
                                   const std::string& why) const;

    /** Whether its file is there and, as far as that is known, as long as it should be. */
    bool hasAudio (const AudioObject& object) const;
    std::optional<AudioObject> audioOf (const SamplesName& name) const;

    TakeStoreOptions options;
    StoreFolder folder;
};
} // namespace tableread
