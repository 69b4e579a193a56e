// SPDX-License-Identifier: GPL-3.0-or-later
// Long because all of it needs the same plugin with takes in its store, and is about one class.
#include <array>
#include <atomic>
#include <cmath>
#include <fstream>
#include <thread>
#include <utility>

#include <catch2/catch.hpp>

#include "Playback/Keeper.h"
#include "PluginFixture.h"
#include "Project/Lookup.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using project::TakeId;

namespace
{
constexpr int fade = PlanReader::fadeSamples;

std::vector<float> trimmed (const std::vector<float>& sound)
{
    const auto isHeard = [] (float sample) { return sample != 0.0f; };
    const auto first = std::find_if (sound.begin(), sound.end(), isHeard);
    const auto last = std::find_if (sound.rbegin(), sound.rend(), isHeard).base();
    return first < last ? std::vector<float> (first, last) : std::vector<float>();
}

/** A store that can be held up. */
class GatedStore : public TakeStore
{
public:
    using TakeStore::TakeStore;

    Result<std::vector<float>> load (const SamplesName& name) override
    {
        isWaiting = isShut.load();
        while (isShut)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
        isWaiting = false;
        return TakeStore::load (name);
    }

    std::atomic<bool> isShut { false }, isWaiting { false };
};

/** A workspace with a long line, which has two takes, and a short one; all are rendered. */
struct Stand
{
    explicit Stand (Workspace::Options options) : workspace (atOnce (std::move (options)))
    {
        workspace.setScript ("Anna: Good evening. You are late again, and nobody has said why.\nBen: Oh.\n");
        REQUIRE (renderAll (workspace));
        REQUIRE (workspace.edit (project::Reroll { { line (0) } }));
        REQUIRE (renderAll (workspace));
        REQUIRE (workspace.document()->takes.size() == 3);
        second = project::choiceOf (*workspace.document(), passage (0)).take->id;
        for (const auto& take : workspace.document()->takes)
            if (take->line == line (0) && take->id != second)
                first = take->id;
        REQUIRE (first);
        audition.setHostRate ((double) modelSampleRateHz);
    }

    static Workspace::Options atOnce (Workspace::Options options)
    {
        options.stage.settling = {};
        return options;
    }

    project::LineId line (std::size_t place) const { return workspace.document()->lines[place]->id; }

    project::PassageView passage (std::size_t place) const
    {
        const auto document = workspace.document();
        return project::passageWith (project::passagesOf (*document), place);
    }

    project::TakeRecord record (TakeId take) const
    {
        const auto document = workspace.document();
        return *document->takes[*project::placeOf (*document, take)];
    }

    /** What is in the store. */
    std::vector<float> speech (TakeId take)
    {
        const auto known = record (take);
        return takes->load ({ known.audio, known.length }).value();
    }

    /** As the timeline has it. */
    std::vector<float> atRate (TakeId take, double rate)
    {
        auto copy = std::make_shared<Take>();
        copy->append (speech (take));
        copy->finish();
        const auto audio = HostAudio::create (copy, rate).value();
        audio->pump();
        std::vector<float> samples ((std::size_t) audio->rendered());
        audio->read (0, samples);
        return samples;
    }

    std::vector<float> hear (std::size_t count)
    {
        std::vector<float> sound (count);
        std::array<float*, 1> channels { sound.data() };
        audition.mix (channels, count);
        return sound;
    }

    /** The first block with sound in it. */
    std::vector<float> begin (std::size_t count)
    {
        std::vector<float> sound;
        REQUIRE (eventually ([&] {
            sound = hear (count);
            return std::any_of (sound.begin(), sound.end(), [] (float each) { return each != 0.0f; });
        }));
        return sound;
    }

    /** All of what is heard, from the first sample to the last that is not 0. */
    std::vector<float> whole (std::size_t block)
    {
        auto sound = begin (block);
        while (audition.current())
        {
            const auto more = hear (block);
            sound.insert (sound.end(), more.begin(), more.end());
        }
        return trimmed (sound);
    }

    bool hasProblem() const
    {
        return eventually ([&] { return audition.problem().has_value(); });
    }

