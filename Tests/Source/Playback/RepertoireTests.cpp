// SPDX-License-Identifier: Apache-2.0
#include "Playback/Repertoire.h"

#include <array>

#include <catch2/catch.hpp>

#include "StageFixture.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;

TEST_CASE ("A take that ends between two looks is whole at the host's rate", "[source][playback]")
{
    constexpr double rate = 48'000.0;
    Repertoire repertoire;
    repertoire.setRate (rate);
    repertoire.play (scoreOf ({ partOf (1, 4) }));
    const auto match = [&] { repertoire.match ([] (const Take&) {}); };
    match();
    const auto take = repertoire.ask (0);
    take->begin ("fake-1");
    const auto speech = speechOf (partOf (1, 4));
    REQUIRE (take->append (speech) == speech.size());
    (void) repertoire.pump();
    match();
    constexpr std::array<std::size_t, 1> order { 0 };
    REQUIRE (repertoire.hostOne (order));
    (void) repertoire.pump();
    take->finish(); // and the next that happens is something else: another score, an edit
    match();
    const auto& entry = repertoire.entries()[0];
    CHECK (entry.state == PartState::Done);
    REQUIRE (entry.holding->audio != nullptr);
    CHECK (entry.holding->audio->isComplete());
    CHECK (entry.holding->audio->rendered() == toHost ({ std::ssize (speech) }, rate).value);
}

TEST_CASE ("A take that is kept is not loaded again when its score comes to know it", "[source][playback]")
{
    auto part = partOf (1, 4);
    Repertoire repertoire;
    repertoire.play (scoreOf ({ part }));
    const auto match = [&] { repertoire.match ([] (const Take&) {}); };
    match();
    const auto take = repertoire.ask (0);
    take->begin ("fake-1");
    const auto speech = speechOf (part);
    REQUIRE (take->append (speech) == speech.size());
    take->finish();
    REQUIRE (repertoire.pump());
    match();
    const auto finished = repertoire.finished();
    REQUIRE (finished.size() == 1);
    const std::string hash = "of its samples";
    repertoire.kept ({ finished[0], hash, {} });
    match(); // before the project has written it down
    CHECK (repertoire.entries()[0].state == PartState::Done);

    part.known = KnownTake { .audio = hash, .length = { std::ssize (speech) } };
    repertoire.play (scoreOf ({ part }));
    match();
    CHECK (repertoire.entries()[0].state == PartState::Done);
    REQUIRE (repertoire.entries()[0].holding != nullptr);
    CHECK (repertoire.entries()[0].holding->take == take);

    repertoire.play (scoreOf ({ partOf (2, 4) })); // nothing holds it any more
    match();
    repertoire.play (scoreOf ({ part }));
    match();
    CHECK (repertoire.entries()[0].state == PartState::Loading);
}

namespace
{
/** A repertoire of many whole takes of ten seconds, one after the other, at a host's rate. */
struct LongScore
{
    explicit LongScore (std::size_t count)
    {
        std::vector<Part> parts;
        for (std::size_t i = 0; i < count; ++i)
            parts.push_back (partOf (i + 1, 4));
        repertoire.play (scoreOf (std::move (parts)));
        match();
        const std::vector<float> speech (10 * modelSampleRateHz, 0.25f);
        for (std::size_t i = 0; i < count; ++i)
        {
            const auto take = repertoire.ask (i);
            take->begin ("fake-1");
            REQUIRE (take->append (speech) == speech.size());
            take->finish();
        }
        match();
    }

    void match()
    {
        repertoire.match ([] (const Take&) {});
    }

    /** Hosts all that it wants, with the playhead at the start of a part. */
    void hostFrom (std::size_t first)
    {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < repertoire.entries().size(); ++i)
            order.push_back ((first + i) % repertoire.entries().size());
        while (repertoire.hostOne (order))
        {}
    }

    bool isHosted (std::size_t index) const
    {
        return repertoire.entries()[index].holding->audio->isComplete();
    }

    std::int64_t held() const
    {
        std::int64_t samples = 0;
        for (const auto& entry : repertoire.entries())
            samples += entry.holding->audio->copied();
        return samples;
    }

    Repertoire repertoire;
};
} // namespace

TEST_CASE ("What is kept at the host's rate does not grow with the script", "[source][playback]")
{
    constexpr std::size_t count = 100; // 17 minutes
    LongScore score (count);
    score.hostFrom (0);
    CHECK (score.held() == 0); // at the model's rate there is no copy
    CHECK_FALSE (score.repertoire.isPartlyHosted());

    score.repertoire.setRate (48'000.0);
    score.match();
    score.hostFrom (0);
    CHECK (score.held() <= Repertoire::mostHosted);
    CHECK (score.held() > Repertoire::mostHosted * 9 / 10);
    CHECK (score.repertoire.isPartlyHosted());
    CHECK (score.isHosted (0));
    CHECK_FALSE (score.isHosted (count / 2));
    CHECK (score.repertoire.entries()[count / 2].holding->audio != nullptr); // its length is known

    for (const std::size_t first : { count / 2, (std::size_t) 20, count - 5 }) // jumps of the playhead
    {
        score.hostFrom (first);
        CAPTURE (first);
        CHECK (score.held() <= Repertoire::mostHosted);
        for (std::size_t i = 0; i < 12; ++i) // two minutes
            CHECK (score.isHosted ((first + i) % count));
    }
    score.hostFrom (count - 4); // a loop of half a minute finds all of it
    CHECK (score.isHosted (count - 5));

    LongScore all (20);
    all.repertoire.setRate (48'000.0);
    all.match();
    all.hostFrom (0);
    for (std::size_t i = 0; i < 20; ++i)
        CHECK (all.isHosted (i));
    CHECK_FALSE (all.repertoire.isPartlyHosted());
}
