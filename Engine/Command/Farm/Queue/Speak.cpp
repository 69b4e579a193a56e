// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Speak.h"

#include <optional>

#include "Command/Farm/Queue/Source.h"
#include "Command/Farm/Queue/Voices.h"

namespace tableread::engine
{
int speakQueue (BatchRun& run)
{
    LineQueue queue (run.options.queue.address, run.options.queue.queue);
    queue.create();
    if (! run.options.keepsWaiting && queue.queued() == 0)
        return run.end();
    auto wanted = run.options.model.resolve (run.session);
    run.options.offload.applyTo (wanted);
    const ShelfOptions shelf { .note = [&run] (const std::string& sentence,
                                               const VoiceReference&) { run.note (sentence); },
                               .process = readerOf (run.voicing, run.session) };
    QueueVoices voices (shelfOf (wanted.model, shelf), run.store);
    const auto renderer = run.load (wanted);
    std::optional<Error> trouble;
    {
        QueueSource source (queue, run, [&voices] (const LineMessage& line) { return voices.of (line); });
        run.work (*renderer, source, wanted.offload.settings.passages);
        trouble = source.problem();
    }
    if (! trouble)
        return run.end();
    run.say (*trouble);
    return run.end (exitCodeOf (trouble->code));
}
} // namespace tableread::engine
