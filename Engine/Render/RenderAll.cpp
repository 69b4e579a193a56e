// SPDX-License-Identifier: Apache-2.0
#include "Render/RenderAll.h"

#include <utility>

#include "Render/Measuring.h"

namespace tableread::engine
{
namespace
{
/** The passages of one call, which end with it. */
class Batch
{
public:
    explicit Batch (Renderer& wanted) : renderer (wanted) {}
    ~Batch() { cancel(); }
    Batch (const Batch&) = delete;
    Batch& operator= (const Batch&) = delete;

    void start (PassageJob job)
    {
        const auto index = ids.size();
        ids.push_back (0);
        reports.emplace_back();
        job.events.onEnd = [this, index, told = std::move (job.events.onEnd)] (
                               const RenderReport& report, const std::exception_ptr& failed) {
            reports[index] = report;
            ids[index] = 0;
            if (failed != nullptr && failure == nullptr)
                failure = failed;
            if (told)
                told (report, failed);
        };
        ids[index] = renderer.start (std::move (job));
    }

    void cancel()
    {
        for (auto& id : ids)
            if (id != 0)
                renderer.cancel (id);
    }

    void rethrowFailure() const
    {
        if (failure != nullptr)
            std::rethrow_exception (failure);
    }

    std::vector<RenderReport> reports;

private:
    Renderer& renderer;
    std::vector<PassageId> ids; // 0: has ended
    std::exception_ptr failure;
};
} // namespace

std::vector<RenderReport> renderAll (Renderer& renderer, std::vector<PassageJob> jobs,
                                     const RenderAllOptions& options)
{
    Batch batch (renderer);
    for (auto& job : jobs)
        batch.start (std::move (job));
    if (options.preparesFirst)
        renderer.measuring().prepareAll();
    bool goesOn = true;
    while (goesOn)
    {
        if (options.isCancelled && options.isCancelled())
            batch.cancel();
        goesOn = renderer.step();
        batch.rethrowFailure();
    }
    return std::move (batch.reports);
}

RenderReport render (Renderer& renderer, PassageJob job, std::function<bool()> isCancelled)
{
    std::vector<PassageJob> jobs;
    jobs.push_back (std::move (job));
    return renderAll (renderer, std::move (jobs), { .isCancelled = std::move (isCancelled) }).front();
}

std::shared_ptr<EncodedVoice> encodeVoice (Renderer& renderer, VoiceAudio audio)
{
    auto voice = renderer.makeVoice (std::make_shared<const VoiceAudio> (std::move (audio)));
    voice->encode (voice->framesLeft());
    return voice;
}
} // namespace tableread::engine
