// SPDX-License-Identifier: GPL-3.0-or-later
#include "LongScene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "HostedPlugin.h"
#include "PluginFixture.h"
#include "Project/Requests.h"
#include "StateText.h"
#include "Timeline/HostAudio.h"

namespace tableread::test
{
namespace
{
constexpr std::array<const char*, 5> speakers { "Anna", "Ben", "Clara", "David", "Eva" };
constexpr std::array<std::size_t, 3> editedLines { 4, 23, 41 };
constexpr std::array<std::size_t, 5> rolledLines { 0, 17, 23, 38, 59 };
constexpr std::array<std::size_t, 2> lockedLines { 17, 30 };

/** The lines, all of them different. */
std::vector<SceneLine> written()
{
    constexpr std::array<const char*, 6> begins { "Good evening", "The train is late", "Sit down",
                                                  "Nobody came",  "It rains again",    "Give me that" };
    constexpr std::array<const char*, 10> ends { "my friend.",   "and the soup is cold.",
                                                 "at last.",     "as you know well.",
                                                 "I am afraid.", "or so they say.",
                                                 "on a Monday.", "without a word.",
                                                 "for once.",    "and that is that." };
    std::vector<SceneLine> lines;
    for (std::size_t i = 0; i < LongScene::lineCount; ++i)
        lines.push_back (
            { .speaker = speakers[(i * 2 + i / 7) % speakers.size()],
              .text = std::string (begins[i % begins.size()]) + ", " + ends[i / begins.size()] });
    return lines;
}

std::int64_t samplesAt (double seconds)
{
    return std::llround (seconds * (double) modelSampleRateHz);
}

double secondsAt (std::int64_t sample)
{
    return (double) sample / (double) modelSampleRateHz;
}

std::vector<float> atRate (const std::vector<float>& speech, double rate)
{
    const auto take = std::make_shared<Take>();
    take->append (speech);
    take->finish();
    const auto audio = HostAudio::create (take, rate).value();
    audio->pump();
    std::vector<float> samples ((std::size_t) audio->rendered());
    audio->read (0, samples);
    return samples;
}

/** The lines' ids, by their places. */
template <std::size_t count>
std::vector<project::LineId> ids (Workspace& workspace, const std::array<std::size_t, count>& places)
{
    std::vector<project::LineId> lines;
    lines.reserve (count);
    for (const auto place : places)
        lines.push_back (workspace.document()->lines[place]->id);
    return lines;
}
} // namespace

LongScene::LongScene (Speech engine, std::filesystem::path evasVoice)
    : speech (std::move (engine))
    , recording (std::move (evasVoice))
    , all (written())
{}

std::string LongScene::voiceOf (const SceneLine& line)
{
    auto name = line.speaker;
    name.front() = (char) (name.front() - 'A' + 'a');
    return name;
}

std::string LongScene::script() const
{
    std::string text;
    for (const auto& line : all)
        text += line.speaker + ": " + line.text + '\n';
    return text;
}

std::vector<LongScene::Spoken> LongScene::spoken() const
{
    std::vector<Spoken> places;
    std::int64_t at = 0;
    for (const auto& line : all)
    {
        at = line.seconds ? samplesAt (*line.seconds) : at;
        places.push_back ({ at, speech (line), line.speaker == "Ben" });
        at = places.back().end();
    }
    return places;
}

std::vector<float> LongScene::sound (double rate) const
{
    auto places = spoken();
    std::stable_sort (places.begin(), places.end(), // in which order floats are summed
                      [] (const Spoken& a, const Spoken& b) { return a.start < b.start; });
    const auto hosted = [&] (std::int64_t sample) {
        return (std::size_t) std::llround ((double) sample * rate / (double) modelSampleRateHz);
    };
    std::vector<float> whole;
    const auto quiet = (float) std::pow (10.0, benDb / 20.0);
    for (const auto& line : places)
    {
        const auto samples = atRate (line.samples, rate);
        const auto start = hosted (line.start), end = hosted (line.end());
        whole.resize (std::max (whole.size(), end));
        for (auto at = start; at < std::min (end, start + samples.size()); ++at)
            whole[at] += line.isBens ? samples[at - start] * quiet : samples[at - start];
    }
    return whole;
}

void LongScene::edit (Workspace& workspace, const project::Edit& wanted)
{
    REQUIRE (workspace.edit (wanted));
    ++edits;
}

void LongScene::type (Workspace& workspace)
{
    workspace.setScript (script());
    workspace.settle();
    ++edits;
}

void LongScene::hear (Workspace& workspace, const char* step)
{
    CAPTURE (step);
    const auto hash = contentHash (bounce (workspace));
    CHECK (hash == contentHash (sound()));
    CHECK (workspace.player().stage().gaps().empty());
    CHECK ((heard.empty() || heard.back().edits == edits || hash != heard.back().hash));
    heard.push_back ({ edits, hash });
}

void LongScene::paste (Workspace& workspace)
{
    CHECK (bounce (workspace).empty());
    workspace.stop(); // what is pasted is not asked for before it has its voices
    type (workspace);
    REQUIRE (workspace.document()->lines.size() == lineCount);
}

void LongScene::cast (Workspace& workspace)
{
    for (const std::string speaker : speakers)
    {
        project::Member member;
        member.speaker = speaker;
        member.isChosen = true;
        member.gainDb = speaker == "Ben" ? benDb : 0.0;
        member.moods.emplace_back().voice.name = voiceOf ({ speaker, {} });
        if (speaker == "Eva")
            member.moods.front().voice.path = recording;
        edit (workspace, project::SetMember { std::move (member) });
    }
    workspace.settle(); // Eva's recording is read, so her lines are asked for once
    REQUIRE (workspace.render());
}

void LongScene::editWords (Workspace& workspace)
{
    for (const auto line : editedLines)
    {
        all[line].text = "So, " + all[line].text;
        type (workspace);
    }
}

/** The new seeds are the plugin's to choose: they stand in its takes. */
void LongScene::reroll (Workspace& workspace)
{
    edit (workspace, project::Reroll { ids (workspace, rolledLines) });
    (void) bounce (workspace);
    const auto document = workspace.document();
    std::set<std::uint64_t> seeds { document->settings.seed };
    for (const auto& passage : project::passagesOf (*document))
    {
        if (std::find (rolledLines.begin(), rolledLines.end(), passage.first) == rolledLines.end())
            continue;
        const auto choice = project::choiceOf (*document, passage);
        REQUIRE (choice.take != nullptr);
        all[passage.first].seed = choice.take->seed;
        CHECK (seeds.insert (choice.take->seed).second);
    }
    CHECK (seeds.size() == 1 + rolledLines.size());
}

/** What is locked sounds the same whatever becomes of its words. */
void LongScene::lock (Workspace& workspace)
{
    const auto unlocked = heard.back();
    for (const auto line : ids (workspace, lockedLines))
        edit (workspace, project::SetLocked { line, true });
    CHECK (contentHash (bounce (workspace)) == unlocked.hash);
    auto text = script();
    const auto& words = all[lockedLines[0]].text;
    workspace.setScript (text.replace (text.find (words), words.size(), "Something else."));
    CHECK (contentHash (bounce (workspace)) == unlocked.hash);
    REQUIRE (workspace.undo());
    CHECK (contentHash (bounce (workspace)) == unlocked.hash);
}

void LongScene::move (Workspace& workspace)
{
    constexpr double secondsAQuarter = 0.5; // at a document's first tempo
    project::SetAnchors moved;
    const auto put = [&] (std::size_t line, double by) {
        all[line].seconds = secondsAt (spoken()[line].start) + by;
        moved.anchors.push_back (
            { workspace.document()->lines[line]->id, project::AtSeconds { *all[line].seconds } });
    };
    put (12, 1.25);
    put (27, -0.5); // into the line before it
    const auto quarters = std::ceil (secondsAt (spoken()[40].start) / secondsAQuarter) + 3.0;
    all[40].seconds = quarters * secondsAQuarter;
    moved.anchors.push_back ({ workspace.document()->lines[40]->id, project::AtBeats { quarters } });
    put (55, 10.0);
    edit (workspace, moved);
}

/** Back through each of the steps, to nothing. */
void LongScene::undoAll (Workspace& workspace)
{
    while (workspace.undo())
    {
        REQUIRE (edits > 0);
        --edits;
        const auto step = std::find_if (heard.begin(), heard.end(),
                                        [this] (const Heard& each) { return each.edits == edits; });
        if (step == heard.end())
            continue;
        CAPTURE (edits);
        CHECK (contentHash (bounce (workspace)) == step->hash);
        workspace.stop(); // nothing is asked for on the way
    }
    CHECK (edits == 0);
    const auto& stage = workspace.player().stage();
    REQUIRE (
        eventually ([&] { return stage.view()->parts.empty(); })); // a bounce would ask for what it still has
    CHECK (bounce (workspace).empty());
    CHECK (workspace.document()->script->empty());
    workspace.stop();
}

void LongScene::redoAll (Workspace& workspace)
{
    while (workspace.redo())
        ++edits;
    CHECK (edits == heard.back().edits);
    CHECK (contentHash (bounce (workspace)) == heard.back().hash);
    CHECK (workspace.player().stage().gaps().empty());
}

void LongScene::reopen (const std::string& saved, double rate) const
{
    const auto expected = sound (rate);
    const auto before = documentIn (saved);
    const auto isKept = [&] (const std::string& state) {
        auto now = documentIn (state);
        now.id = before.id; // is given when it is open for the first time for long
        return now == before;
    };
    {
        Workspace workspace;
        workspace.load (saved);
        CHECK ((bounce (workspace, rate) == expected));
        CHECK (workspace.player().stage().gaps().empty());
        CHECK (isKept (*workspace.save()));
    }
    for (const auto& [format, bundle] :
         { std::pair ("VST3", TABLEREAD_VST3), std::pair ("LV2", TABLEREAD_LV2) })
    {
        CAPTURE (format, rate);
        HostedPlugin plugin (format, bundle, rate, 512);
        plugin.load (saved);
        CHECK ((plugin.bounce (0, (std::int64_t) expected.size(), 512) == expected));
        CHECK (isKept (plugin.save()));
    }
}

std::string LongScene::workOn (Workspace& workspace)
{
    paste (workspace);
    cast (workspace);
    hear (workspace, "rendered");
    editWords (workspace);
    hear (workspace, "three words");
    reroll (workspace);
    hear (workspace, "five other takes");
    lock (workspace);
    move (workspace);
    hear (workspace, "four lines elsewhere");
    undoAll (workspace);
    redoAll (workspace);
    return *workspace.save();
}
} // namespace tableread::test
