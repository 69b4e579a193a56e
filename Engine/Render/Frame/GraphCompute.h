// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "Render/Frame/EagerCompute.h"
#include "Render/Frame/Slots.h"

namespace tableread::engine
{
/** Steps on a GPU as captured graphs: PassGraphs for the language model's pass and the four scores, and one graph for a
    frame (diffusion, decoder, semantic encoder, connectors), so that a step needs a few launches instead of a thousand.
    Sequences occupy the slots of a batch; the graphs work on all slots, and the results of empty or paused slots are
    ignored. Prompts run eagerly, layer by layer beside the graphs. A row's bits do not depend on the number of slots, so sequences may join and leave.

    The batch grows and shrinks as sequences join and leave (1, 2, 4, 8, 16 slots). Each size keeps its graphs; they are
    captured when it is used first, and when a sequence exceeds the positions that they were captured for. */
class GraphCompute : public FrameCompute
{
public:
    static constexpr int maxSlots = 16;

    explicit GraphCompute (FrameNetwork& network);
    ~GraphCompute() override;

    void pass (std::span<Sequence* const> speaking, std::span<const PromptPiece> prompts) override;
    void makeFrames (std::span<Sequence* const> sequences) override;
    void takeToken (Sequence& sequence, std::int64_t token) override;
    void endSpeech (Sequence& sequence) override;
    void leave (Sequence& sequence) override;
    void park (Sequence& sequence) override;
    void resume (Sequence& sequence) override;

private:
    void takeSlot (Sequence& sequence);
    void place (Sequence& sequence);
    void placePrepared (std::span<const PromptPiece> prompts);
    void speak (std::span<Sequence* const> speaking,
                const std::function<void (const LayerStretch&)>& alongside);
    void resize (int slots);
    void shrinkIfRoomy();
    void waitFor (FramePart part);

    /** Fills the table of where each sequence's rows are stored. @returns how many positions the longest row sees. */
    std::int64_t writeTable (std::span<Sequence* const> sequences);

    /** A frame of all slots: the graph, and the work that it records. */
    Graph& frameGraph (int steps);
    void frame (int steps);

    FrameNetwork& network;
    VibeVoice& model;
    EagerCompute eager;
    std::map<int, std::unique_ptr<Slots>> sizes;
    Slots* slots = nullptr;        // those in use
    std::vector<Sequence*> seated; // by slot; null if empty
    int roomyPasses = 0;           // in which half of the slots would have been enough
};
} // namespace tableread::engine
