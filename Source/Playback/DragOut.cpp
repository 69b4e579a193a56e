// SPDX-License-Identifier: Apache-2.0
#include "Playback/DragOut.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "Audio/OutputFile.h"
#include "Passage/Names.h"
#include "Playback/Parts.h"
#include "Project/Lookup.h"
#include "Timeline/Bounce.h"

namespace tableread::playback
{
namespace
{
namespace fs = std::filesystem;
using project::PassageView;

constexpr const char* dragPrefix = "drag-";
constexpr double resampling = 0.5; // of the work

tl::unexpected<Error> refused (std::string why)
{
    return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (why), {} });
}

std::string spokenBy (const project::Document& document, const PassageView& passage)
{
    std::string text;
    for (auto place = passage.first; place < passage.first + passage.count; ++place)
        text += (text.empty() ? "" : " ") + document.lines[place]->text;
    return text;
}

/** What is dragged: which passages, and what it is called. */
struct Selection
{
    std::vector<bool> passages; // of all: whether each is dragged
    std::string name {};        // of the file, without its ending
    std::string description {};
    bool isWhole = false; // from the timeline's beginning to its end
    bool isMix = false;   // mutes and solos count

    bool isEmpty() const { return std::find (passages.begin(), passages.end(), true) == passages.end(); }
};

/** Finds what is meant in one document. */
class Selecting
{
public:
    Selecting (const project::Document& source, const std::vector<PassageView>& all)
        : document (source)
        , passages (all)
    {}

    Selection operator() (const DraggedLine& dragged) const
    {
        Selection selection { .passages = std::vector<bool> (passages.size()) };
        const auto place = project::placeOf (document, dragged.line);
        if (! place)
            return selection;
        const auto& passage = passageWith (passages, *place);
        selection.passages[(std::size_t) (&passage - passages.data())] = true;
        const auto text = spokenBy (document, passage);
        selection.description = titleOf (document, passage) + ": " + text;
        selection.name = passage.speakers.front() + ' ' + text;
        return selection;
    }

    Selection operator() (const DraggedScene& dragged) const
    {
        auto selection = those ([&] (const PassageView& passage) {
            return document.lines[passage.first]->scene == dragged.scene;
        });
        const auto scene = (std::size_t) dragged.scene;
        if (scene < document.scenes.size())
            selection.name = document.scenes[scene];
        if (selection.name.empty())
            selection.name = "Scene " + std::to_string (dragged.scene + 1);
        selection.description = selection.name;
        selection.isMix = true;
        return selection;
    }

    Selection operator() (const DraggedSpeaker& dragged) const
    {
        const auto folded = foldedName (dragged.name);
        auto selection = those ([&] (const PassageView& passage) {
            return foldedName (document.lines[passage.first]->speaker) == folded;
        });
        selection.name = selection.description = dragged.name;
        selection.isWhole = true;
        return selection;
    }

private:
    template <typename Which>
    Selection those (const Which& which) const
    {
        Selection selection;
        for (const auto& passage : passages)
            selection.passages.push_back (which (passage));
        return selection;
    }

    const project::Document& document;
    const std::vector<PassageView>& passages;
};

/** What is dragged of a document, and all passages of that. */
struct Found
{
    std::vector<PassageView> passages;
    Selection selection {};
};

Result<Found> find (const project::Document& document, const Dragged& what)
{
    Found found { project::passagesOf (document) };
    found.selection = std::visit (Selecting (document, found.passages), what);
    if (found.selection.isEmpty())
        return refused ("nobody speaks what was dragged: it is no longer in the script.");
    return found;
}

/** A name for a file that every system and host takes: no slash, no control, not too long. */
std::string fileName (std::string_view name)
{
    constexpr std::size_t most = 60;
    std::string text;
    for (const char letter : name)
        if (const auto byte = (unsigned char) letter;
            byte >= ' ' && std::strchr ("/\\:*?\"<>|.\x7f", letter) == nullptr)
            text += letter;
    if (text.size() > most)
    {
        auto end = text.find_last_of (' ', most);
        if (end == std::string::npos || end == 0)
            for (end = most; ((unsigned char) text[end] & 0xc0u) == 0x80u;) // not within a character
                --end;
        text.resize (end);
    }
    return (text.empty() ? "Speech" : text) + ".wav";
}

/** Null: it has none, or not all of it, or the stage has not heard yet that something else is wanted. */
std::shared_ptr<const Take> wholeTake (const PartView& part, const std::string& wanted)
{
    const bool isWhole = part.state == PartState::Done || part.state == PartState::Stale;
    return isWhole && part.name == wanted ? part.take : nullptr;
}

