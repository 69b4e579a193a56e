// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/PassageFit.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "Command/Render/Progress.h"
#include "Text/Prompt.h"
#include "Text/TokenizerPlace.h"

namespace tableread::engine
{
namespace
{
constexpr double shortestCutSeconds = 10;

/** The size of a prompt of so many voices, each of one frame, and of so many lines "a". */
std::int64_t promptSize (const Tokenizer& tokenizer, std::size_t voices, std::size_t lines)
{
    const std::vector<std::int64_t> frames (voices, 1);
    const std::vector<SpokenLine> spoken (lines, SpokenLine { 0, "a" });
    return static_cast<std::int64_t> (buildPrompt (tokenizer, frames, spoken).ids.size());
}

} // namespace

PassageFit::PassageFit (const std::filesystem::path& model, const std::filesystem::path& tokenizerFolder)
    : config (ModelConfig::load (model))
    , tokenizer (Tokenizer::load (tokenizerFolder.empty() ? findTokenizer (model).folder : tokenizerFolder))
{}

void PassageFit::checkSteps (int steps) const
{
    if (const auto most = config.diffusionHead.trainSteps; steps > most)
        fail (ErrorCode::OutOfRange,
              fmt::format ("--steps {} is more than this model has. Give 1 to {}.", steps, most));
}

std::int64_t PassageFit::framesOf (double seconds) const
{
    return static_cast<std::int64_t> (
        std::ceil (seconds * modelSampleRateHz / static_cast<double> (config.frameSamples)));
}

std::int64_t PassageFit::framesOf (const ShelfVoice& voice) const
{
    return framesOf (static_cast<double> (voice.audio.samples.size()) / modelSampleRateHz);
}

PassageLimit PassageFit::limit (std::span<const ShelfVoice> voices) const
{
    constexpr std::int64_t mayMerge = 2; // tokens that differ where texts meet
    const auto one = promptSize (*tokenizer, 1, 1);
    const auto aroundLine = promptSize (*tokenizer, 1, 2) - one + mayMerge;
    const auto aroundVoice = promptSize (*tokenizer, 2, 1) - one + mayMerge;
    PassageLimit limit;
    limit.most = config.languageModel.maxPositions - (one - aroundLine - aroundVoice + 3 * mayMerge);
    limit.sizeOfLine = [this, aroundLine] (const SpokenLine& line) {
        return static_cast<std::int64_t> (tokenizer->encode (line.text).size()) + aroundLine +
               framesOf (static_cast<double> (lettersIn (line.text)) / usualLettersPerSecond);
    };
    limit.sizeOfSpeaker = [this, voices, aroundVoice] (int speaker) {
        return framesOf (voices[static_cast<std::size_t> (speaker)]) + aroundVoice;
    };
    return limit;
}

/** Frames of all its voices together. */
std::int64_t PassageFit::roomForVoices (const Passage& passage) const
{
    const std::vector<std::int64_t> oneFrameEach (passage.speakers.size(), 1);
    const auto prompt =
        buildPrompt (*tokenizer, oneFrameEach, passage.lines).ids.size() - oneFrameEach.size();
    const auto speech = framesOf (static_cast<double> (passage.letters()) / usualLettersPerSecond);
    return config.languageModel.maxPositions - static_cast<std::int64_t> (prompt) - speech;
}

std::string PassageFit::fitVoices (const Reading& reading, std::vector<ShelfVoice>& voices) const
{
    std::int64_t longest = 0; // frames of a voice
    for (const auto& voice : voices)
        longest = std::max (longest, framesOf (voice));
    const auto least = std::min (longest, framesOf (shortestCutSeconds));
    auto most = longest;
    for (const auto& passage : reading.passages)
    {
        const auto room = roomForVoices (passage);
        const auto sum = [&] (std::int64_t cut) {
            std::int64_t frames = 0;
            for (const int speaker : passage.speakers)
                frames += std::min (cut, framesOf (voices[static_cast<std::size_t> (speaker)]));
            return frames;
        };
        if (sum (least) > room)
            refuse (reading, passage, sum (least));
        while (sum (most) > room)
            --most;
    }
    if (most >= longest)
        return {};
    const auto seconds =
        static_cast<double> (most * config.frameSamples) / static_cast<double> (modelSampleRateHz);
    cutVoices (voices, seconds);
    return fmt::format (
        "Voices longer than {:.1f} s are cut to that, so that the longest passage fits the model.", seconds);
}

void PassageFit::refuse (const Reading& reading, const Passage& passage, std::int64_t voiceFrames) const
{
    const auto letters = static_cast<double> (passage.letters());
    const auto room = static_cast<double> (roomForVoices (passage));
    const auto speech = static_cast<double> (framesOf (letters / usualLettersPerSecond));
    const auto prompt = static_cast<double> (config.languageModel.maxPositions) - room - speech;
    const double fits = // the share of the text whose prompt and speech would fit
        (static_cast<double> (config.languageModel.maxPositions - voiceFrames)) / (prompt + speech);
    const double minutes = letters / usualLettersPerSecond / 60;
    fail (ErrorCode::InvalidInput,
          fmt::format ("too long to be spoken at once: {:.0f} characters, about {:.1f} minutes. This model "
                       "takes some {:.0f} characters or {:.1f} minutes with these voices. Divide it into "
                       "shorter lines.",
                       letters, minutes, std::floor (std::max (0.0, letters * fits) / 100) * 100,
                       std::max (0.0, minutes * fits)),
          reading.titleOf (passage));
}

void cutVoices (std::vector<ShelfVoice>& voices, double seconds)
{
    const auto most = static_cast<std::size_t> (seconds * static_cast<double> (modelSampleRateHz));
    for (auto& voice : voices)
        if (voice.audio.samples.size() > most)
            voice.audio.samples.resize (most);
}
} // namespace tableread::engine
