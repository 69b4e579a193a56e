// SPDX-License-Identifier: Apache-2.0
// A session whose store is missing, full or read-only loses nothing, says so, and keeps its takes when it can.
#include <algorithm>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Core/Disk/PendingFile.h"
#include "Project/File/Voices.h"
#include "Project/Open/Bookkeeper.h"
#include "Source/Playback/PlayedProject.h"
#include "Source/Project/Documents.h"
#include "Source/Project/Open/SessionTakes.h"
#include "Support/SmallDisk.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
/** A dialogue that is played with a store on a disk of its own. */
struct Studio : PlayedProject
{
    TakeStoreOptions place() const
    {
        return { .folder = disk.path() / "disk" / "takes", .namedBy = "TABLEREAD_TAKES" };
    }

    Stage::Options withStore() const
    {
        auto options = fixture.options();
        options.store = std::make_shared<TakeStore> (place());
        return options;
    }

    project::Bookkeeper::Options books() const
    {
        return { .store = std::make_shared<TakeStore> (place()), .settling = 10ms, .retry = 50ms };
    }

    /** Renders all, and hears all of it, though the store refuses it with these words. */
    void playsThough (const std::string& refusal)
    {
        const FakeEngine engine (fixture.socket());
        Player player (source, withStore());
        player.renderAll();
        REQUIRE (isDone (player));
        const auto sound = expected();
        CHECK ((bounce (player.stage(), sound.size()) == sound));
        CHECK (player.stage().gaps().empty());
        REQUIRE (eventually ([&] { return source.document()->takes.size() == 3; }));
        REQUIRE (player.storeProblem());
        CHECK_THAT (player.storeProblem()->text(), Contains (refusal));
        CHECK (engine.jobs() == 3);
    }

    /** Gives Anna a recording of three seconds. @returns the hash of its samples */
    std::string record()
    {
        const auto file = disk.path() / "ada.wav";
        writeSound (file, sine (220, 3.0));
        auto member = memberWith ("Anna", { "Ada", file });
        member.moods[0].content = project::hashOfRecording (file).value();
        REQUIRE (source.edit (project::SetMember { member }));
        return member.moods[0].content;
    }

    TemporaryFolder disk {};
};

/** Takes all room that is left on a disk. */
void fill (const fs::path& file)
{
    constexpr std::size_t page = 4'096;
    std::ofstream stream (file, std::ios::binary);
    while (stream << std::string (page, 'x') << std::flush)
        ;
}

/** Whether there is a file in a folder that is only half written. */
bool hasPending (const fs::path& folder)
{
    const fs::recursive_directory_iterator all (folder);
    return std::any_of (begin (all), end (all),
                        [] (const auto& entry) { return isPendingName (entry.path()); });
}
} // namespace

TEST_CASE ("Without its store a session plays on, and keeps its takes once it is there",
           "[source][project][open][errors][threads]")
{
    Studio studio;
    project::Bookkeeper books (studio.source, studio.books());
    studio.playsThough ("there is no such folder. Mount its drive");
    REQUIRE (eventually ([&] { return books.problems().size() == 1; }));
    CHECK_THAT (books.problems()[0], Contains ("there is no such folder. Mount its drive"));

    fs::create_directories (studio.place().folder);
    const FakeEngine engine (studio.fixture.socket());
    Player player (studio.source, studio.withStore()); // as after a restart: what was lost is rendered again
    player.renderAll();
    REQUIRE (isDone (player));
    CHECK (engine.jobs() == 3);
    CHECK (eventually ([&] { return books.problems().empty(); }));
    const TakeStore store (studio.place());
    CHECK (eventually ([&] {
        const auto listed = store.session (studio.source.document()->id);
        return listed && listed->takes.size() == 3;
    }));
    const auto document = studio.source.document();
    for (const auto& take : document->takes)
        CHECK (eventually ([&] { return TakeStore (studio.place()).has ({ take->audio, take->length }); }));
    CHECK_FALSE (player.storeProblem());
}

