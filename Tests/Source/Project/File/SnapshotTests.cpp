// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Project/File/Snapshot.h"
#include "Sample.h"
#include "Support/Eventually.h"
#include "Support/Instrumented.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;

namespace
{
/** 500 lines and two takes for each, as a project that was worked on all day. */
Document longDocument()
{
    auto document = sampleDocument();
    document.lines.clear();
    document.takes.clear();
    for (std::uint64_t i = 1; i <= 500; ++i)
    {
        auto line = sampleLines()[1];
        line.id = { i };
        line.anchor.reset();
        line.text = std::to_string (i) + std::string (100, 'x');
        document.lines.push_back (std::make_shared<const Line> (line));
        for (std::uint64_t take = 499 + 2 * i; take <= 500 + 2 * i; ++take)
        {
            auto record = sampleTakes()[0];
            record.id = { take };
            document.takes.push_back (std::make_shared<const TakeRecord> (record));
        }
    }
    document.nextId = 1501;
    return document;
}

std::shared_ptr<const Document> withLine (const Document& document, std::size_t index,
                                          const std::string& text)
{
    auto changed = document;
    auto line = *changed.lines[index];
    line.text = text;
    changed.lines[index] = std::make_shared<const Line> (line);
    return std::make_shared<const Document> (changed);
}
} // namespace

TEST_CASE ("A snapshot is always of what was set last", "[source][project][snapshot]")
{
    Snapshot snapshot (contentWith (sampleDocument()));
    CHECK (*snapshot.text() == toText (contentWith (sampleDocument())));
    for (int i = 0; i < 50; ++i)
    {
        const auto changed = withLine (sampleDocument(), 0, std::to_string (i));
        snapshot.set (changed);
        CHECK (*snapshot.text() == toText (Content { .document = changed }));
    }
    snapshot.set (Content {});
    CHECK (*snapshot.text() == toText (Content {}));
    CHECK ((*snapshot.content().document == Document()));
}

TEST_CASE ("A snapshot becomes ready by itself", "[source][project][snapshot]")
{
    Snapshot snapshot;
    CHECK (eventually ([&] { return snapshot.isReady(); }));
    snapshot.set (contentWith (longDocument()));
    CHECK (eventually ([&] { return snapshot.isReady(); }));
    CHECK (*snapshot.text() == toText (contentWith (longDocument())));
}

TEST_CASE ("What others wrote stays in a snapshot, with its own entries", "[source][project][snapshot]")
{
    auto json = nlohmann::json::parse (toText (contentWith (sampleDocument())));
    json["future"] = 1;
    json["lines"][0]["future"] = 2;
    json["checksum"] = checksumOf (json);
    const auto read = parse (json.dump(), "");
    REQUIRE (read);
    Snapshot snapshot (*read);
    const auto strange = *snapshot.text();
    CHECK (nlohmann::json::parse (strange) == json);
    auto stripped = *read;
    stripped.unknown.reset();
    snapshot.set (stripped);
    CHECK (*snapshot.text() == toText (stripped));
    CHECK (*snapshot.text() == toText (contentWith (sampleDocument())));
}

TEST_CASE ("Edits and saves from several threads do not disturb each other", "[source][project][snapshot]")
{
    const auto document = longDocument();
    Snapshot snapshot (contentWith (document));
    std::atomic<bool> ends { false };
    std::thread saver ([&] {
        while (! ends)
            if (snapshot.text()->empty())
                return;
    });
    std::shared_ptr<const Document> last;
    for (int i = 0; i < 20; ++i)
        snapshot.set (last = withLine (document, (std::size_t) i, "edited"));
    CHECK (*snapshot.text() == toText (Content { .document = last }));
    ends = true;
    saver.join();
}

TEST_CASE ("Saving 500 lines takes less than 2 ms", "[source][project][snapshot]")
{
    if (isInstrumented)
        return;
    using Clock = std::chrono::steady_clock;
    Snapshot snapshot (contentWith (longDocument()));
    REQUIRE (eventually ([&] { return snapshot.isReady(); }));
    std::vector<double> ready, edited; // ms
    for (int i = 0; i < 21; ++i)
    {
        auto begin = Clock::now();
        CHECK (snapshot.text()->size() > 100'000);
        ready.push_back (std::chrono::duration<double, std::milli> (Clock::now() - begin).count());
        const auto changed = withLine (*snapshot.content().document, (std::size_t) i, "edited");
        begin = Clock::now();
        snapshot.set (changed);
        CHECK (snapshot.text()->size() > 100'000);
        edited.push_back (std::chrono::duration<double, std::milli> (Clock::now() - begin).count());
        eventually ([&] { return snapshot.isReady(); });
    }
    const auto median = [] (std::vector<double>& times) {
        std::nth_element (times.begin(), times.begin() + 10, times.end());
        return times[10];
    };
    CHECK (median (ready) < 2.0);
    CHECK (median (edited) < 2.0); // right after an edit, before it is ready
}
