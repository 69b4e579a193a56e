// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/ModelConfig.h"

#include <functional>

#include "Checkpoint/ConfigParts.h"
#include "Checkpoint/ConfigSection.h"
#include "Checkpoint/OtherFormats.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Safetensors/Links.h"
#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread::engine
{
namespace
{
constexpr std::uint64_t maxFileBytes = 4 << 20;

struct NamedNumber
{
    std::string name; // for people: the key, or a description
    std::int64_t value;
};

void agree (const ConfigSection& file, const NamedNumber& one, const NamedNumber& other)
{
    const auto said = [] (const NamedNumber& number) {
        return number.name + " is " + std::to_string (number.value);
    };
    if (one.value != other.value)
        file.refuse (said (one) + " but " + said (other) +
                     "; they must be equal. Take the file that came with the checkpoint.");
}

void checkCodecs (ModelConfig& c, const ConfigSection& acoustic, const ConfigSection& semantic)
{
    c.frameSamples = checkCodec (acoustic, "encoder", c.acousticEncoder);
    const NamedNumber hop { "the acoustic encoder's", c.frameSamples };
    agree (acoustic, { "the acoustic decoder's hop", checkCodec (acoustic, "decoder", c.acousticDecoder) },
           hop);
    agree (semantic, { "the semantic encoder's hop", checkCodec (semantic, "encoder", c.semanticEncoder) },
           hop);
}

/** The released files have it once: the small one in the language model's section, the large one at the top. If a file
    has both, the original reads the one at the top. */
std::optional<bool> readTied (const ConfigSection& top, const ConfigSection& languageModel)
{
    const auto atTop = top.findFlag ("tie_word_embeddings");
    return atTop ? atTop : languageModel.findFlag ("tie_word_embeddings");
}

/** transformers writes it at the top; some tools write it into the language model's section. */
std::string readQuantiser (const ConfigSection& top)
{
    std::vector<ConfigSection> places { top };
    for (const auto* part : { "decoder_config", "text_config" })
        if (top.has (part))
            places.push_back (top.section (part));
    for (const auto& place : places)
        for (const auto* key : { "quantization_config", "compression_config" })
            if (place.has (key))
            {
                const auto quantiser = place.section (key);
                const bool saysBits = quantiser.has ("load_in_8bit") || quantiser.has ("load_in_4bit");
                return quantiser.findText ("quant_method")
                    .value_or (saysBits ? "bitsandbytes" : "a method that config.json does not name");
            }
    return {};
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
    const NamedNumber acousticDimension { acoustic.nameOf ("vae_dim"), c.acousticEncoder.dimension };
    const NamedNumber semanticDimension { semantic.nameOf ("vae_dim"), c.semanticEncoder.dimension };
    for (const auto* key : { "acostic_vae_dim", "acoustic_vae_dim" })
        agree (top, { key, top.findWhole (key, maxWidth).value_or (acousticDimension.value) },
               acousticDimension);
    agree (top,
           { "semantic_vae_dim",
             top.findWhole ("semantic_vae_dim", maxWidth).value_or (semanticDimension.value) },
           semanticDimension);
    agree (
        top,
        { head.nameOf ("speech_vae_dim"), head.findWhole ("speech_vae_dim", maxWidth).value_or (h.latent) },
        { head.nameOf ("latent_size"), h.latent });
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

/** Refuses a file that is not VibeVoice's text-to-speech, and says which model it is. */
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
    agree (top,
           { "speech_tok_compress_ratio",
             top.findWhole ("speech_tok_compress_ratio", maxHop).value_or (c.frameSamples) },
           { "config.json's hop", c.frameSamples });
    const auto audio = top.has ("audio_processor")     ? top.section ("audio_processor")
                       : top.has ("feature_extractor") ? top.section ("feature_extractor")
                                                       : top;
    audio.expect ("sampling_rate", modelSampleRateHz);
    audio.expect ("normalize_audio", true);
    c.targetDbFs = audio.findReal ("target_dB_FS", -120.0, 0.0).value_or (c.targetDbFs);
    c.normalizerEps = audio.findReal ("eps", 0.0, mostEps).value_or (c.normalizerEps);
    c.languageModelName = top.findText ("language_model_pretrained_name").value_or ("");
}

/** transformers keeps a model's preferred generation settings in this file. The other keys are about text. */
void readGeneration (ModelConfig& c, const ConfigSection& top)
{
    if (const auto guidance = top.findReal ("guidance_scale", 0.0, 100.0))
        c.guidanceScale = static_cast<float> (*guidance);
}

/** Passes the text of the file `name`, in the folder of `config`, to `read`; skipped if there is none. */
void readBeside (const std::string& config, const char* name, std::string_view text,
                 const std::function<void (const ConfigSection&)>& read)
{
    if (text.empty())
        return;
    const auto file = (std::filesystem::path (config).parent_path() / name).string();
    const auto json = parseJsonObject (text, file);
    read (ConfigSection (json, "", file));
}

constexpr auto configFile = "config.json", preprocessorFile = "preprocessor_config.json",
               generationFile = "generation_config.json";
} // namespace

ModelConfig ModelConfig::parse (std::string_view configJson, std::string_view preprocessorJson,
                                std::string_view generationJson, const std::string& where)
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

    c.quantiser = readQuantiser (top);
    agree (top, { "diffusion_head_config.hidden_size", c.diffusionHead.hidden },
           { "the language model's hidden_size", c.languageModel.hidden });
    agree (top, { "diffusion_head_config.latent_size", c.diffusionHead.latent },
           { "the acoustic codec's dimension", c.acousticEncoder.dimension });

    readBeside (where, preprocessorFile, preprocessorJson,
                [&c] (const ConfigSection& section) { readPreprocessor (c, section); });
    readBeside (where, generationFile, generationJson,
                [&c] (const ConfigSection& section) { readGeneration (c, section); });
    return c;
}

ModelConfig ModelConfig::load (const std::filesystem::path& folder)
{
    const auto config = folder / configFile;
    std::error_code problem;
    if (! std::filesystem::is_directory (folder, problem))
        fail (ErrorCode::NotFound,
              "there is no such folder. Give the folder that holds a checkpoint's config.json.",
              folder.string());
    refuseDangling (config);
    if (! std::filesystem::exists (config, problem))
    {
        refuseOtherFormat (folder);
        fail (ErrorCode::NotFound,
              "holds no config.json. Give the folder of a checkpoint, with config.json and its "
              "safetensors files.",
              folder.string());
    }
    const auto textOf = [&] (const char* name) {
        return isThere (folder / name) ? readTextFile (folder / name, maxFileBytes) : std::string {};
    };
    return parse (readTextFile (config, maxFileBytes), textOf (preprocessorFile), textOf (generationFile),
                  config.string());
}
} // namespace tableread::engine
