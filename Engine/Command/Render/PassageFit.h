// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Checkpoint/ModelConfig.h"
#include "Passage/Reading.h"
#include "Server/Voices/Shelf.h"
#include "Text/Tokenizer.h"

namespace tableread::engine
{
/** Whether passages fit a model, which has so many positions: one for each token of the prompt, one for each frame of
    a voice, and one for each frame that it speaks. How long it will speak is estimated from the text. Reads no weights.
*/
class PassageFit
{
public:
    /** @throws Exception if the configuration or the tokenizer cannot be read. */
    PassageFit (const std::filesystem::path& model, const std::filesystem::path& tokenizer);

    /** @throws Exception OutOfRange if the model has fewer diffusion steps. */
    void checkSteps (int steps) const;

    /** For makeReading(): where a scene has to be divided. `voices`: of the script's speakers. */
    PassageLimit limit (std::span<const ShelfVoice> voices) const;

    /** Cuts all voices to one length if a passage does not fit otherwise. @returns a sentence if it did.
        @throws Exception InvalidInput naming the first passage that does not fit with voices of 10 s. */
    std::string fitVoices (const Reading& reading, std::vector<ShelfVoice>& voices) const;

private:
    std::int64_t framesOf (double seconds) const;
    std::int64_t framesOf (const ShelfVoice& voice) const;
    std::int64_t roomForVoices (const Passage& passage) const;
    [[noreturn]] void refuse (const Reading& reading, const Passage& passage, std::int64_t voiceFrames) const;

    ModelConfig config;
    std::unique_ptr<Tokenizer> tokenizer;
};

/** Cuts voices that are longer. */
void cutVoices (std::vector<ShelfVoice>& voices, double seconds);
} // namespace tableread::engine