/** The timeline with the audio of what is dragged; all else is silent and has the length that it has. */
Result<Timeline> timelineOf (const DragSource& source, const Found& found, const DragProgress& goesOn)
{
    const auto& [passages, selection] = found;
    auto score = scoreOf (*source.document, source.beat);
    Timeline timeline { {}, std::move (score.lanes), score.gaps, score.silenceAfter };
    if (! selection.isMix)
        for (auto& lane : timeline.lanes)
            lane.isMuted = lane.isSolo = false;
    std::unordered_map<std::uint64_t, const PartView*> shown;
    for (const auto& part : source.view->parts)
        shown.emplace (part.line, &part);
    for (std::size_t i = 0; i < score.parts.size(); ++i)
    {
        if (goesOn && ! goesOn (resampling * (double) i / (double) score.parts.size()))
            return tl::unexpected (
                Error { ErrorCode::Cancelled, "what was dragged is no longer wanted.", {} });
        auto item = std::move (score.parts[i].item);
        const auto part = shown.find (item.line);
        const auto take = part != shown.end() ? wholeTake (*part->second, score.parts[i].name) : nullptr;
        if (take != nullptr)
            item.estimate = { take->audio().rendered() };
        else if (score.parts[i].known)
            item.estimate = score.parts[i].known->length;
        item.isGivenUp = ! selection.passages[i];
        if (selection.passages[i])
        {
            if (take == nullptr && part != shown.end() && part->second->state == PartState::Loading)
                return tl::unexpected (Error { ErrorCode::Busy,
                                               titleOf (*source.document, passages[i]) +
                                                   " is still being loaded. Drag again in a moment.",
                                               {} });
            if (take == nullptr)
                return refused (titleOf (*source.document, passages[i]) +
                                " is not rendered yet. Render it, then drag again.");
            auto audio = HostAudio::create (take, source.hostRateHz);
            if (! audio)
                return tl::unexpected (audio.error());
            (*audio)->pump();
            item.audio = std::move (*audio);
        }
        timeline.items.push_back (std::move (item));
    }
    return timeline;
}

/** From where to where on the host's timeline. */
struct Range
{
    HostSamples from, to;
};

Range rangeOf (const Arrangement& arrangement, const Selection& selection, double hostRateHz)
{
    std::optional<Range> range;
    if (selection.isWhole)
        range = Range { {}, toHost (arrangement.end, hostRateHz) };
    for (std::size_t i = 0; i < arrangement.places.size(); ++i)
        if (selection.passages[i])
        {
            const auto from = toHost (arrangement.places[i].start, hostRateHz),
                       to = toHost (arrangement.places[i].end(), hostRateHz);
            range =
                range ? Range { std::min (range->from, from), std::max (range->to, to) } : Range { from, to };
        }
    return range.value_or (Range {});
}

/** A new folder for one drag, so that its file can have a plain name and nobody's is replaced. */
Result<fs::path> newFolder (const fs::path& folder)
{
    std::error_code failed;
    fs::create_directories (folder, failed);
    auto pattern = (folder / (std::string (dragPrefix) + "XXXXXX")).string();
    if (failed || ::mkdtemp (pattern.data()) == nullptr)
    {
        const int number = failed ? failed.value() : errno;
        return tl::unexpected (cannotWrite (folder, number, std::strerror (number)));
    }
    return fs::path (pattern);
}

void removeOld (const fs::path& folder)
{
    constexpr auto longest = std::chrono::hours (24 * 7);
    std::error_code failed;
    std::vector<fs::path> old;
    for (fs::directory_iterator each (folder, failed), end; ! failed && each != end; each.increment (failed))
    {
        std::error_code ignored;
        const auto time = fs::last_write_time (each->path(), ignored);
        if (! ignored && each->path().filename().string().starts_with (dragPrefix) &&
            time < fs::file_time_type::clock::now() - longest)
            old.push_back (each->path());
    }
    for (const auto& path : old)
        fs::remove_all (path, failed);
}

/** The timeline with that, and the part of it that goes into a file. */
struct Sound
{
    PlaybackPlan plan;
    BounceJob job;
    std::string name {}; // of the file
};

Result<Sound> soundOf (const DragSource& source, const Dragged& what, const DragProgress& goesOn)
{
    const auto found = find (*source.document, what);
    if (! found)
        return tl::unexpected (found.error());
    const auto timeline = timelineOf (source, *found, goesOn);
    if (! timeline)
        return tl::unexpected (timeline.error());
    auto arrangement = arrange (*timeline, { .hostRateHz = source.hostRateHz });
    const auto range = rangeOf (arrangement, found->selection, source.hostRateHz);
    BounceJob job { .from = range.from,
                    .to = range.to,
                    .hostRateHz = (int) std::lround (source.hostRateHz),
                    .note = BroadcastNote { .description = found->selection.description,
                                            .timeReference = range.from.value } };
    if (goesOn)
        job.goesOn = [goesOn] (double written) { return goesOn (resampling + (1.0 - resampling) * written); };
    return Sound { std::move (arrangement.plan), std::move (job), fileName (found->selection.name) };
}

Result<void> write (Sound& sound, const fs::path& file)
{
    sound.job.file = file;
    return bounce (sound.plan, sound.job);
}
} // namespace

Result<std::string> fileNameOf (const project::Document& document, const Dragged& what)
{
    return find (document, what).map ([] (const Found& found) { return fileName (found.selection.name); });
}

Result<void> writeSound (const DragSource& source, const Dragged& what, const fs::path& file,
                         const DragProgress& goesOn)
{
    auto sound = soundOf (source, what, goesOn);
    return sound ? write (*sound, file) : tl::unexpected (sound.error());
}

Result<fs::path> writeForDrag (const DragSource& source, const Dragged& what, const fs::path& folder,
                               const DragProgress& goesOn)
{
    removeOld (folder);
    auto sound = soundOf (source, what, goesOn);
    if (! sound)
        return tl::unexpected (sound.error());
    auto made = newFolder (folder);
    if (! made)
        return made;
    const auto file = *made / sound->name;
    const auto written = write (*sound, file);
    if (written)
        return file;
    std::error_code ignored;
    fs::remove (*made, ignored);
    return tl::unexpected (written.error());
}
} // namespace tableread::playback
