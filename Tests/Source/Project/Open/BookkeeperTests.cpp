// SPDX-License-Identifier: Apache-2.0
#include "Project/Open/Bookkeeper.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Project/File/Voices.h"
#include "Source/Project/Documents.h"
#include "Source/Take/Store/StoreFixture.h"
#include "Support/Eventually.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
/** A project whose takes lie in a store, and what its bookkeeper does by itself in the test's time. */
struct OpenProject : StoreFixture
{
    OpenProject() { REQUIRE (source.edit (SetScript { "Anna: Good evening.\nBen: You are late.\n" })); }

    Bookkeeper::Options quick() const
    {
        return { .store = std::make_shared<TakeStore> (options), .settling = 20ms, .retry = 50ms };
    }

    /** Puts a take's samples into the store, as a session does that renders. @returns their hash */
    std::string keep (std::uint64_t seed)
    {
        REQUIRE (store.keep (takeSamples (seed)));
        return contentHash (takeSamples (seed));
    }

    std::string add (std::uint64_t seed)
    {
        auto take = wholeTake ({ 1 }, "request " + std::to_string (seed));
        take.audio = keep (seed);
        source.addTake (take);
        return take.audio;
    }

    std::string id() const { return source.document()->id; }
    std::vector<std::string> listed() const { return listed (id()); }

    /** What the store has written of a session; nothing: it has none. */
    std::vector<std::string> listed (const std::string& session) const
    {
        const auto read = store.session (session);
        auto takes = read ? read->takes : std::vector<std::string>();
        std::sort (takes.begin(), takes.end());
        return takes;
    }

    fs::path list() const { return options.folder / "sessions" / (id() + ".json"); }

    Project source {};
};

std::vector<std::string> sorted (std::vector<std::string> all)
{
    std::sort (all.begin(), all.end());
    return all;
}