    Workspace workspace;
    Audition& audition = workspace.audition();
    std::shared_ptr<SampleStore> takes;
    TakeId first, second;
};

struct StoredStand : Stand
{
    explicit StoredStand (const PluginFixture& fixture) : StoredStand (fixture.options()) {}
    explicit StoredStand (const Workspace::Options& options) : Stand (options)
    {
        takes = options.stage.store;
    }
};

/** With a fade at each end, and at a gain. */
std::vector<float> faded (std::vector<float> speech, float gain = 1.0f)
{
    const auto length = (int) speech.size();
    for (int i = 0; i < length; ++i)
    {
        speech[(std::size_t) i] *= gain;
        speech[(std::size_t) i] *= (float) std::min ({ i + 1, length - i, fade }) / (float) fade;
    }
    return speech;
}

float largestStep (const std::vector<float>& sound)
{
    float most = 0.0f;
    for (std::size_t i = 1; i < sound.size(); ++i)
        most = std::max (most, std::abs (sound[i] - sound[i - 1]));
    return most;
}

void removeTakes (const PluginFixture& fixture)
{
    std::filesystem::remove_all (fixture.folder.path() / "takes");
}
} // namespace

TEST_CASE ("A take is heard by itself, from its first sample to its last, and then no longer",
           "[plugin][audition]")
{
    const std::size_t block = GENERATE (1, 17, 512, 8192);
    PluginFixture fixture;
    StoredStand stand (fixture);
    const bool isOnTimeline = GENERATE (false, true);
    const auto take = isOnTimeline ? stand.second : stand.first;
    REQUIRE (stand.audition.play (take));
    CHECK (stand.audition.current() == take);
    CHECK (stand.audition.currentLine() == stand.line (0));
    CHECK ((stand.whole (block) == trimmed (faded (stand.speech (take)))));
    CHECK (stand.hear (64) == std::vector<float> (64));
    CHECK_FALSE (stand.audition.currentLine());
    CHECK_FALSE (stand.audition.problem());
}

TEST_CASE ("A line is heard as it is on the timeline, with its gain, though it is muted",
           "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    project::Member member = *project::memberOf (*stand.workspace.document(), "Ben");
    member.gainDb = 20.0 * std::log10 (0.5);
    member.isMuted = true;
    REQUIRE (stand.workspace.edit (project::SetMember { member }));
    REQUIRE (stand.audition.playLine (stand.line (1)));
    const auto take = stand.audition.current();
    CHECK (stand.record (take).line == stand.line (1));
    CHECK ((stand.whole (512) == trimmed (faded (stand.speech (take), 0.5f))));

    REQUIRE (stand.workspace.edit (project::ChooseTake { stand.line (0), stand.first }));
    REQUIRE (stand.audition.playLine (stand.line (0)));
    CHECK (stand.audition.current() == stand.first);
}

TEST_CASE ("It is added to what each channel has", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    const auto before = stand.begin (1000);
    std::vector<float> left (1000, 0.25f), right (1000, -0.5f);
    std::array<float*, 2> channels { left.data(), right.data() };
    stand.audition.mix (channels, left.size());
    const auto speech = stand.speech (stand.first);
    for (std::size_t i = 0; i < left.size(); ++i)
    {
        left[i] -= 0.25f + speech[1000 + i];
        right[i] -= speech[1000 + i] - 0.5f;
    }
    CHECK (left == std::vector<float> (1000));
    CHECK (right == std::vector<float> (1000));
}

TEST_CASE ("Another take of the same line goes on at the same moment, without a click", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    const auto a = stand.speech (stand.first), b = stand.speech (stand.second);
    REQUIRE (a != b);
    REQUIRE (stand.audition.play (stand.first));
    auto sound = stand.begin (1000);
    REQUIRE (stand.audition.play (stand.second));
    CHECK (stand.audition.current() == stand.second);
    const auto isHeard = [&] (const std::vector<float>& speech) {
        const auto at = sound.size();
        const auto more = stand.hear (64);
        sound.insert (sound.end(), more.begin(), more.end());
        return sound.size() <= speech.size() &&
               std::equal (more.begin(), more.end(), speech.begin() + (std::ptrdiff_t) at);
    };
    CHECK (eventually ([&] { return isHeard (b); }, std::chrono::seconds (3)));
    CHECK (largestStep (sound) <= std::max (largestStep (a), largestStep (b)) + 1.0f / fade);

    SECTION ("and back")
    {
        REQUIRE (stand.audition.play (stand.first));
        CHECK (eventually ([&] { return isHeard (a); }, std::chrono::seconds (3)));
    }
    SECTION ("the same take once more begins at its start, as does another line")
    {
        const bool isSame = GENERATE (true, false);
        REQUIRE ((isSame ? stand.audition.play (stand.second) : stand.audition.playLine (stand.line (1))));
        const auto expected = faded (stand.speech (stand.audition.current()));
        std::vector<float> tail;
        CHECK (eventually (
            [&] {
                const auto more = stand.hear (256);
                tail.insert (tail.end(), more.begin(), more.end());
                return std::search (tail.begin(), tail.end(), expected.begin(), expected.begin() + 1000) !=
                       tail.end();
            },
            std::chrono::seconds (3)));
    }
    SECTION ("not of one that has ended")
    {
        while (stand.audition.current())
            stand.hear (64);
        REQUIRE (stand.audition.play (stand.first));
        auto expected = faded (a);
        expected.resize (64);
        CHECK ((stand.begin (64) == expected));
    }
}

