// SPDX-License-Identifier: Apache-2.0
// A session whose store is missing, full or read-only loses nothing, says so, and keeps its takes when it can.
#include <catch2/catch.hpp>

#include "Project/Open/Bookkeeper.h"
#include "Source/Playback/PlayedProject.h"
#include "Support/SmallDisk.h"

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

    TemporaryFolder disk {};
};
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
    for (const auto& take : studio.source.document()->takes)
        CHECK (eventually ([&] { return TakeStore (studio.place()).has ({ take->audio, take->length }); }));
    CHECK_FALSE (player.storeProblem());
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
