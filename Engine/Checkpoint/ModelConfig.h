// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tableread::engine
{
/** The numbers in a checkpoint's config.json. Usual values: 1.5B | 7B | the embedded model. */
struct LanguageModelConfig
{
    std::int64_t hidden = 0;       // h: 1536 | 3584 | 448
    std::int64_t intermediate = 0; // 8960 | 18944 | 1216
    std::int64_t layers = 0;       // 28 | 28 | 8
    std::int64_t heads = 0;        // 12 | 28 | 7
    std::int64_t kvHeads = 0;      // 2 | 4 | 7
    std::int64_t headDim = 0;      // hidden / heads unless the file says head_dim
    std::int64_t vocabulary = 0;   // 151936 | 152064 | 320
    std::int64_t maxPositions = 0; // 65536 | 32768 | 4096
    double normEps = 1e-6;
    double ropeTheta = 1e6;
};

/** One half of a codec. `ratios` and `depths` are in the order in which audio or latents pass them: an encoder's
    from the samples (2,2,4,5,5,8), a decoder's from the latents (8,5,5,4,2,2). depths has one entry more than ratios. */
struct CodecConfig
{
    std::int64_t filters = 0; // channels at the samples' end; doubled at each ratio
    std::vector<std::int64_t> ratios;
    std::vector<std::int64_t> depths;
    std::int64_t dimension = 0; // of a latent or semantic vector: 64 or 128
    double normEps = 1e-5;
};

struct DiffusionHeadConfig
{
    std::int64_t hidden = 0; // same as the language model's
    std::int64_t latent = 0; // D: 64
    std::int64_t layers = 0; // 4 | 4 | 3
    std::int64_t ffn = 0;    // int (ratio · hidden)
    double normEps = 1e-5;
    std::int64_t trainSteps = 1000;
};

struct ModelConfig
{
    LanguageModelConfig languageModel;
    CodecConfig acousticEncoder, acousticDecoder, semanticEncoder;
    DiffusionHeadConfig diffusionHead;
    std::optional<bool> tied;      // tie_word_embeddings, if in the file; Checkpoint::tied() decides
    double vaeStd = 0.625;         // fix_std / 0.8: spread of a voice's sampled latents
    std::int64_t frameSamples = 0; // hop, the product of the ratios: 3200
    double targetDbFs = -25.0;     // from preprocessor_config.json
    double normalizerEps = 1e-6;
    std::optional<float> guidanceScale; // 0 to 100, if in generation_config.json
    std::string
        languageModelName; // "Qwen/Qwen2.5-1.5B": whose tokenizer it is; from preprocessor_config.json, or empty
    std::string quantiser; // the quant_method of quantization_config; empty: none

    /** The guidance scale of a passage if no other is given. */
    float defaultGuidance() const { return guidanceScale.value_or (1.3f); }

    /** Reads config.json texts (both layouts' key names, unknown keys ignored) and checks that all parts agree. The
        other two texts are from files in the same folder; empty: there is no such file. @throws Exception InvalidInput,
        or Unsupported naming the model for model_type "vibevoice_streaming". */
    static ModelConfig parse (std::string_view configJson, std::string_view preprocessorJson = {},
                              std::string_view generationJson = {}, const std::string& where = "config.json");

    static ModelConfig load (const std::filesystem::path& folder);
};
} // namespace tableread::engine
