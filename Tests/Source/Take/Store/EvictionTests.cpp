// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <thread>

#include "StoreFixture.h"

using namespace tableread;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
constexpr int daysHours = 24;

/** A store with four takes, each half as old as the one before. */
struct EvictionFixture : StoreFixture
{
    EvictionFixture()
    {
        constexpr int oldest = 400 * daysHours;
        for (std::uint64_t i = 0; i < keys.size(); ++i)
        {
            keys[i] = put (i);
            makeTakeOld (keys[i], oldest >> i);
        }
        bytes = evicted (1'000'000'000).bytesLeft;
    }

    void makeTakeOld (const std::string& key, int hours) const
    {
        makeOld (audioOf (store.find (key).value()), hours);
        makeOld (recordOf (key), hours);
    }

    /** Evicts all but so many bytes. */
    TakeStore::Eviction evicted (std::int64_t mostBytes) const
    {
        auto changed = options;
        changed.mostBytes = mostBytes;
        const auto eviction = TakeStore (changed).evict();
        INFO ((eviction ? std::string() : eviction.error().text()));
        REQUIRE (eviction);
        return *eviction;
    }

    /** Which takes are left, by the number that they were put with. */
    std::vector<std::size_t> left() const
    {
        std::vector<std::size_t> numbers;
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (fs::exists (recordOf (keys[i])))
                numbers.push_back (i);
        return numbers;
    }

    std::vector<std::string> keys = std::vector<std::string> (4);
    std::int64_t bytes = 0;
};

using Numbers = std::vector<std::size_t>;

std::int64_t sizeOf (const StoreFixture& fixture)
{
    std::int64_t bytes = 0;
    for (const auto& file : fixture.files())
        bytes += static_cast<std::int64_t> (fs::file_size (fixture.options.folder / file));
    return bytes;
}
} // namespace

TEST_CASE ("The least recently used takes are removed, until the rest is small enough",
           "[source][take][store]")
{
    EvictionFixture fixture;
    CHECK (fixture.bytes == sizeOf (fixture));
    CHECK (fixture.evicted (fixture.bytes).takes == 0);
    CHECK (fixture.left() == Numbers { 0, 1, 2, 3 });

    REQUIRE (fixture.store.get (fixture.keys[0])); // which uses it
    const auto eviction = fixture.evicted (fixture.bytes - 1);
    CHECK (eviction.takes == 1);
    CHECK (eviction.bytesLeft == sizeOf (fixture));
    CHECK (eviction.bytes == fixture.bytes - sizeOf (fixture));
    CHECK (fixture.left() == Numbers { 0, 2, 3 });
    CHECK (fixture.evicted (fixture.bytes / 2).takes == 1);
    CHECK (fixture.left() == Numbers { 0, 3 });
    CHECK (fixture.evicted (0).takes == 1); // 0 was used within a day
    CHECK (fixture.left() == Numbers { 0 });
    CHECK (sameBits (fixture.store.get (fixture.keys[0]).value().samples, takeSamples (0)));
    CHECK (fixture.files().size() == 2);
}

TEST_CASE ("No pinned take is removed, and none of a session seen within 90 days", "[source][take][store]")
{
    EvictionFixture fixture;
    const auto& keys = fixture.keys;
    REQUIRE (fixture.store.keepSession ({ .id = "open", .takes = { keys[0] } }));
    REQUIRE (fixture.store.keepSession ({ .id = "old", .takes = { keys[1] } }));
    REQUIRE (
        fixture.store.keepSession ({ .id = "old-with-a-pin", .takes = { keys[2] }, .pinned = { keys[3] } }));
    const auto sessions = fixture.options.folder / "sessions";
    const auto seenBefore = [&] (const std::string& id, int days) {
        TakeSession session;
        const auto all = fixture.store.sessions().value();
        for (const auto& each : all)
            if (each.id == id)
                session = each;
        session.seen -= std::chrono::hours (daysHours * days);
        std::ofstream (sessions / (id + ".json")) << toJson (session);
        makeOld (sessions / (id + ".json"), daysHours * days);
    };
    SECTION ("91 days ago")
    {
        seenBefore ("old", 91);
        seenBefore ("old-with-a-pin", 91);
        CHECK (fixture.evicted (0).takes == 2);
        CHECK (fixture.left() == Numbers { 0, 3 });
        CHECK_FALSE (fs::exists (sessions / "old.json"));
        CHECK (fs::exists (sessions / "old-with-a-pin.json"));
        CHECK (fixture.store.sessions().value().size() == 2);
        REQUIRE (fixture.store.forgetSession ("old-with-a-pin"));
        REQUIRE (fixture.store.forgetSession ("old-with-a-pin")); // it is gone
        CHECK (fixture.evicted (0).takes == 1);
        CHECK (fixture.left() == Numbers { 0 });
    }
    SECTION ("89 days ago")
    {
        seenBefore ("old", 89);
        seenBefore ("old-with-a-pin", 89);
        const auto eviction = fixture.evicted (0);
        CHECK (eviction.takes == 0);
        CHECK (eviction.bytesLeft == fixture.bytes);
    }
    SECTION ("seen again")
    {
        seenBefore ("old", 91);
        REQUIRE (fixture.store.keepSession ({ .id = "old", .takes = { keys[1] } }));
        fixture.evicted (0);
        CHECK (fixture.left() == Numbers { 0, 1, 2, 3 });
    }
    SECTION ("by a clock that is behind")
    {
        seenBefore ("old", 91);
        makeOld (sessions / "old.json", 1); // the file system knows better
        fixture.evicted (0);
        CHECK (fixture.left() == Numbers { 0, 1, 2, 3 });
    }
}

