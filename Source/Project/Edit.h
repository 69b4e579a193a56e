// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "Core/Error.h"
#include "Project/Document.h"

namespace tableread::project
{
struct SetScript // the text as a whole; lines keep their ids (LineIds.h)
{
    std::string text;
};

/** Behind `after` (none: to the front), in this order; the script's text is rewritten. Text between lines goes with the
    line that follows it, but a scene's title only with all lines of the scene. Who speaks is named where it would no longer
    be clear, and lines that are next to others now no longer join them. Refused where the text would read otherwise. */
struct MoveLines
{
    std::vector<LineId> lines;
    LineId after;
};

struct SetJoined
{
    LineId line;
    bool joinsPrevious = false;
};

struct SetAnchor
{
    LineId line;
    std::optional<Anchor> anchor;
};

/** Several of them, as one step. */
struct SetAnchors
{
    std::vector<SetAnchor> anchors;
};

/** Chooses the take that is played now. Unlocking takes that back if it is stale. */
struct SetLocked
{
    LineId line;
    bool isLocked = false;
};

/** Asks for a take with a new seed, in place of a chosen one. Locked lines are left alone; it is refused if all are. */
struct Reroll
{
    std::vector<LineId> lines;
};

/** A choice ends when the passage asks for other words, voices or settings, unless it is locked. Refused for a take
    that is not whole or of other lines, and for a locked line. */
struct ChooseTake
{
    LineId line;
    TakeId take; // none: the newest again
};

struct PinTake
{
    TakeId take;
    bool isPinned = false;
};

/** By its speaker's name; added if there is none. The moods of a member that is not chosen are not changed, but those of
    one that was chosen before are taken away. A recording's content stays known if it is left out. */
struct SetMember
{
    Member member;
};

/** Several of them, as one step. */
struct SetMembers
{
    std::vector<Member> members;
};

/** All but HostSettings, which stay. */
struct SetSettings
{
    Settings settings;
};

/** What a user does; can be undone. */
using Edit = std::variant<SetScript, MoveLines, SetJoined, SetAnchor, SetAnchors, SetLocked, Reroll,
                          ChooseTake, PinTake, SetMember, SetMembers, SetSettings>;

/** The document after the edit. @returns InvalidInput if it names a line or take that is not there, or a value that cannot
    be; the document is as before. */
[[nodiscard]] Result<Document> apply (const Document& before, const Edit& edit);

/** For the menu: "Undo Move Lines". @param before  what it changes. */
const char* nameOf (const Document& before, const Edit& edit);
} // namespace tableread::project