TEST_CASE (
    "A store that comes back after the session was opened is read by the next bounce, without an engine",
    "[source][project][open][errors][threads]")
{
    Studio studio;
    fs::create_directories (studio.place().folder);
    {
        const FakeEngine engine (studio.fixture.socket());
        Player player (studio.source, studio.withStore());
        player.renderAll();
        REQUIRE (isDone (player));
        REQUIRE (eventually ([&] { return studio.source.document()->takes.size() == 3; }));
    }
    REQUIRE (studio.source.edit (project::SetLocked { { studio.line (0) }, true }));
    const auto sound = studio.expected();
    studio.setText ("late", "early"); // it plays what was said before
    const auto away = studio.disk.path() / "away";
    fs::rename (studio.place().folder, away);
    Player player (studio.source, studio.withStore());
    const auto hears = [&] { return bounce (player.stage(), sound.size()) == sound; };
    CHECK_FALSE (hears());
    CHECK (player.stage().gaps().size() == 3);
    fs::rename (away, studio.place().folder);
    CHECK (hears());
    CHECK (player.stage().gaps().empty());
}

TEST_CASE ("A full store, and one that may not be written, cost a session no take",
           "[source][project][open][errors][threads]")
{
    Studio studio;
    SmallDisk small (studio.disk.path() / "disk", "size=4k");
    if (! small.isMounted())
    {
        WARN ("only root can make a small disk");
        return;
    }
    fs::create_directories (studio.place().folder);
    SECTION ("full")
    {
        studio.playsThough ("there is no room left. Make room there");
        for (const auto& entry : fs::recursive_directory_iterator (studio.place().folder))
            CHECK_FALSE (entry.is_regular_file()); // nothing half-written
        REQUIRE (small.change ("size=8m"));
        const FakeEngine engine (studio.fixture.socket());
        Player player (studio.source, studio.withStore());
        player.renderAll();
        REQUIRE (isDone (player));
        REQUIRE (eventually ([&] {
            TakeStore store (studio.place());
            const auto takes = studio.source.document()->takes;
            return std::all_of (takes.begin(), takes.end(), [&] (const auto& take) {
                return store.has ({ take->audio, take->length });
            });
        }));
    }
    SECTION ("read-only")
    {
        REQUIRE (small.makeReadOnly());
        const project::Bookkeeper books (studio.source, studio.books());
        studio.playsThough ("it may not be written, Read-only file system");
        REQUIRE (eventually ([&] { return books.problems().size() == 1; }));
        CHECK_THAT (books.problems()[0], Contains ("it may not be written, Read-only file system"));
    }
}

