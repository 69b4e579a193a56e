// SPDX-License-Identifier: Apache-2.0
#include "Playback/DragOut.h"

#include <atomic>

#include <sys/stat.h>

#include "Dragfile.h"
#include "PlayedProject.h"
#include "Project/Lookup.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
/** The dialogue, rendered. */
struct Desk : PlayedProject
{
    explicit Desk (double rate = 24'000.0) : hostRate (rate)
    {
        auto settings = source.document()->settings;
        settings.gaps = { 100, 200, 1'000 };
        REQUIRE (source.edit (project::SetSettings { settings }));
        player.stage().setHostRate (rate);
    }

    void render()
    {
        player.renderAll();
        REQUIRE (isDone (player));
    }

    void change (const std::string& speaker, const std::function<void (project::Member&)>& how)
    {
        auto member = *project::memberOf (*source.document(), speaker);
        how (member);
        REQUIRE (source.edit (project::SetMember { member }));
    }

    /** Waits until the stage has what the project says now. */
    std::vector<float> bounced()
    {
        REQUIRE (isDone (player));
        const auto end = toHost (player.stage().view()->end, hostRate);
        return bounce (player.stage(), (std::size_t) end.value);
    }

    Dragfile drag (const Dragged& what)
    {
        const auto file = writeForDrag (player.dragSource(), what, drags);
        INFO ((file ? std::string() : file.error().text()));
        REQUIRE (file);
        last = *file;
        return Dragfile (*file);
    }

    double hostRate;
    FakeEngine engine { fixture.socket() };
    Player player { source, fixture.options() };
    fs::path drags = fixture.folder.path() / "data" / "drags";
    fs::path last {};
};

std::vector<float> partOf (const std::vector<float>& sound, const Place& place, double rate)
{
    const auto from = toHost (place.start, rate).value, to = toHost (place.end(), rate).value;
    return { sound.begin() + from, sound.begin() + to };
}

void makeWeekOld (const fs::path& path, int days)
{
    fs::last_write_time (path, fs::file_time_type::clock::now() - std::chrono::hours (24 * days));
}
} // namespace

TEST_CASE ("A dragged line is what a bounce has there, and says where that is", "[source][playback][drag]")
{
    const auto rate = GENERATE (24'000.0, 44'100.0);
    Desk desk (rate);
    desk.render();
    desk.change ("Ben", [] (auto& ben) { ben.gainDb = -6.5; });
    const auto sound = desk.bounced();
    const auto place = desk.player.stage().view()->parts[1].place;
    const auto file = desk.drag (DraggedLine { desk.line (1) });
    CHECK ((file.samples == partOf (sound, place, rate)));
    CHECK (file.rate == (std::uint32_t) rate);
    CHECK (file.timeReference == (std::uint64_t) toHost (place.start, rate).value);
    CHECK (file.description == "line 2, Ben: The train stood still for an hour.");
    CHECK (file.originator == "TableRead");
    CHECK (file.version == 2);
    CHECK (file.loudness == "\xff\x7f\xff\x7f\xff\x7f\xff\x7f\xff\x7f"); // not measured
    CHECK_THAT (file.date, Catch::Matches ("2[0-9]{3}-[0-9]{2}-[0-9]{2}"));
    CHECK_THAT (file.time, Catch::Matches ("[0-9]{2}:[0-9]{2}:[0-9]{2}"));
    CHECK (desk.last.filename() == "Ben The train stood still for an hour.wav");

    const auto first = desk.last;
    CHECK ((desk.drag (DraggedLine { desk.line (1) }).samples == file.samples));
    CHECK (desk.last != first); // a host may read the first one still

    desk.change ("Ben", [] (auto& ben) { ben.isMuted = true; });
    desk.change ("Anna", [] (auto& anna) { anna.isSolo = true; });
    REQUIRE (isDone (desk.player));
    CHECK ((desk.drag (DraggedLine { desk.line (1) }).samples == file.samples));
}

TEST_CASE ("A dragged scene is the mix of its lines as it is heard", "[source][playback][drag]")
{
    Desk desk;
    REQUIRE (desk.source.edit (project::SetScript { "Anna: Before.\n== The quay ==\nBen: One, two, three.\n"
                                                    "Anna: Four and five.\n== The end ==\nBen: After.\n" }));
    REQUIRE (
        desk.source.edit (project::SetAnchor { desk.line (2), project::AtSeconds { 1.5 } })); // over Ben's
    desk.render();
    const auto sound = desk.bounced();
    const auto parts = desk.player.stage().view()->parts;
    REQUIRE (parts[2].place.start < parts[1].place.end());
    const auto file = desk.drag (DraggedScene { 1 });
    const Place both { .start = parts[1].place.start,
                       .length =
                           std::max (parts[1].place.end(), parts[2].place.end()) - parts[1].place.start };
    CHECK ((file.samples == partOf (sound, both, 24'000.0)));
    CHECK (file.timeReference == (std::uint64_t) both.start.value);
    CHECK (file.description == "The quay");
    CHECK (desk.last.filename() == "The quay.wav");

    desk.change ("Ben", [] (auto& ben) { ben.isMuted = true; });
    const auto quiet = desk.bounced();
    CHECK ((desk.drag (DraggedScene { 1 }).samples == partOf (quiet, both, 24'000.0)));
    CHECK (desk.drag (DraggedScene { 0 }).description == "Scene 1");
}

TEST_CASE ("A dragged stem has the script's length and that speaker alone", "[source][playback][drag]")
{
    const auto rate = GENERATE (24'000.0, 48'000.0);
    Desk desk (rate);
    desk.render();
    desk.change ("Anna", [] (auto& anna) { anna.gainDb = 3.0; });
    const auto sound = desk.bounced();
    const auto anna = desk.drag (DraggedSpeaker { "ANNA" });
    const auto ben = desk.drag (DraggedSpeaker { "Ben" });
    CHECK (anna.samples.size() == sound.size());
    CHECK (ben.samples.size() == sound.size());
    std::vector<float> sum (sound.size());
    std::transform (anna.samples.begin(), anna.samples.end(), ben.samples.begin(), sum.begin(),
                    std::plus<>());
    CHECK ((sum == sound));
    CHECK (anna.timeReference == 0);
    const auto place = desk.player.stage().view()->parts[1].place;
    CHECK ((partOf (ben.samples, place, rate) == partOf (sound, place, rate)));
    desk.change ("Ben", [] (auto& member) { member.isMuted = true; });
    REQUIRE (isDone (desk.player));
    CHECK ((desk.drag (DraggedSpeaker { "Ben" }).samples == ben.samples));
}

TEST_CASE ("What lies before 0 is dragged as a whole", "[source][playback][drag]")
{
    Desk desk;
    REQUIRE (desk.source.edit (project::SetAnchor { desk.line (0), project::AtSeconds { -0.5 } }));
    desk.render();
    const auto speech = fakeSpeech (scoreOf (*desk.source.document()).parts[0].request);
    const auto line = desk.drag (DraggedLine { desk.line (0) });
    CHECK ((line.samples == speech));
    CHECK (line.timeReference == 0);
    const auto stem = desk.drag (DraggedSpeaker { "Anna" });
    REQUIRE (stem.samples.size() == desk.bounced().size() + 12'000);
    CHECK ((std::vector<float> (stem.samples.begin(), stem.samples.begin() + std::ssize (speech)) == speech));
}

TEST_CASE ("What is not rendered, or not there, is refused in a sentence and leaves nothing",
           "[source][playback][drag]")
{
    Desk desk;
    REQUIRE (eventually ([&] { return desk.player.stage().view()->parts.size() == 3; }));
    const auto refusal = [&] (const Dragged& what) {
        const auto file = writeForDrag (desk.player.dragSource(), what, desk.drags);
        REQUIRE_FALSE (file);
        CHECK (file.error().code == ErrorCode::InvalidInput);
        return file.error().text();
    };
    CHECK (refusal (DraggedLine { desk.line (1) }) ==
           "line 2, Ben is not rendered yet. Render it, then drag again.");
    CHECK_THAT (refusal (DraggedSpeaker { "Anna" }), Contains ("line 1, Anna is not rendered yet."));
    CHECK_THAT (refusal (DraggedLine { { 77 } }), Contains ("no longer in the script"));
    CHECK_THAT (refusal (DraggedScene { 5 }), Contains ("no longer in the script"));
    CHECK_THAT (refusal (DraggedSpeaker { "Clara" }), Contains ("no longer in the script"));
    CHECK_FALSE (fs::exists (desk.drags));
    desk.render();

    // The words that are shown, not those before: the stage may not have heard of the edit yet.
    const DragSource before { desk.source.document(), desk.player.stage().view() };
    desk.player.stage().stop();
    desk.setText ("train", "coach");
    const DragSource late { desk.source.document(), before.view };
    CHECK (writeForDrag (before, DraggedLine { desk.line (1) }, desk.drags));
    CHECK_FALSE (writeForDrag (late, DraggedLine { desk.line (1) }, desk.drags));

    std::ofstream (desk.fixture.folder.path() / "file") << "no folder";
    const auto file =
        writeForDrag (before, DraggedLine { desk.line (0) }, desk.fixture.folder.path() / "file");
    REQUIRE_FALSE (file);
    CHECK_THAT (file.error().text(), Contains ("cannot be written"));
}

TEST_CASE ("Drags of more than a week ago are removed, and nothing else", "[source][playback][drag]")
{
    Desk desk;
    desk.render();
    desk.drag (DraggedLine { desk.line (0) });
    const auto first = desk.last;
    desk.drag (DraggedLine { desk.line (0) });
    const auto second = desk.last;
    fs::create_directory (desk.drags / "mine");
    makeWeekOld (desk.drags / "mine", 30);
    makeWeekOld (first.parent_path(), 8);
    makeWeekOld (second.parent_path(), 6);
    desk.drag (DraggedLine { desk.line (0) });
    CHECK_FALSE (fs::exists (first));
    CHECK (fs::exists (second));
    CHECK (fs::exists (desk.drags / "mine"));
}

TEST_CASE ("A drag's name is one that every system takes, and its words end between two characters",
           "[source][playback][drag]")
{
    Desk desk;
    std::string words;
    for (int i = 0; i < 100; ++i)
        words += "\u3053\u3093"; // three bytes each
    REQUIRE (
        desk.source.edit (project::SetScript { "Anna: Is it \"7/8\" or: <5*|?>\\.\nBen: " + words + "\n" }));
    desk.render();
    (void) desk.drag (DraggedLine { desk.line (0) });
    CHECK (desk.last.filename() == "Anna Is it 78 or 5.wav");
    const auto file = desk.drag (DraggedLine { desk.line (1) });
    CHECK (file.description.size() <= 256);
    CHECK (file.description.size() > 252);
    CHECK (("line 2, Ben: " + words).starts_with (file.description));
    CHECK ((file.description.size() - std::string ("line 2, Ben: ").size()) % 3 == 0);
    const auto name = desk.last.stem().string();
    CHECK (name == "Ben"); // the only blank before the limit
}

TEST_CASE ("What is dragged can be saved where the user wants it", "[source][playback][drag]")
{
    Desk desk (48'000.0);
    desk.render();
    const auto dragged = desk.drag (DraggedSpeaker { "Anna" });
    const auto file = desk.fixture.folder.path() / "mine.wav";
    std::vector<double> told;
    REQUIRE (writeSound (desk.player.dragSource(), DraggedSpeaker { "Anna" }, file, [&] (double fraction) {
        told.push_back (fraction);
        return true;
    }));
    const Dragfile saved (file);
    CHECK ((saved.samples == dragged.samples));
    CHECK (saved.timeReference == dragged.timeReference);
    CHECK (std::is_sorted (told.begin(), told.end()));
    CHECK (told.front() == 0.0);
    CHECK (told.back() > 0.8);
    CHECK (told.back() <= 1.0);

    const auto document = desk.source.document();
    CHECK (fileNameOf (*document, DraggedSpeaker { "anna" }).value() == "anna.wav");
    CHECK (fileNameOf (*document, DraggedScene { 0 }).value() == "Scene 1.wav");
    CHECK_FALSE (fileNameOf (*document, DraggedScene { 5 }));
}

TEST_CASE ("A file that is no longer wanted is given up at once, and nothing of it stays",
           "[source][playback][drag]")
{
    Desk desk (44'100.0);
    desk.render();
    const auto enough = GENERATE (0.0, 0.3, 0.5, 0.7); // while takes are resampled, and while it is written
    const auto given = [&] (double fraction) { return fraction < enough; };
    const auto file = writeForDrag (desk.player.dragSource(), DraggedSpeaker { "Anna" }, desk.drags, given);
    REQUIRE_FALSE (file);
    CHECK (file.error().code == ErrorCode::Cancelled);
    CHECK ((! fs::exists (desk.drags) || fs::is_empty (desk.drags)));
    const auto saved = desk.fixture.folder.path() / "mine.wav";
    CHECK_FALSE (writeSound (desk.player.dragSource(), DraggedSpeaker { "Anna" }, saved, given));
    CHECK_FALSE (fs::exists (saved));
}

TEST_CASE ("What is being loaded is not said to be unrendered", "[source][playback][drag]")
{
    Desk desk;
    desk.render();
    auto source = desk.player.dragSource();
    auto view = std::make_shared<View> (*source.view);
    view->parts[1].state = PartState::Loading;
    view->parts[1].take = nullptr;
    source.view = view;
    const auto file = writeForDrag (source, DraggedLine { desk.line (1) }, desk.drags);
    REQUIRE_FALSE (file);
    CHECK (file.error().code == ErrorCode::Busy);
    CHECK (file.error().text() == "line 2, Ben is still being loaded. Drag again in a moment.");
    CHECK (writeForDrag (source, DraggedLine { desk.line (0) }, desk.drags));
}

TEST_CASE ("A drag is the same as long as it would sound the same", "[source][playback][drag]")
{
    Desk desk;
    desk.render();
    const auto source = desk.player.dragSource();
    auto other = source;
    const auto view = std::make_shared<View> (*source.view);
    other.view = view;
    REQUIRE (other == source); // a view that was made anew
    SECTION ("but not with a part elsewhere")
    {
        view->parts[1].place.start.value += 1;
    }
    SECTION ("but not with another take")
    {
        view->parts[1].take = view->parts[0].take;
    }
    SECTION ("but not at another rate")
    {
        other.hostRateHz = 48'000.0;
    }
    CHECK_FALSE (other == source);
}