TEST_CASE ("What is stopped fades", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    stand.begin (1000);
    stand.audition.stop();
    CHECK_FALSE (stand.audition.current());
    auto expected = stand.speech (stand.first);
    for (int i = 0; i < fade; ++i)
        expected[1000 + (std::size_t) i] *= (float) (fade - 1 - i) / (float) fade;
    const auto end = stand.hear (fade);
    CHECK ((end == std::vector<float> (expected.begin() + 1000, expected.begin() + 1000 + fade)));
    CHECK (stand.hear (1000) == std::vector<float> (1000));
}

TEST_CASE ("What is asked for while a take is loaded counts when it is loaded", "[plugin][audition]")
{
    PluginFixture fixture;
    auto options = fixture.options();
    const auto store =
        std::make_shared<GatedStore> (TakeStoreOptions { .folder = fixture.folder.path() / "takes" });
    options.stage.store = store;
    StoredStand stand (options);
    store->isShut = true;
    REQUIRE (stand.audition.play (stand.first));
    REQUIRE (eventually ([&] { return store->isWaiting.load(); }));
    CHECK (stand.audition.current() == stand.first);

    SECTION ("nothing")
    {
        stand.audition.stop();
        CHECK_FALSE (stand.audition.current());
        store->isShut = false;
        REQUIRE (eventually ([&] { return ! store->isWaiting; }));
        std::this_thread::sleep_for (std::chrono::milliseconds (50));
        CHECK (stand.hear (1000) == std::vector<float> (1000));
    }
    SECTION ("another take")
    {
        REQUIRE (stand.audition.play (stand.second));
        CHECK (stand.audition.current() == stand.second);
        store->isShut = false;
        CHECK ((stand.whole (512) == trimmed (faded (stand.speech (stand.second)))));
    }
    SECTION ("another rate")
    {
        stand.audition.setHostRate (48'000.0);
        CHECK (stand.audition.current() == stand.first);
        store->isShut = false;
        CHECK ((stand.whole (512) == trimmed (faded (stand.atRate (stand.first, 48'000.0)))));
    }
}

TEST_CASE ("Where there is no same moment in another take, that begins at its start", "[plugin][audition]")
{
    PluginFixture fixture;
    auto options = fixture.options();
    const auto store =
        std::make_shared<GatedStore> (TakeStoreOptions { .folder = fixture.folder.path() / "takes" });
    options.stage.store = store;
    StoredStand stand (options);
    stand.workspace.setScript (
        "Anna: Good evening. You are late again, and nobody has said why: not one of you, "
        "not once in all these years.\nBen: Oh.\n");
    REQUIRE (renderAll (stand.workspace));
    const auto longer = project::choiceOf (*stand.workspace.document(), stand.passage (0)).take->id;
    const auto length = (std::size_t) stand.record (stand.first).length.value;
    REQUIRE ((std::size_t) stand.record (longer).length.value > length + 10'000);

    SECTION ("it is shorter")
    {
        REQUIRE (stand.audition.play (longer));
        stand.begin (length);
        REQUIRE (stand.audition.play (stand.first));
        const auto expected = faded (stand.speech (stand.first));
        std::vector<float> tail;
        CHECK (eventually (
            [&] {
                const auto more = stand.hear (64);
                tail.insert (tail.end(), more.begin(), more.end());
                return std::search (tail.begin(), tail.end(), expected.begin(), expected.begin() + 1000) !=
                       tail.end();
            },
            std::chrono::seconds (3)));
    }
    SECTION ("the first has ended before the other is loaded")
    {
        REQUIRE (stand.workspace.edit (project::ChooseTake { stand.line (0), stand.first }));
        REQUIRE (eventually ([&] {
            const auto view = stand.workspace.player().stage().view();
            return view->parts[0].take != nullptr &&
                   view->parts[0].take->audio().rendered() == (std::int64_t) length;
        }));
        REQUIRE (stand.audition.play (stand.first));
        stand.begin (64);
        store->isShut = true;
        REQUIRE (stand.audition.play (longer));
        REQUIRE (eventually ([&] { return store->isWaiting.load(); }));
        stand.hear (length);
        CHECK (stand.audition.current() == longer);
        store->isShut = false;
        CHECK ((stand.whole (512) == trimmed (faded (stand.speech (longer)))));
    }
}

TEST_CASE ("It sounds at the host's rate, and another rate ends it", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    stand.audition.setHostRate (48'000.0);
    REQUIRE (stand.audition.play (stand.first));
    CHECK ((stand.whole (512) == trimmed (faded (stand.atRate (stand.first, 48'000.0)))));

    REQUIRE (stand.audition.play (stand.first));
    stand.begin (512);
    stand.audition.setHostRate (48'000.0); // the same: it goes on
    CHECK (stand.audition.current() == stand.first);
    stand.audition.setHostRate (44'100.0);
    CHECK_FALSE (stand.audition.current());
    stand.hear (fade);
    CHECK (stand.hear (512) == std::vector<float> (512));

    REQUIRE (stand.audition.play (stand.second));
    CHECK ((stand.whole (512) == trimmed (faded (stand.atRate (stand.second, 44'100.0)))));
}

TEST_CASE ("What cannot be heard is said in one sentence, and ends what is heard", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.second));
    stand.begin (64);

    SECTION ("a take that is not there")
    {
        const auto heard = stand.audition.play ({ 1'000 });
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "this take is no longer in the project. Choose another one.");
    }
    SECTION ("a line that is not there")
    {
        const auto heard = stand.audition.playLine ({ 1'000 });
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "this line is no longer in the script.");
    }
    SECTION ("a line that is not rendered")
    {
        stand.workspace.stop();
        REQUIRE (stand.workspace.edit (project::SetScript { "Anna: Good evening.\nBen: Well then.\n" }));
        const auto heard = stand.audition.playLine (stand.line (1));
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "line 2, Ben is not rendered yet. Render it, then listen.");
    }
    SECTION ("a take whose audio is lost")
    {
        removeTakes (fixture);
        REQUIRE (stand.audition.play (stand.first));
        REQUIRE (stand.hasProblem());
        const auto text = stand.audition.problem()->text();
        CHECK_THAT (text, Catch::StartsWith ("line 1, Anna: the take "));
        CHECK_THAT (text, Catch::EndsWith ("has to be rendered again."));
        REQUIRE (stand.audition.play (stand.second)); // it is in memory
        CHECK_FALSE (stand.audition.problem());
        stand.begin (64);
        stand.audition.stop();
    }
    SECTION ("a damaged take")
    {
        const auto audio = stand.record (stand.first).audio;
        for (const auto& file :
             std::filesystem::recursive_directory_iterator (fixture.folder.path() / "takes"))
            if (file.is_regular_file() && file.path().filename().string().starts_with (audio))
                std::ofstream (file.path(), std::ios::in | std::ios::out).seekp (100) << "damage";
        REQUIRE (stand.audition.play (stand.first));
        REQUIRE (stand.hasProblem());
        CHECK_THAT (stand.audition.problem()->text(), Catch::Contains ("is damaged"));
    }
    CHECK_FALSE (stand.audition.current());
    stand.hear (fade);
    CHECK (stand.hear (64) == std::vector<float> (64));
}

TEST_CASE ("A line that is being rendered, or has failed, says so", "[plugin][audition]")
{
    FakeFaults faults;
    SECTION ("rendering")
    {
        faults.frameMs = 500;
        PluginFixture fixture (faults);
        Workspace workspace (fixture.options());
        workspace.setScript ("Ben: Oh.\n");
        workspace.settle();
        REQUIRE (workspace.render());
        REQUIRE (eventually ([&] { return isAll (workspace, playback::PartState::Rendering); }));
        const auto heard = workspace.audition().playLine (workspace.document()->lines[0]->id);
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "line 1, Ben is still being rendered. Listen when it is done.");
    }
    SECTION ("failed")
    {
        faults.refuseStatus = 404;
        PluginFixture fixture (faults);
        Workspace workspace (fixture.options());
        workspace.setScript ("Ben: Oh.\n");
        workspace.settle();
        REQUIRE (workspace.render());
        REQUIRE (eventually ([&] { return isAll (workspace, playback::PartState::Failed); }));
        const auto heard = workspace.audition().playLine (workspace.document()->lines[0]->id);
        REQUIRE_FALSE (heard);
        CHECK (heard.error().text() == "line 1, Ben: " + workspace.player().stage().view()->parts[0].reason);
    }
}

TEST_CASE ("Without a store, takes of this session are heard and compared", "[plugin][audition]")
{
    PluginFixture fixture;
    auto options = fixture.options();
    options.stage.store = nullptr;
    Stand stand (options);
    for (const auto take : { stand.first, stand.second })
    {
        REQUIRE (stand.audition.play (take));
        CHECK (std::abs ((std::int64_t) stand.whole (512).size() - stand.record (take).length.value) < fade);
    }
}

TEST_CASE ("A bounce and a bypass end it, and say so", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    const auto why = GENERATE (Audition::Refusal::Bypassed, Audition::Refusal::Bouncing);
    REQUIRE (stand.audition.play (stand.first));
    SECTION ("while it is heard")
    {
        stand.begin (64);
    }
    SECTION ("before it is heard")
    {}
    CHECK_FALSE (stand.audition.problem());
    REQUIRE (eventually ([&] {
        stand.audition.refuse (why);
        return ! stand.audition.current();
    }));
    CHECK (stand.hear (64) == std::vector<float> (64)); // nor when it is over
    REQUIRE (stand.audition.problem());
    CHECK_THAT (stand.audition.problem()->text(),
                Catch::Contains (why == Audition::Refusal::Bypassed ? "bypassed" : "bounce"));
    REQUIRE (stand.audition.play (stand.first));
    CHECK_FALSE (stand.audition.problem());
    CHECK ((stand.begin (64)[63] == faded (stand.speech (stand.first))[63]));
}

TEST_CASE ("Where nobody asks for sound, that is said", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    REQUIRE (stand.hasProblem());
    CHECK_THAT (stand.audition.problem()->text(), Catch::Contains ("audio device"));
    stand.begin (64);
    CHECK_FALSE (stand.audition.problem());
}

TEST_CASE ("Another project ends it", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    REQUIRE (stand.audition.play (stand.first));
    stand.begin (64);
    stand.workspace.load (*stand.workspace.save());
    CHECK_FALSE (stand.audition.current());
}

TEST_CASE ("Takes are asked for and stopped while blocks are played", "[plugin][audition][threads]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    stand.audition.setHostRate (48'000.0);
    const auto steepest =
        std::max (largestStep (stand.speech (stand.first)), largestStep (stand.speech (stand.second))) +
        1.0f / fade;
    std::atomic<bool> isLeaving { false };
    std::atomic<std::int64_t> wrong { 0 };
    std::thread audio ([&] {
        float last = 0.0f;
        while (! isLeaving)
        {
            for (const auto sample : stand.hear (64)) // no click
                wrong += std::abs (sample - std::exchange (last, sample)) > steepest ? 1 : 0;
            std::this_thread::sleep_for (std::chrono::microseconds (200));
        }
    });
    for (int round = 0; round < 300; ++round)
    {
        wrong += stand.audition.play (round % 2 == 0 ? stand.first : stand.second) ? 0 : 1;
        if (round % 7 == 0)
            stand.audition.stop();
        if (round % 50 == 0)
            stand.audition.setHostRate (round % 100 == 0 ? 48'000.0 : 24'000.0);
        std::this_thread::sleep_for (std::chrono::milliseconds (round % 5));
    }
    REQUIRE (stand.audition.play (stand.first));
    CHECK (eventually ([&] { return ! stand.audition.current(); }));
    isLeaving = true;
    audio.join();
    CHECK (wrong == 0);
}
