// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/SoundExport.h"

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
    worker.ask();
}

void SoundExport::cancel()
{
    const std::lock_guard lock (mutex);
    ++wishes;
    wish = {};
    now = {};
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
    const auto progress = [this, number = mine.number] (double fraction) {
        return goesOn (number, fraction);
    };
    auto ended = mine.file.empty()
                     ? playback::writeForDrag (mine.source, mine.what, folder, progress)
                     : playback::writeSound (mine.source, mine.what, mine.file, progress).map ([&] {
                           return mine.file;
                       });
    const std::lock_guard lock (mutex);
    if (mine.number == wishes)
        now.ended = std::move (ended);
}
} // namespace tableread::plugin
