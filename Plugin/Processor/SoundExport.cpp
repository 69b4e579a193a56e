// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/SoundExport.h"

#include <chrono>
#include <utility>

namespace tableread::plugin
{
namespace fs = std::filesystem;

SoundExport::SoundExport (const playback::Player& played, fs::path drags)
    : player (played)
    , folder (std::move (drags))
    , worker ([this] { write(); })
{}

SoundExport::~SoundExport()
{
    cancel();
}

void SoundExport::begin (const playback::Dragged& what, fs::path file)
{
    Wish next { what, player.dragSource(), std::move (file) };
    auto name = next.file.empty() ? playback::fileNameOf (*next.source.document, what)
                                  : Result<std::string> (next.file.filename().string());
    const std::lock_guard lock (mutex);
    if (const auto& last = now.ended; next.file.empty() && next.isSame (wish) && last && *last)
        if (std::error_code ignored; fs::exists (**last, ignored))
            return;
    next.number = ++wishes;
    wish = std::move (next);
    now = { name ? std::move (*name) : std::string ("The sound"), 0.0, {} };
    changed.notify_all();
    worker.ask();
}

void SoundExport::cancel()
{
    const std::lock_guard lock (mutex);
    ++wishes;
    wish = {};
    now = {};
    changed.notify_all();
}

SoundExport::State SoundExport::state() const
{
    const std::lock_guard lock (mutex);
    return now;
}

bool SoundExport::goesOn (std::uint64_t number, double fraction)
{
    const std::lock_guard lock (mutex);
    if (number != wishes)
        return false;
    now.fraction = fraction;
    return true;
}

void SoundExport::write()
{
    Wish mine;
    {
        const std::lock_guard lock (mutex);
        mine = wish;
        if (mine.number == 0 || now.ended)
            return; // it was cancelled, or written for an earlier call
    }
    auto ended = written (mine);
    while (isLoadedSoon (ended, mine.number))
    {
        mine.source = player.dragSource();
        ended = written (mine);
    }
    const std::lock_guard lock (mutex);
    if (mine.number != wishes)
        return;
    wish.source = mine.source;
    now.ended = std::move (ended);
}

Result<fs::path> SoundExport::written (const Wish& wanted)
{
    const auto progress = [this, number = wanted.number] (double fraction) {
        return goesOn (number, fraction);
    };
    if (wanted.file.empty())
        return playback::writeForDrag (wanted.source, wanted.what, folder, progress);
    return playback::writeSound (wanted.source, wanted.what, wanted.file, progress).map ([&] {
        return wanted.file;
    });
}

/** A take that has just been rendered may be on its way through the store. Waits a moment; false: it is no longer worth it. */
bool SoundExport::isLoadedSoon (const Result<fs::path>& ended, std::uint64_t number)
{
    constexpr std::chrono::milliseconds moment { 30 };
    if (ended || ended.error().code != ErrorCode::Busy)
        return false;
    std::unique_lock lock (mutex);
    return ! changed.wait_for (lock, moment, [&] { return number != wishes; });
}
} // namespace tableread::plugin
