// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "Playback/Stage.h"
#include "Project/Edit.h"
#include "Project/Passages.h"

namespace tableread::plugin
{
/** A take as the panel shows it, or the one that is on its way. */
struct TakeEntry
{
    enum class State
    {
        Waiting, // for the engine
        Loading, // from the store
        Rendering,
        Done,
        Failed
    };

    project::TakeId id;     // none: it is in no document yet
    std::size_t number = 0; // among those of its passage, the oldest is 1
    std::uint64_t seed = 0; // all 64 bits of it
    State state = State::Done;
    double fraction = 1.0;   // 0 to 1
    double seconds = 0.0;    // of audio; 0: none yet
    std::string fingerprint; // of the engine
    std::string remark;      // why it is stale, has failed or is cut; empty: it is as it should be
    bool isStale = false;    // made for other words, voices or settings
    bool isPinned = false;
    bool isChosen = false;  // by the user
    bool isHeard = false;   // is what plays now
    bool isCurrent = false; // is what the passage asks for now

    bool operator== (const TakeEntry&) const = default;
};

/** What a button does: an edit, or nothing, and why. */
struct TakeAction
{
    std::optional<project::Edit> edit {};
    std::string why {}; // there is none, in a sentence; may be empty

    explicit operator bool() const { return edit.has_value(); }
};

/** What the takes' panel shows of the passage with a line that was selected, and the edits that it makes. Threads: one at a
    time. */
class TakesModel
{
public:
    TakesModel();

    /** @param lines the selected ones; takes are those of the first one's passage. Lines that are gone are left out. */
    void show (std::shared_ptr<const project::Document> document,
               const std::shared_ptr<const playback::View>& view, std::vector<project::LineId> lines);

    /** The first line of the passage; none: nothing is selected. */
    project::LineId passageLine() const;

    /** "Line 12  Anna: Good evening.", "Lines 12 to 14, locked  Anna: Good evening.", "3 lines are selected.  Line 12  Anna: …" */
    std::string title() const;

    bool isLocked() const;
    std::size_t selectedLines() const { return selected.size(); }

    /** Newest first. */
    const std::vector<TakeEntry>& entries() const { return all; }
    const TakeEntry* entryOf (project::TakeId take) const; // null: it is not there

    /** Of all selected lines. */
    TakeAction reroll() const;

    /** Of the passage, where it is the only one that is selected. */
    TakeAction newestAgain() const;
    TakeAction toggleLock() const;
    TakeAction join() const;  // the passage with the line before it
    TakeAction split() const; // before the line that is selected

    /** Of a take. */
    TakeAction choose (project::TakeId take) const;
    TakeAction togglePin (project::TakeId take) const;
    bool canHear (project::TakeId take) const;

    /** Whether what the passage asks for has failed, and may be asked for once more. */
    bool canRetry() const;

    /** What plays now, and what to compare it with: `other`, else the newest take that is another; none: there is none. */
    std::pair<project::TakeId, project::TakeId> comparison (project::TakeId other) const;

private:
    void addTakes();
    void addComing (const playback::PartView& part);
    const project::Line& first() const;
    const char* whyNotOne() const;

    std::shared_ptr<const project::Document> document; // never null
    std::vector<project::LineId> selected;
    std::size_t place = 0;        // of the first selected line
    project::PassageView passage; // that it is in; without lines: nothing is selected
    bool hasOthers = false;       // lines of other passages are selected too
    std::vector<TakeEntry> all;
};

/** "Take 3, plays now, chosen, pinned". */
std::string titleOf (const TakeEntry& entry);

/** "Rendering, 40 %", "Waiting"; empty for one that is complete. */
std::string progressOf (const TakeEntry& entry);

/** "Seed 4, cpu 7b11". */
std::string detailsOf (const TakeEntry& entry);

/** "cuda-sm90-bf16-k1-t88cb923c-7b11…" as "cuda-sm90 7b11": device and model, for people. */
std::string shortFingerprint (const std::string& fingerprint);
} // namespace tableread::plugin
