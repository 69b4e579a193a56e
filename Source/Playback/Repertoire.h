// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "Playback/Keeper.h"
#include "Playback/Score.h"

namespace tableread::playback
{
enum class PartState
{
    Missing, // nobody has asked for it
    Loading, // from the store
    Queued,
    Rendering,
    Done,
    Stale, // a take of other words is heard, because its line is locked or that take was chosen
    Failed
};

/** Why a take has failed, in words for who sees whose line it is: without the names that fields of the request have, and without
    advice for programs. */
std::string whyItFailed (const Take& take);

/** The parts of a score and their takes, as far as these are in memory, at the host's rate. Threads: one at a time. */
class Repertoire
{
public:
    /** A take in memory. */
    struct Holding
    {
        std::shared_ptr<Take> take;
        std::shared_ptr<HostAudio> audio {};    // null: not at the host's rate yet
        bool isKept = false;                    // it can be loaded again
        bool isHandedOn = false;                // to the keeper
        bool isAsked = false;                   // for, in this session
        std::uint64_t lookedAt = 0, soonAt = 0; // by hostOne(), counted: last, and as one that is heard soon
    };

    /** What a part plays now. */
    struct Entry
    {
        Holding* holding = nullptr;
        PartState state = PartState::Missing;
        std::string reason {}; // why it is Failed
    };

    /** Another score. Nothing of the one before may be used any more until match(). */
    void play (Score next);

    const Score& score() const { return parts; }
    const std::vector<Entry>& entries() const { return playing; }

    /** Finds what each part plays, and lets go of all else: a take that is still rendered is passed to `abandon`. */
    void match (const std::function<void (const Take&)>& abandon);

    /** A take to be rendered for a part that is Missing. */
    std::shared_ptr<Take> ask (std::size_t index);

    /** The part is Missing again; its take, if it was asked for, is the caller's to cancel. */
    void forget (std::size_t index);

    /** Parts that Failed are Missing again, or that of one line; match() has to follow. */
    void retryAll();
    void retry (std::uint64_t line);

    /** Parts whose failure was the engine's fault, or whose take the store did not have, are asked for and looked for again:
        both may be otherwise by now. match() has to follow. @returns whether there are any. */
    bool retryUnreached();

    /** Parts to be loaded that nobody loads yet, the first of `order` first, so many that `most` are under way. */
    std::vector<const Part*> toLoad (std::span<const std::size_t> order, std::size_t most);
    void loaded (const std::string& audio, Result<std::shared_ptr<Take>> take);

    /** Takes that were rendered to their ends since the last call. */
    std::vector<FinishedTake> finished();
    void kept (const KeptTake& take);

    /** Takes that have failed since the last call, with the index of a part. */
    std::vector<std::size_t> failed();

    /** All audio is made anew. */
    void setRate (double hertz);
    double hostRate() const { return rate; }

    /** Resamples what takes have more; @returns whether one of them has ended or its part has another state. */
    bool pump();

    /** Resamples the first in `order` that is not yet: all that is heard within two minutes, and of the rest as much as there is
        room for, which is about six minutes at 48 kHz; what was heard last, or is heard late, makes room. So what is kept
        does not grow with the script. @returns false if there is nothing to do. */
    bool hostOne (std::span<const std::size_t> order);

    /** Whether there is more than hostOne() keeps, so that it depends on the playhead. */
    bool isPartlyHosted() const { return hasUnhosted; }

    static constexpr double soonSeconds = 120.0;
    static constexpr std::int64_t mostHosted = 16'000'000; // samples at the host's rate, 64 MB

private:
    Entry entryOf (const Part& part);
    Holding* askedFor (const Part& part);
    bool isUnreached (std::size_t index) const;
    void retryAt (std::size_t index);
    bool prepare (Entry& entry) const;
    void makeRoom (std::int64_t held);
    void release (const std::function<void (const Take&)>& abandon);

    Score parts;
    std::vector<Entry> playing;
    std::map<std::string, Holding> byName;   // rendered in this session, by the name of what was asked for
    std::map<std::string, Holding> byAudio;  // whole ones, by their hashes
    std::set<std::string> loading;           // hashes
    std::map<std::string, Error> unreadable; // hashes, and why
    std::set<std::string> forgiven;          // names whose failure does not count any more
    std::set<std::string> told;              // names whose failure was told
    std::set<std::string> again; // names that another engine has begun, and that were asked for once more
    double rate = (double) modelSampleRateHz;
    std::uint64_t looks = 0; // of hostOne()
    bool hasUnhosted = false;
};
} // namespace tableread::playback
