// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/ModelConfig.h"

#include "Checkpoint/ConfigParts.h"
#include "Checkpoint/ConfigSection.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread::engine
{
namespace
{
constexpr std::uint64_t maxFileBytes = 4 << 20;

void agree (const ConfigSection& file, const std::string& one, std::int64_t a, const std::string& other,
            std::int64_t b)
{
    if (a != b)
        file.refuse (one + " is " + std::to_string (a) + " but " + other + " is " + std::to_string (b) +
                     "; they must be equal. Take the file that came with the checkpoint.");
}

void checkCodecs (ModelConfig& c, const ConfigSection& acoustic, const ConfigSection& semantic)
{
    c.frameSamples = checkCodec (acoustic, "encoder", c.acousticEncoder);
    agree (acoustic, "the acoustic decoder's hop", checkCodec (acoustic, "decoder", c.acousticDecoder),
           "the acoustic encoder's", c.frameSamples);
    agree (semantic, "the semantic encoder's hop", checkCodec (semantic, "encoder", c.semanticEncoder),
           "the acoustic encoder's", c.frameSamples);
}

/** The released files say it once, the small one in the language model's section and the large one at the top; where
    both do, the top is what the original reads. */
std::optional<bool> readTied (const ConfigSection& top, const ConfigSection& languageModel)
{
    const auto atTop = top.findFlag ("tie_word_embeddings");
    return atTop ? atTop : languageModel.findFlag ("tie_word_embeddings");
}

constexpr double maxStd = 100.0;

void readOfficial (ModelConfig& c, const ConfigSection& top)
{
    const auto languageModel = top.section ("decoder_config");
    c.languageModel = readLanguageModel (languageModel);
    c.tied = readTied (top, languageModel);

    const auto acoustic = top.section ("acoustic_tokenizer_config");
    const auto semantic = top.section ("semantic_tokenizer_config");
    c.acousticEncoder = readOfficialEncoder (acoustic);
    c.acousticDecoder = readOfficialDecoder (acoustic, c.acousticEncoder);
    c.semanticEncoder = readOfficialEncoder (semantic);
    checkCodecs (c, acoustic, semantic);
    acoustic.expect ("std_dist_type", "gaussian");
    c.vaeStd = acoustic.real ("fix_std", 0.0, maxStd) / 0.8;

    const auto head = top.section ("diffusion_head_config");
    head.expect ("prediction_type", "v_prediction");
    head.expect ("diffusion_type", "ddpm");
    head.expect ("ddpm_beta_schedule", "cosine");
    auto& h = c.diffusionHead;
    h.hidden = head.whole ("hidden_size", maxWidth);
    h.latent = head.whole ("latent_size", maxWidth);
    h.layers = head.whole ("head_layers", maxLayers);
    h.ffn =
        static_cast<std::int64_t> (head.real ("head_ffn_ratio", 1e-3, 64.0) * static_cast<double> (h.hidden));
    if (h.ffn < 1)
        head.refuse (head.nameOf ("head_ffn_ratio") + " times hidden_size is less than 1.");
    h.normEps = head.real ("rms_norm_eps", leastEps, mostEps);
    h.trainSteps = head.findWhole ("ddpm_num_steps", 100'000, 2).value_or (h.trainSteps);

    // The first of these is misspelt in the released files.
    for (const auto* key : { "acostic_vae_dim", "acoustic_vae_dim" })
        agree (top, key, top.findWhole (key, maxWidth).value_or (c.acousticEncoder.dimension),
               acoustic.nameOf ("vae_dim"), c.acousticEncoder.dimension);
    agree (top, "semantic_vae_dim",
           top.findWhole ("semantic_vae_dim", maxWidth).value_or (c.semanticEncoder.dimension),
           semantic.nameOf ("vae_dim"), c.semanticEncoder.dimension);
    agree (top, head.nameOf ("speech_vae_dim"),
           head.findWhole ("speech_vae_dim", maxWidth).value_or (h.latent), head.nameOf ("latent_size"),
           h.latent);
}

void readConverted (ModelConfig& c, const ConfigSection& top)
{
    const auto languageModel = top.section ("text_config");
    c.languageModel = readLanguageModel (languageModel);
    c.tied = readTied (top, languageModel);

    const auto acoustic = top.section ("audio_config");
    const auto semantic = top.section ("semantic_model_config");
    c.acousticEncoder = readConvertedEncoder (acoustic);
    c.acousticDecoder = mirrored (c.acousticEncoder);
    c.semanticEncoder = readConvertedEncoder (semantic);
    checkCodecs (c, acoustic, semantic);
    c.vaeStd = acoustic.findReal ("vae_std", 0.0, maxStd).value_or (c.vaeStd);

    const auto head = top.section ("diffusion_head_config");
    head.expect ("hidden_act", "silu");
    head.expect ("mlp_bias", false);
    head.expect ("frequency_embedding_size", 256);
    head.expect ("diffusion_max_period", 10'000);
    auto& h = c.diffusionHead;
    h.hidden = head.whole ("hidden_size", maxWidth);
    h.latent = head.whole ("latent_size", maxWidth);
    h.layers = head.whole ("num_hidden_layers", maxLayers);
    h.ffn = head.whole ("intermediate_size", 64 * maxWidth);
    h.normEps = head.real ("rms_norm_eps", leastEps, mostEps);
}

/** Says which model the file is of, where it is not VibeVoice's text-to-speech. */
void checkModelType (const ConfigSection& top)
{
    const auto type = top.findText ("model_type").value_or ("vibevoice");
    if (type == "vibevoice_streaming")
        top.refuse (
            "is of VibeVoice-Realtime (model_type vibevoice_streaming), which works differently and is not "
            "supported. Use VibeVoice-1.5B or VibeVoice-7B.",
            ErrorCode::Unsupported);
    if (type != "vibevoice" && type != "vibepod")
        top.refuse ("is of a model of type " + inQuotes (type) +
                    "; this engine speaks with VibeVoice (model_type vibevoice) only.");
}

void readPreprocessor (ModelConfig& c, const ConfigSection& top)
{
    top.expect ("db_normalize", true);
    agree (top, "speech_tok_compress_ratio",
           top.findWhole ("speech_tok_compress_ratio", maxHop).value_or (c.frameSamples), "config.json's hop",
           c.frameSamples);
    const auto audio = top.has ("audio_processor")     ? top.section ("audio_processor")
                       : top.has ("feature_extractor") ? top.section ("feature_extractor")
                                                       : top;
    audio.expect ("sampling_rate", modelSampleRateHz);
    audio.expect ("normalize_audio", true);
    c.targetDbFs = audio.findReal ("target_dB_FS", -120.0, 0.0).value_or (c.targetDbFs);
    c.normalizerEps = audio.findReal ("eps", 0.0, mostEps).value_or (c.normalizerEps);
}
} // namespace

ModelConfig ModelConfig::parse (std::string_view configJson, std::string_view preprocessorJson,
                                const std::string& where)
{
    const auto json = parseJsonObject (configJson, where);
    const ConfigSection top (json, "", where);
    checkModelType (top);

    ModelConfig c;
    if (top.has ("decoder_config"))
        readOfficial (c, top);
    else if (top.has ("text_config"))
        readConverted (c, top);
    else
        top.refuse (
            "has neither decoder_config (the official layout) nor text_config (the transformers layout). "
            "Take the file that came with a VibeVoice checkpoint.");

    agree (top, "diffusion_head_config.hidden_size", c.diffusionHead.hidden,
           "the language model's hidden_size", c.languageModel.hidden);
    agree (top, "diffusion_head_config.latent_size", c.diffusionHead.latent, "the acoustic codec's dimension",
           c.acousticEncoder.dimension);

    if (! preprocessorJson.empty())
    {
        const auto file = (std::filesystem::path (where).parent_path() / "preprocessor_config.json").string();
        const auto preprocessor = parseJsonObject (preprocessorJson, file);
        readPreprocessor (c, ConfigSection (preprocessor, "", file));
    }
    return c;
}

ModelConfig ModelConfig::load (const std::filesystem::path& folder)
{
    const auto config = folder / "config.json", preprocessor = folder / "preprocessor_config.json";
    std::error_code problem;
    if (! std::filesystem::is_directory (folder, problem))
        fail (ErrorCode::NotFound,
              "there is no such folder. Give the folder that holds a checkpoint's config.json.",
              folder.string());
    if (! std::filesystem::exists (config, problem))
        fail (ErrorCode::NotFound,
              "holds no config.json. Give the folder of a checkpoint, with config.json beside its "
              "safetensors files.",
              folder.string());
    const auto text = readTextFile (config, maxFileBytes);
    const auto more =
        std::filesystem::exists (preprocessor, problem) ? readTextFile (preprocessor, maxFileBytes) : "";
    return parse (text, more, config.string());
}
} // namespace tableread::engine
