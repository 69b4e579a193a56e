// SPDX-License-Identifier: Apache-2.0
#include "Network/LanguageModel.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "Network/ResidentLayers.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
/** Says that some layers have to be waited for, and records the calls. */
class Watched : public LayerSource
{
public:
    Watched (std::vector<LayerWeights> weights, std::vector<bool> which)
        : inner (std::move (weights))
        , resident (std::move (which))
    {}

    std::int64_t layers() const override { return inner.layers(); }
    bool isResident (std::int64_t layer) const override { return resident.at ((std::size_t) layer); }
    const LayerWeights& acquire (std::int64_t layer) override
    {
        log += "a" + std::to_string (layer) + " ";
        return inner.acquire (layer);
    }
    void release (std::int64_t layer) override { log += "r" + std::to_string (layer) + " "; }

    std::string log;

private:
    ResidentLayers inner;
    std::vector<bool> resident;
};

/** The three layers of a golden's model. */
struct Walker
{
    explicit Walker (std::vector<bool> resident)
        : checkpoint (Checkpoint::open (TABLEREAD_GOLDENS "/a-plain"))
        , reader (*checkpoint, at::kFloat)
    {
        auto layers = std::make_unique<Watched> (readLayers (reader), std::move (resident));
        source = layers.get();
        model.emplace (reader, std::move (layers), 64);
    }

    /** @returns the hidden states of three rows. */
    at::Tensor walk (LayerSteps steps)
    {
        source->log.clear();
        KvCache cache (model->config(), 8, at::TensorOptions (at::kFloat));
        auto x = model->embed ({ 4, 8, 15 });
        const auto rows = kernels::makeAttentionRows ({ cache.group (3) });
        model->walk (steps, [&] (const LayerStretch& stretch) {
            source->log += std::to_string (stretch.first) + "-" + std::to_string (stretch.last) + " ";
            model->run (x, stretch, rows);
        });
        return model->normalised (x);
    }

    std::unique_ptr<Checkpoint> checkpoint;
    WeightReader reader;
    Watched* source = nullptr;
    std::optional<LanguageModel> model;
};
} // namespace

TEST_CASE ("Each layer is acquired, run and released before the next one", "[engine][network]")
{
    Walker walker ({ true, false, false });
    walker.walk (LayerSteps::Single);
    CHECK (walker.source->log == "a0 0-0 r0 a1 1-1 r1 a2 2-2 r2 ");
}

TEST_CASE ("Resident layers run together with the next one that has to be waited for", "[engine][network]")
{
    Walker walker ({ true, false, false });
    walker.walk (LayerSteps::Joined);
    CHECK (walker.source->log == "a1 0-1 a0 r1 a2 2-2 r2 ");

    Walker resident ({ true, true, true });
    resident.walk (LayerSteps::Joined);
    CHECK (resident.source->log == "a2 0-2 a0 a1 r2 ");
}

TEST_CASE ("Hidden states have the same bits, however layers are joined", "[engine][network]")
{
    Walker resident ({ true, true, true }), streamed ({ false, true, false });
    const auto expected = resident.walk (LayerSteps::Single);
    CHECK (at::equal (resident.walk (LayerSteps::Joined), expected));
    CHECK (at::equal (streamed.walk (LayerSteps::Joined), expected));
}