GapReport oneGap()
{
    return { .places = { { "line 2, Ben", "the engine stopped", { 0 }, { 24'000 } } } };
}
} // namespace

TEST_CASE ("An open project's takes are written down, so that eviction leaves them alone",
           "[source][project][open][threads]")
{
    OpenProject open;
    auto options = open.options;
    options.mostBytes = 0;
    options.grace = -1h; // which a take that nobody lists does not survive
    const auto nobodys = open.keep (9);
    {
        const Bookkeeper books (open.source, open.quick());
        std::this_thread::sleep_for (50ms);
        CHECK (open.id().empty()); // nothing of it is kept yet
        CHECK_FALSE (fs::exists (open.options.folder / "sessions"));
        const auto first = open.add (1);
        REQUIRE (eventually ([&] { return open.listed() == std::vector { first }; }));
        CHECK (isContentHash (open.id()));
        const auto second = open.add (2);
        REQUIRE (eventually ([&] { return open.listed() == sorted ({ first, second }); }));
        REQUIRE (open.source.edit (PinTake { open.source.document()->takes[0]->id, true }));
        REQUIRE (eventually ([&] { return open.listed() == std::vector { second }; }));
        CHECK (open.store.session (open.id())->pinned == std::vector { first });
        CHECK (books.problems().empty());
    }
    CHECK (TakeStore (options).evict().value().takes == 0); // it has no records
    for (const std::uint64_t seed : { 1u, 2u })
        CHECK (open.store.load ({ contentHash (takeSamples (seed)), { 3200 } }));
    CHECK_FALSE (open.store.load ({ nobodys, { 3200 } }));
}

TEST_CASE ("Nothing is written down of a project that cannot get an id, and all once it can",
           "[source][project][open][threads]")
{
    OpenProject open;
    std::atomic<bool> isWritable = false;
    auto options = open.quick();
    options.drawId = [&]() -> Result<std::string> {
        if (isWritable)
            return std::string (32, '7');
        return tl::unexpected (Error { ErrorCode::Io, "the project cannot be written", {} });
    };
    Bookkeeper books (open.source, options);
    const auto first = open.add (1);
    books.keep (oneGap());
    REQUIRE (eventually ([&] { return ! books.problems().empty(); }));
    CHECK (books.problems() == std::vector<std::string> { "the project cannot be written" });
    CHECK (open.files().size() == 1); // the take
    isWritable = true;
    REQUIRE (eventually ([&] { return open.listed() == std::vector { first }; }));
    REQUIRE (eventually ([&] { return ! books.lastReport().empty(); }));
    CHECK (open.id() == std::string (32, '7'));
    CHECK (books.problems().empty());
}

TEST_CASE ("What has just changed is written down when the project is closed",
           "[source][project][open][threads]")
{
    OpenProject open;
    auto options = open.quick();
    options.settling = 1h;
    std::string hash;
    {
        const Bookkeeper books (open.source, options);
        hash = open.add (1);
    }
    CHECK (open.listed() == std::vector { hash });
}

TEST_CASE ("Another project in the same window has a list of its own, and so has another window",
           "[source][project][open][threads]")
{
    OpenProject open;
    const auto options = open.quick();
    Project elsewhere (*open.source.document());
    const Bookkeeper books (open.source, options), others (elsewhere, options);
    const auto first = open.add (1);
    REQUIRE (eventually ([&] { return open.listed() == std::vector { first }; }));
    const auto before = open.id();

    auto take = wholeTake ({ 1 }, "elsewhere");
    take.audio = open.keep (3);
    elsewhere.addTake (take);
    REQUIRE (
        eventually ([&] { return open.listed (elsewhere.document()->id) == std::vector { take.audio }; }));
    CHECK (elsewhere.document()->id != before);

    const auto second = open.add (2);
    open.source.replace ({}); // before that was written
    const auto third = open.add (4);
    REQUIRE (eventually ([&] { return ! open.id().empty() && open.listed() == std::vector { third }; }));
    CHECK (open.id() != before);
    CHECK (open.listed (before) == sorted ({ first, second }));
    CHECK (open.store.sessions()->size() == 3);
}

TEST_CASE ("Copies of a project share a list that has the takes of both", "[source][project][open][threads]")
{
    OpenProject open;
    std::string first, second;
    {
        const Bookkeeper books (open.source, open.quick());
        first = open.add (1);
    }
    Project copy (*open.source.document());
    CHECK (copy.document()->id == open.id());
    {
        const Bookkeeper books (copy, open.quick());
        auto take = wholeTake ({ 1 }, "of the copy");
        take.audio = second = open.keep (2);
        copy.addTake (take);
    }
    CHECK (open.listed() == sorted ({ first, second }));
    {
        const Bookkeeper books (open.source, open.quick()); // which knows nothing of the second
    }
    CHECK (open.listed() == sorted ({ first, second }));
}

TEST_CASE ("A project is written down again as long as it is open, and when it opens",
           "[source][project][open][threads]")
{
    OpenProject open;
    open.source.giveId (std::string (32, '7'));
    const auto hash = open.add (1);
    auto options = open.quick();
    options.again = 100ms;
    const Bookkeeper books (open.source, options);
    REQUIRE (eventually ([&] { return fs::exists (open.list()); }));
    for (int i = 0; i < 2; ++i)
    {
        makeOld (open.list(), 24 * 100);
        CHECK (eventually (
            [&] { return fs::last_write_time (open.list()) > fs::file_time_type::clock::now() - 1h; }));
    }
    CHECK (open.listed() == std::vector { hash });
}

TEST_CASE ("A list of a newer version is left alone, and a damaged one is written anew",
           "[source][project][open][threads]")
{
    OpenProject open;
    open.source.giveId (std::string (32, '7'));
    const auto hash = open.add (1);
    fs::create_directories (open.list().parent_path());
    SECTION ("newer")
    {
        std::ofstream (open.list()) << R"({"format": 99})";
        const Bookkeeper books (open.source, open.quick());
        REQUIRE (eventually ([&] { return ! books.problems().empty(); }));
        CHECK_THAT (books.problems()[0], Contains ("a newer version has written it"));
        CHECK (fs::file_size (open.list()) == 14);
    }
    SECTION ("damaged")
    {
        std::ofstream (open.list()) << "{";
        const Bookkeeper books (open.source, open.quick());
        CHECK (eventually ([&] { return open.listed() == std::vector { hash }; }));
        CHECK (books.problems().empty());
    }
}

TEST_CASE ("The store is evicted after a while by who has a project open", "[source][project][open][threads]")
{
    OpenProject open;
    const auto nobodys = open.keep (9), mine = open.add (1);
    for (const auto& hash : { nobodys, mine })
        makeOld (open.options.folder / "audio" / hash.substr (0, 2) / (hash + ".wav"), 48);
    open.options.mostBytes = 0;
    auto options = open.quick();
    options.firstEviction = 100ms;
    const Bookkeeper books (open.source, options);
    CHECK (eventually ([&] { return ! open.store.has ({ nobodys, { 3200 } }); }));
    CHECK (open.store.has ({ mine, { 3200 } })); // which it has written down before
    CHECK (books.problems().empty());
}

TEST_CASE ("A bounce's gaps are a file beside the takes", "[source][project][open][threads]")
{
    OpenProject open;
    Bookkeeper books (open.source, open.quick());
    books.keep ({});
    CHECK (books.lastReport().empty());
    books.keep (oneGap()); // also of a project that has no take at all
    REQUIRE (eventually ([&] { return ! books.lastReport().empty(); }));
    CHECK_THAT (books.lastReport().filename().string(), Catch::StartsWith (open.id() + '.'));
    CHECK (books.lastReport().parent_path() == open.options.folder / "reports");
    std::ifstream in (books.lastReport());
    CHECK (std::string (std::istreambuf_iterator<char> (in), {}) == toText (oneGap(), "The bounce"));
    CHECK (open.files().size() == 1);
}

TEST_CASE ("What was silent in real time is a file that is corrected in its place",
           "[source][project][open][threads]")
{
    OpenProject open;
    auto played = oneGap();
    played.isPlayed = true;
    auto correction = played;
    correction.isCorrection = true;
    correction.places[0].to = { 30'000 };
    const auto contents = [&] {
        std::map<fs::path, std::string> texts; // by their times
        std::error_code none;
        for (const auto& entry : fs::directory_iterator (open.options.folder / "reports", none))
        {
            std::ifstream in (entry.path());
            texts[entry.path()].assign (std::istreambuf_iterator<char> (in), {});
        }
        std::vector<std::string> all;
        all.reserve (texts.size());
        for (const auto& [file, text] : texts)
            all.push_back (text);
        return all;
    };
    const auto textOf = [] (const GapReport& report) { return toText (report, "What was played"); };
    using Texts = std::vector<std::string>;
    {
        Bookkeeper books (open.source, open.quick());
        books.keep (GapReport { .isPlayed = true, .places = {} });
        books.keep (played);
    }
    REQUIRE (contents() == Texts { textOf (played) });

    Bookkeeper books (open.source, open.quick());
    books.keep (played);
    REQUIRE (eventually ([&] { return ! books.lastReport().empty(); }));
    REQUIRE (contents().size() == 2);
    const auto file = books.lastReport();
    books.keep (oneGap()); // a bounce between
    books.keep (correction);
    const Texts three { textOf (played), textOf (correction), toText (oneGap(), "The bounce") };
    CHECK (eventually ([&] { return contents() == three; }));
    CHECK (eventually ([&] { return books.lastReport() == file; }));
    correction.places.clear();
    books.keep (correction);
    REQUIRE (eventually ([&] { return contents()[1] == textOf (correction); }));
    books.keep (GapReport { .isPlayed = true, .places = {} });
    correction.places = oneGap().places;
    books.keep (correction); // of what had no gap before
    CHECK (eventually ([&] { return contents().size() == 4; }));
    CHECK (contents()[1] == "What was played is complete.\n");
}

TEST_CASE ("A store that refuses is named once, and what was due is written when it allows it",
           "[source][project][open][threads]")
{
    OpenProject open;
    open.options.namedBy = "TABLEREAD_TAKES"; // so that it is not made
    open.source.giveId (std::string (32, '7'));
    auto take = wholeTake ({ 1 }, "one");
    take.audio = contentHash (takeSamples (1));
    open.source.addTake (take);
    auto options = open.quick();
    options.firstEviction = 50ms;
    options.retry = 100ms; // after the edit
    Bookkeeper books (open.source, options);
    books.keep (oneGap());
    REQUIRE (eventually ([&] { return ! books.problems().empty(); }));
    REQUIRE (open.source.edit (SetMember { memberWith ("Ben", { "ben", {} }) })); // the list stays the same
    std::this_thread::sleep_for (150ms);
    REQUIRE (books.problems().size() == 1); // of three that were refused for one reason
    CHECK_THAT (books.problems()[0], Contains ("which TABLEREAD_TAKES names: there is no such folder"));
    CHECK (books.lastReport().empty());
    fs::create_directories (open.options.folder);
    CHECK (eventually ([&] { return open.listed() == std::vector { take.audio }; }));
    CHECK (eventually ([&] { return ! books.lastReport().empty(); }));
    CHECK (eventually ([&] { return books.problems().empty(); })); // of none of the three
}

TEST_CASE ("Without a store nothing is kept, and nothing is wrong", "[source][project][open][threads]")
{
    OpenProject open;
    {
        Bookkeeper books (open.source, { .firstEviction = 0ms });
        open.add (1);
        books.keep (oneGap());
        std::this_thread::sleep_for (50ms);
        CHECK (books.problems().empty());
        CHECK (books.lastReport().empty());
    }
    CHECK (open.id().empty());
}

TEST_CASE ("A voice's recording is kept too, and found when its file is gone",
           "[source][project][open][threads]")
{
    OpenProject open;
    const auto file = open.temporary.path() / "ada.wav";
    writeSound (file, sine (220, 1.0));
    auto member = memberWith ("Anna", { "Ada", file });
    member.moods.push_back ({ "whispering", { "Ada, soft", open.temporary.path() / "soft.wav" }, {}, {} });
    const auto hash = hashOfRecording (file).value();
    member.moods[0].content = hash;
    member.moods[1].content = std::string (32, '8'); // which was changed or removed meanwhile
    {
        const Bookkeeper books (open.source, open.quick());
        REQUIRE (open.source.edit (SetMember { member }));
        REQUIRE (eventually ([&] { return ! open.store.fileWith (hash).empty(); }));
        CHECK (eventually ([&] { return open.listed() == sorted ({ hash, std::string (32, '8') }); }));
        CHECK (books.problems().empty());
    }
    fs::remove (file);
    const auto found =
        findVoices (open.source.document(),
                    { .folder = open.temporary.path() / "elsewhere",
                      .know = [] (const fs::path& each) { return hashOfRecording (each); },
                      .inStore = [&] (const std::string& each) { return open.store.fileWith (each); } });
    const auto& mood = found.document->cast[0]->moods[0];
    CHECK (mood.voice.path == open.store.fileWith (hash));
    CHECK (mood.content == hash);
    CHECK (mood.voice.name == "Ada");
}