TEST_CASE ("Without eviction nothing is ever removed", "[source][take][store]")
{
    EvictionFixture fixture;
    auto options = fixture.options;
    options.evicts = false;
    options.mostBytes = 0;
    const auto files = fixture.files();
    CHECK (TakeStore (options).evict().value().takes == 0);
    CHECK (fixture.files() == files);
}

TEST_CASE ("As long as it is not known what is in use, nothing is removed", "[source][take][store][errors]")
{
    EvictionFixture fixture;
    fs::create_directories (fixture.options.folder / "sessions");
    const auto session = fixture.options.folder / "sessions" / "a.json";
    const bool isRecord = GENERATE (false, true);
    const std::string text =
        isRecord ? R"({"format": 2})" : GENERATE ("", R"({"format": 1, "id": "b"})", R"({"format": 2})");
    const auto file = isRecord ? fixture.recordOf (fixture.keys[3]) : session;
    std::ofstream (file) << text;
    const auto files = fixture.files();
    auto options = fixture.options;
    options.mostBytes = 0;
    const auto refused = TakeStore (options).evict();
    REQUIRE_FALSE (refused);
    CHECK_THAT (refused.error().text(), Contains (file.string() + " cannot be read") &&
                                            Contains ("none are removed. Update this program, or delete"));
    CHECK (fixture.files() == files);
    CHECK (fixture.store.sessions().has_value() == isRecord);
    fs::remove (file);
    CHECK (TakeStore (options).evict());
}

TEST_CASE ("Audio goes with the last take that has it", "[source][take][store]")
{
    StoreFixture fixture;
    auto options = fixture.options;
    options.mostBytes = 100'000'000;
    const TakeStore store (options);
    const auto one = fixture.put (1);
    const auto shared = store.put (takeRequest (2), Take::Ending::Whole, takeSamples (1)).value();
    const auto audio = fixture.audioOf (shared);
    makeOld (audio, 2 * daysHours);
    CHECK (store.evict().value().takes == 0);

    options.mostBytes = 0;
    makeOld (fixture.recordOf (one), 2 * daysHours);
    CHECK (TakeStore (options).evict().value().takes == 1);
    CHECK (sameBits (store.get (takeRequest (2).key()).value().samples, takeSamples (1)));
    makeOld (fixture.recordOf (takeRequest (2).key()), 2 * daysHours);
    makeOld (audio, 2 * daysHours);
    const auto eviction = TakeStore (options).evict().value();
    CHECK (eviction.takes == 1);
    CHECK (eviction.bytesLeft == 0);
    CHECK (fixture.files().empty());
}

TEST_CASE ("A session's list is refused if it could not be read again", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto key = takeRequest (1).key();
    CHECK_FALSE (fixture.store.keepSession ({ .id = "../x", .takes = { key } }));
    CHECK_FALSE (fixture.store.keepSession ({ .id = "a", .takes = { "x" } }));
    CHECK_FALSE (fixture.store.keepSession (
        { .id = "a", .takes = std::vector<std::string> (TakeSession::mostTakes + 1, key) }));
    CHECK_FALSE (fixture.store.forgetSession ("../x"));
    CHECK (fixture.files().empty());
    const std::vector<std::string> most (TakeSession::mostTakes, key);
    REQUIRE (fixture.store.keepSession ({ .id = "a", .takes = most, .pinned = most }));
    CHECK (fixture.store.sessions().value().front().pinned.size() == TakeSession::mostTakes);
}

TEST_CASE ("A take that is put or used while others evict stays", "[source][take][store][threads]")
{
    StoreFixture fixture;
    auto options = fixture.options;
    options.mostBytes = 0;
    constexpr std::uint64_t takes = 4;
    std::atomic<bool> ends { false };
    std::atomic<int> removed { 0 }, refused { 0 };
    std::thread evictor ([&] { // another program
        const TakeStore store (options);
        while (! ends)
        {
            const auto eviction = store.evict();
            removed += eviction ? static_cast<int> (eviction->takes) : 0;
            refused += eviction ? 0 : 1;
        }
    });
    int lost = 0, rounds = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds (2);
    for (; std::chrono::steady_clock::now() < end || (removed == 0 && rounds < 10'000); ++rounds)
    {
        const auto seed = static_cast<std::uint64_t> (rounds) % takes;
        const auto samples = takeSamples (seed, 300);
        const auto put = fixture.store.put (takeRequest (seed), Take::Ending::Whole, samples);
        auto got = fixture.store.get (takeRequest (seed).key());
        if (! got) // the evictor looks at it under another name, and gives it back
        {
            std::this_thread::sleep_for (std::chrono::milliseconds (50));
            got = fixture.store.get (takeRequest (seed).key());
        }
        lost += put && got && sameBits (got->samples, samples) ? 0 : 1;
        // Nobody has used it for long, so that it may be removed at any moment.
        const timespec old[2] { { 1, 0 }, { 1, 0 } };
        const TakeRecord record { takeRequest (seed), Take::Ending::Whole, AudioObject::of (samples) };
        ::utimensat (AT_FDCWD, fixture.audioOf (record).c_str(), old, 0);
        ::utimensat (AT_FDCWD, fixture.recordOf (record.request.key()).c_str(), old, 0);
    }
    ends = true;
    evictor.join();
    CHECK (lost == 0);
    CHECK (refused == 0);
    CHECK (removed > 0);
    REQUIRE (fixture.store.tidy());
    for (const auto& file : fixture.files())
        CHECK_FALSE (isPendingName (file));
}
