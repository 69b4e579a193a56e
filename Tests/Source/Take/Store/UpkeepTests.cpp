// SPDX-License-Identifier: Apache-2.0
// What is done now and then: eviction by one of many, reports for people.
#include <fstream>
#include <iterator>

#include "StoreFixture.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace
{
std::vector<fs::path> reportsIn (const StoreFixture& fixture)
{
    std::vector<fs::path> reports;
    for (const auto& file : fixture.files())
        if (file.starts_with ("reports/"))
            reports.push_back (fixture.options.folder / file);
    return reports;
}

std::string textOf (const fs::path& file)
{
    std::ifstream in (file);
    return { std::istreambuf_iterator<char> (in), {} };
}
} // namespace

TEST_CASE ("Of all who share a store one evicts in a while", "[source][take][store][eviction]")
{
    StoreFixture fixture;
    CHECK_FALSE (fixture.store.evictAfter (24h).value()); // there is nothing yet …
    CHECK_FALSE (fs::exists (fixture.options.folder));    // … nor is it made for this
    const auto key = fixture.put (1);
    makeOld (fixture.recordOf (key), 48);
    makeOld (fixture.audioOf (fixture.store.find (key).value()), 48);
    makeOld (fixture.recordOf (key), 48); // which looking it up has noted
    auto options = fixture.options;
    options.mostBytes = 0;
    const TakeStore store (options);

    const auto first = store.evictAfter (24h).value();
    REQUIRE (first);
    CHECK (first->takes == 1);
    CHECK_FALSE (store.evictAfter (24h).value());
    const auto mark = fixture.options.folder / "sessions" / "evicted";
    makeOld (mark, 23);
    CHECK_FALSE (store.evictAfter (24h).value());
    makeOld (mark, 25);
    CHECK (store.evictAfter (24h).value());
    makeOld (mark, -48); // by a clock that was wrong
    CHECK (store.evictAfter (24h).value());
    makeOld (mark, 25);
    options.evicts = false;
    CHECK_FALSE (TakeStore (options).evictAfter (24h).value());
    CHECK (store.sessions().value().empty()); // the mark is none
}

TEST_CASE ("A session's list can be read alone", "[source][take][store]")
{
    const StoreFixture fixture;
    CHECK (fixture.store.session ("a").error().code == ErrorCode::NotFound);
    CHECK (fixture.store.session ("../a").error().code == ErrorCode::InvalidInput);
    const TakeSession session { .id = "a", .takes = { std::string (32, '1') } };
    REQUIRE (fixture.store.keepSession (session));
    CHECK (fixture.store.session ("a").value().takes == session.takes);
}

TEST_CASE ("Reports lie beside the takes by session and time, and only so many", "[source][take][store]")
{
    const StoreFixture fixture;
    CHECK (fixture.store.keepReport ("a/b", "text").error().code == ErrorCode::InvalidInput);
    const auto other = fixture.store.keepReport ("other", "of somebody else").value();
    const auto first = fixture.store.keepReport ("mine", "one\n").value();
    CHECK (first.parent_path() == fixture.options.folder / "reports");
    CHECK_THAT (first.filename().string(), Catch::Matches ("mine\\.2[0-9]{7}-[0-9]{6}-1\\.txt"));
    CHECK (textOf (first) == "one\n");
    const auto second = fixture.store.keepReport ("mine", "two").value();
    CHECK (second != first);
    CHECK (textOf (first) == "one\n");

    // Older ones by their names, which is how they are sorted.
    for (int i = 0; i < 30; ++i)
        std::ofstream (first.parent_path() / ("mine.201901" + std::to_string (10 + i) + "-000000-1.txt"))
            << i;
    const auto newest = fixture.store.keepReport ("mine", "three").value();
    const auto left = reportsIn (fixture);
    CHECK (left.size() == TakeStore::mostReports + 1);
    for (const auto& kept : { other, first, second, newest })
        CHECK (fs::exists (kept));
    CHECK_FALSE (fs::exists (first.parent_path() / "mine.20190122-000000-1.txt"));
    CHECK (fs::exists (first.parent_path() / "mine.20190139-000000-1.txt"));

    makeOld (other, 24 * 91);
    REQUIRE (fixture.store.keepReport ("mine", "four"));
    CHECK_FALSE (fs::exists (other));
    CHECK (fs::exists (newest));
}