TEST_CASE ("A full store costs its bookkeeper nothing: all that was due is written when there is room",
           "[source][project][open][errors][threads]")
{
    Studio studio;
    SmallDisk small (studio.disk.path() / "disk", "size=256k");
    if (! small.isMounted())
    {
        WARN ("only root can make a small disk");
        return;
    }
    fs::create_directories (studio.place().folder);
    TakeStore store (studio.place());
    auto take = wholeTake ({ 1 }, "one");
    take.audio = contentHash (samplesOfSession (1));
    REQUIRE (store.keep (samplesOfSession (1)));
    studio.source.addTake (take);
    fill (studio.disk.path() / "disk" / "others");

    const auto voice = studio.record();
    project::Bookkeeper books (studio.source, studio.books());
    books.keep ({ .places = { { "line 2, Ben", "the engine stopped", { 0 }, { 24'000 } } } });
    REQUIRE (eventually ([&] { return books.problems().size() == 1; }));
    CHECK_THAT (books.problems()[0], Contains ("there is no room left. Make room there"));
    std::this_thread::sleep_for (200ms); // it tries again
    CHECK (books.problems().size() == 1);
    CHECK (store.sessions().value().empty());
    CHECK (
        eventually ([&] { return ! hasPending (studio.place().folder); })); // but for what it is just trying

    REQUIRE (small.change ("size=8m"));
    CHECK (eventually ([&] { return books.problems().empty(); }));
    CHECK (store.session (studio.source.document()->id));
    CHECK_FALSE (store.fileWith (voice).empty());
    CHECK (eventually ([&] { return ! books.lastReport().empty(); }));
}

TEST_CASE ("A recording for which alone there is no room is kept when there is some",
           "[source][project][open][errors][threads]")
{
    Studio studio;
    SmallDisk small (studio.disk.path() / "disk", "size=16k");
    if (! small.isMounted())
    {
        WARN ("only root can make a small disk");
        return;
    }
    fs::create_directories (studio.place().folder);
    auto take = wholeTake ({ 1 }, "one");
    take.audio = std::string (32, '7'); // which is elsewhere
    studio.source.addTake (take);
    const auto voice = studio.record();
    const project::Bookkeeper books (studio.source, studio.books());
    TakeStore store (studio.place());
    REQUIRE (eventually ([&] { return store.session (studio.source.document()->id).has_value(); }));
    REQUIRE (books.problems().size() == 1);
    CHECK_THAT (books.problems()[0], Contains ("there is no room left. Make room there"));
    CHECK (store.fileWith (voice).empty());
    REQUIRE (small.change ("size=8m"));
    CHECK (eventually ([&] { return ! store.fileWith (voice).empty(); }));
    CHECK (eventually ([&] { return books.problems().empty(); }));
}

TEST_CASE ("A full store is evicted by who has a project open, and then takes what was due",
           "[source][project][open][errors][threads]")
{
    Studio studio;
    const SmallDisk small (studio.disk.path() / "disk", "size=256k");
    if (! small.isMounted())
    {
        WARN ("only root can make a small disk");
        return;
    }
    fs::create_directories (studio.place().folder);
    auto place = studio.place();
    place.mostBytes = 100'000;
    place.grace = -1h; // as if a day had gone by
    const auto store = std::make_shared<TakeStore> (place);
    std::uint64_t takes = 0;
    while (store->keep (samplesOfSession (2 * takes + 1)))
        ++takes;
    fill (studio.disk.path() / "disk" / "others");
    REQUIRE (takes > 5);
    auto take = wholeTake ({ 1 }, "one");
    take.audio = std::string (32, '7'); // which is elsewhere
    studio.source.addTake (take);
    const project::Bookkeeper books (
        studio.source, { .store = store, .settling = 10ms, .retry = 50ms, .firstEviction = 1s });
    CHECK (eventually ([&] { return books.problems().size() == 1; }));
    CHECK (eventually ([&] { return store->session (studio.source.document()->id).has_value(); }));
    CHECK (eventually ([&] { return books.problems().empty(); }));
    std::uint64_t left = 0;
    for (std::uint64_t each = 0; each < takes; ++each)
    {
        const auto samples = samplesOfSession (2 * each + 1);
        left += store->has ({ contentHash (samples), { std::ssize (samples) } }) ? 1 : 0;
    }
    CHECK (left < takes);
    CHECK (left > 0);
}

TEST_CASE ("An eviction that a full drive does not let begin is tried again, and makes room for new takes",
           "[source][project][open][errors][threads]")
{
    Studio studio;
    SmallDisk small (studio.disk.path() / "disk",
                     "size=8m,nr_inodes=40"); // room for bytes, but not for files
    if (! small.isMounted())
    {
        WARN ("only root can make a small disk");
        return;
    }
    fs::create_directories (studio.place().folder / "sessions");
    auto place = studio.place();
    place.mostBytes = 0;
    place.grace = -1h; // as if a day had gone by
    const auto store = std::make_shared<TakeStore> (place);
    std::uint64_t takes = 0;
    while (store->keep (samplesOfSession (2 * takes + 1)))
        ++takes;
    REQUIRE (takes > 5);
    const auto has = [&] (std::uint64_t take) {
        const auto samples = samplesOfSession (2 * take + 1);
        return store->has ({ contentHash (samples), { std::ssize (samples) } });
    };
    const project::Bookkeeper books (studio.source, { .store = store, .retry = 50ms, .firstEviction = 0ms });
    REQUIRE (
        eventually ([&] { return books.problems().size() == 1; })); // the eviction's, the only one there is
    CHECK_THAT (books.problems()[0], Contains ("there is no room left. Make room there"));
    CHECK (has (0));

    REQUIRE (small.change ("nr_inodes=42")); // enough to begin, not for the takes below
    CHECK (eventually ([&] { return books.problems().empty(); }));
    for (std::uint64_t take = 0; take < takes; ++take)
        CHECK_FALSE (has (take));
    for (std::uint64_t take = takes; take < takes + 3; ++take)
    {
        CHECK (store->keep (samplesOfSession (2 * take + 1)));
        CHECK (has (take));
    }
}
