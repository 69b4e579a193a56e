// SPDX-License-Identifier: GPL-3.0-or-later
// States and files that were cut or changed anywhere: a sentence, the same bytes, and nothing else.
#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "PluginFixture.h"
#include "Project/File/CastFile.h"
#include "Standalone/Files/ReadFile.h"
#include "Standalone/Files/Recovery.h"
#include "StateText.h"
#include "Support/FileContent.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
/** With takes, voices, moods, an anchor and a lock. */
std::string richState()
{
    static const auto made = [] {
        PluginFixture fixture;
        Workspace workspace (fixture.options());
        workspace.load (StateText {
            "Anna: Good evening.\nBen (low): Is it?\n", 7, true, [] (project::Project& source) {
                project::Member ben;
                ben.speaker = "Ben";
                ben.isChosen = true;
                ben.moods.emplace_back().voice = { "gruff", "/voices/ben.wav" };
                ben.moods.push_back ({ "low", { "david", {} }, {}, {} });
                REQUIRE (source.edit (project::SetMember { ben }));
                const auto line = source.document()->lines[1]->id;
                REQUIRE (source.edit (project::SetAnchor { line, project::AtSeconds { 3.5 } }));
            } }.text());
        REQUIRE (eventually ([&] { return isRendered (workspace); }));
        REQUIRE (workspace.edit (project::SetLocked { { workspace.document()->lines[0]->id }, true }));
        return *workspace.save();
    }();
    return made;
}

/** Bytes that a disk or a host may have changed: one of each kind of damage at each place, or each `step`-th. */
template <typename Use>
void forEachDamage (const std::string& whole, std::size_t step, const Use& use)
{
    auto end = whole.size();
    while (whole[end - 1] != '}') // white space behind it is not missed
        --end;
    for (std::size_t at = 1; at < end; at += step)
        use (whole.substr (0, at), true);
    for (std::size_t at = 0; at < whole.size(); at += step)
        for (const unsigned mask : { 0x01u, 0x20u, 0x80u })
        {
            auto changed = whole;
            changed[at] = (char) ((unsigned char) changed[at] ^ mask);
            use (changed, false);
        }
}

bool isSentence (const std::string& text)
{
    return ! text.empty() && text.find ('\n') == std::string::npos && text.size() < 500;
}

bool isNoted (const std::vector<std::string>& notes)
{
    return std::any_of (notes.begin(), notes.end(), [] (const auto& note) {
        return isSentence (note) && note.find ("checksum") != std::string::npos;
    });
}

/** Opens a damaged state in a session. */
void openState (Workspace& workspace, const std::string& bytes, bool isCut)
{
    INFO (bytes);
    workspace.load (bytes);
    const auto now = workspace.showing();
    if (workspace.isReadOnly())
    {
        REQUIRE (*workspace.save() == bytes);
        REQUIRE_FALSE (now.problems.empty());
        REQUIRE (isSentence (now.problems.front().text()));
        REQUIRE_FALSE (workspace.edit (project::SetScript { "Anna: Lost.\n" }));
        REQUIRE (*workspace.save() == bytes);
        return;
    }
    REQUIRE_FALSE (isCut);
    REQUIRE (isNoted (now.notes));
}

void damageStates (std::size_t step)
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path()));
    forEachDamage (richState(), step,
                   [&] (const std::string& bytes, bool isCut) { openState (workspace, bytes, isCut); });
    forEachDamage (contentOf (TABLEREAD_ROOT "/Tests/Data/state/v1.json"), step,
                   [&] (const std::string& bytes, bool isCut) {
                       INFO (bytes);
                       workspace.load (bytes); // which has no checksum
                       if (workspace.isReadOnly())
                           REQUIRE (*workspace.save() == bytes);
                       else
                           REQUIRE_FALSE (isCut);
                   });
    workspace.load (richState());
    CHECK_FALSE (workspace.isReadOnly());
    CHECK (documentIn (*workspace.save()) == documentIn (richState()));
}

void damageFiles (std::size_t step)
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.tableread";
    forEachDamage (richState(), step, [&] (const std::string& bytes, bool isCut) {
        INFO (bytes);
        std::ofstream (file, std::ios::binary) << bytes;
        const auto opened = readFile (file);
        if (opened)
        {
            REQUIRE_FALSE (isCut);
            REQUIRE (isNoted (opened->content.notes));
        }
        else
            REQUIRE (isSentence (opened.error().text()));
        REQUIRE (contentOf (file) == bytes);
    });
}

void damageAutosaves (std::size_t step)
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "0123456789abcdef.autosave";
    const auto head = autosaveHead ({});
    forEachDamage (head + richState(), step, [&] (const std::string& bytes, bool isCut) {
        INFO (bytes);
        std::ofstream (file, std::ios::binary) << bytes;
        const auto lost = findRecoverable (folder.path());
        REQUIRE (lost.size() == 1);
        const auto read = lost[0].read();
        if (! read)
            REQUIRE (isSentence (read.error().text()));
        else
            REQUIRE_FALSE (isCut);
        REQUIRE (contentOf (file) == bytes);
    });
}

void damageCasts (std::size_t step)
{
    const auto document = documentIn (richState());
    project::CastFile cast;
    for (const auto& member : document.cast)
        cast.members.push_back (*member);
    forEachDamage (project::toText (cast), step, [&] (const std::string& bytes, bool isCut) {
        INFO (bytes);
        const auto read = project::parseCast (bytes, "voices.cast");
        if (! read)
            REQUIRE (isSentence (read.error().text()));
        else
            REQUIRE_FALSE (isCut);
    });
}
} // namespace

TEST_CASE ("A state that was damaged somewhere is kept, or opened with a note", "[plugin][state][faults]")
{
    damageStates (23);
}

TEST_CASE ("A state that was damaged anywhere is kept, or opened with a note",
           "[plugin][state][faults][.slow]")
{
    damageStates (1);
}

TEST_CASE ("Files that were damaged somewhere are refused in a sentence, or opened with a note",
           "[plugin][standalone][faults]")
{
    damageFiles (23);
    damageAutosaves (23);
    damageCasts (11);
}

TEST_CASE ("Files that were damaged anywhere are refused in a sentence, or opened with a note",
           "[plugin][standalone][faults][.slow]")
{
    damageFiles (1);
    damageAutosaves (1);
    damageCasts (1);
}
