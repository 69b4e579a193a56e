// SPDX-License-Identifier: Apache-2.0
// What others made of a checkpoint: 8 bits under other names, other formats, what is not for us at all.
#include <limits>
#include <span>

#include <catch2/catch.hpp>

#include "Checkpoint/Scales.h"
#include "CheckpointFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("Checkpoint puts scales next to their tensors", "[engine][checkpoint]")
{
    const Folder folder;
    folder.write (
        "model.safetensors",
        SafetensorsWriter()
            .add ("a.weight", "I8", { 2, 3 }, "123456")
            .addFloats ("a.weight_scale", { 2 }, { 0.5f, 0.25f })
            .add ("model.audio_tower.decoder.conv_layers.0.convtr.convtr.weight", "I8", { 1, 3, 1 }, "123")
            .addFloats ("model.audio_tower.decoder.conv_layers.0.convtr.convtr.weight_scale", { 3 },
                        { 1, 2, 3 })
            .addFloats ("lonely_scale", { 1 }, { 9 })
            .add ("plain", "BF16", { 1 }, "12")
            .file());
    const auto checkpoint = folder.open();
    const std::string convtr = "model.acoustic_tokenizer.decoder.upsample_layers.1.0.convtr.convtr.weight";
    CHECK (checkpoint->names() == Names { "a.weight", "lonely_scale", convtr, "plain" });
    REQUIRE (checkpoint->scale ("a.weight"));
    CHECK (firstFloat (*checkpoint->scale ("a.weight")) == 0.5f);
    CHECK (checkpoint->scale (convtr)->shape == Shape { 3 });
    CHECK_FALSE (checkpoint->scale ("plain"));
    CHECK_FALSE (checkpoint->scale ("absent"));
    CHECK_FALSE (checkpoint->has ("a.weight_scale"));
}

TEST_CASE ("Checkpoint refuses int8 without the scales that give it meaning", "[engine][checkpoint]")
{
    const Folder folder;
    SafetensorsWriter writer;
    writer.add (used, "I8", { 2, 3 }, "123456");
    std::string words = "is I8 [2, 3], its scale is";

    SECTION ("none")
    {
        words = "is I8 and has no \"lm_head.weight_scale\"";
    }
    SECTION ("one for each input")
    {
        writer.addFloats (used + "_scale", { 3 }, { 1, 2, 3 });
    }
    SECTION ("of another type")
    {
        writer.add (used + "_scale", "I64", { 1 }, "12345678");
    }
    SECTION ("on a tensor that needs none")
    {
        writer.addFloats (used + "_scale", { 2 }, { 1, 2 })
            .addFloats (norm, { 1 }, { 1 })
            .addFloats (norm + "_scale", { 1 }, { 1 });
        words = "tensor \"model.language_model.norm.weight\" is F32 [1], its scale is F32 [1]";
    }
    SECTION ("on a scalar")
    {
        writer.addFloats (used + "_scale", { 2 }, { 1, 2 })
            .add (norm, "I8", {}, "1")
            .addFloats (norm + "_scale", { 1 }, { 1 });
        words = "tensor \"model.language_model.norm.weight\" is I8 []";
    }
    SECTION ("two of them")
    {
        writer.addFloats (used + "_scale", {}, { 1 }).addFloats ("lm_head.scale_weight", {}, { 2 });
        words = "has two scales, \"lm_head.weight_scale\" and \"lm_head.scale_weight\"";
    }
    writer.write (folder.path() / "model.safetensors");
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("Checkpoint refuses float8 whose scale is neither one for all nor one for each output",
           "[engine][checkpoint][weights]")
{
    const Folder folder;
    SafetensorsWriter writer;
    writer.add (used, "F8_E4M3", { 2, 3 }, "123456");
    std::string name = used + "_scale";
    SECTION ("one for each input")
    writer.addFloats (name, { 3 }, { 1, 2, 3 });
    SECTION ("a row of them")
    writer.addFloats (name, { 1, 3 }, { 1, 2, 3 });
    SECTION ("one for each block")
    writer.addFloats (name = "lm_head.weight_scale_inv", { 2, 2 }, { 1, 2, 3, 4 });
    SECTION ("one for each block of an output")
    writer.addFloats (name = "lm_head.scale_weight", { 2, 2, 1 }, { 1, 2, 3, 4 });
    SECTION ("none at all")
    writer.addFloats (name = "lm_head.scale", { 0 }, {});
    SECTION ("of powers of two")
    writer.add (name = "lm_head.weight_scale_inv", "F8_E8M0", { 2 }, "12");
    SECTION ("in 8 bits itself")
    writer.add (name, "F8_E4M3", { 2 }, "12");
    writer.write (folder.path() / "model.safetensors");
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK_THAT (error.message,
                Catch::Contains ("tensor \"lm_head.weight\" is F8_E4M3 [2, 3], its scale is ") &&
                    Catch::Contains ('"' + name + '"') && Catch::Contains ("--weights int8"));
}

TEST_CASE ("Checkpoint finds scales under the names that quantisers give them",
           "[engine][checkpoint][weights]")
{
    struct Case
    {
        std::string name, type;
        Shape shape;
        std::string bytes;
        std::vector<float> scales;
    };
    const std::string half { "\x00\x38", 2 }, quarter { "\x00\x34", 2 }; // 0.5 and 0.25 in F16
    const std::string bfloat { "\x00\x3f", 2 }, more { "\x80\x3e", 2 };  // and in BF16
    const std::string floats { "\x00\x00\x00\x3f\x00\x00\x80\x3e", 8 };
    const auto one = floats.substr (0, 4);
    const auto c = GENERATE_COPY (values<Case> ({
        { "lm_head.scale_weight", "F32", {}, one, { 0.5f, 0.5f } },
        { "lm_head.scale_weight", "F32", { 1 }, one, { 0.5f, 0.5f } },
        { "lm_head.weight_scale_inv", "F32", { 2, 1 }, floats, { 0.5f, 0.25f } },
        { "lm_head.weight_scale_inv", "BF16", { 1, 1 }, bfloat, { 0.5f, 0.5f } },
        { "lm_head.weight_scale", "BF16", { 2 }, bfloat + more, { 0.5f, 0.25f } },
        { "lm_head.weight_scale", "F16", { 2, 1 }, half + quarter, { 0.5f, 0.25f } },
        { "lm_head.weight_scale", "F32", { 1 }, one, { 0.5f, 0.5f } },
        { "lm_head.scaled_fp8", "F32", {}, one, { 0.5f, 0.5f } },
        { "lm_head.weight.scaled_fp8", "F32", { 2 }, floats, { 0.5f, 0.25f } },
        { "lm_head.scale", "F32", { 2 }, floats, { 0.5f, 0.25f } },
        { "lm_head.weight.scale", "F32", { 1 }, one, { 0.5f, 0.5f } },
    }));
    CAPTURE (c.name, c.type, c.shape);
    const Folder folder;
    const auto type = GENERATE (as<std::string> {}, "F8_E4M3", "I8");
    SafetensorsWriter()
        .add ("odd", "I8", { 1 }, "1") // data need not be aligned
        .add (used, type, { 2, 3 }, "123456")
        .add (c.name, c.type, c.shape, c.bytes)
        .add ("scaled_fp8", "F8_E4M3", { 0 }, "")
        .write (folder.path() / "model.safetensors");
    const auto checkpoint = folder.open();
    CHECK (checkpoint->channelScales (used) == c.scales);
    CHECK (checkpoint->scale (used)->shape == c.shape);
    CHECK_FALSE (checkpoint->has (c.name));
    CHECK (checkpoint->unused() == Names { "odd" });
}

TEST_CASE ("Checkpoint reads all of F16's numbers in scales", "[engine][checkpoint][weights]")
{
    const std::string bits { "\x00\x3c\x00\xc1\xff\x7b\x01\x00\xff\x83\x00\x7c\x00\x00", 14 };
    const auto numbers = channelScales ({ DType::Float16, { 7 }, std::as_bytes (std::span (bits)) }, 7);
    CHECK (numbers == std::vector<float> { 1, -2.5f, 65504, 0x1p-24f, -0x1.ff8p-15f,
                                           std::numeric_limits<float>::infinity(), 0 });
}

TEST_CASE ("Checkpoint knows the outputs of scaled convolutions and biases", "[engine][checkpoint][weights]")
{
    const std::string up = "model.acoustic_tokenizer.decoder.upsample_layers.1.0.convtr.convtr.";
    const Folder folder;
    const auto shape = GENERATE (Shape { 3 }, Shape { 1, 3, 1 });
    SafetensorsWriter()
        .add (up + "weight", "F8_E4M3", { 2, 3, 1 }, "123456")
        .addFloats (up + "weight_scale", shape, { 1, 2, 3 })
        .add (up + "bias", "F8_E4M3", { 3 }, "123")
        .addFloats (up + "bias_scale", { 3 }, { 4, 5, 6 })
        .write (folder.path() / "model.safetensors");
    const auto checkpoint = folder.open();
    CHECK (checkpoint->channelScales (up + "weight") == std::vector<float> { 1, 2, 3 });
    CHECK (checkpoint->channelScales (up + "bias") == std::vector<float> { 4, 5, 6 });
}

TEST_CASE ("Checkpoint does not guess at a scale of an unknown name", "[engine][checkpoint][weights]")
{
    const Folder folder;
    SafetensorsWriter writer;
    writer.add (used, "F8_E4M3", { 2, 3 }, "123456");
    const auto [name, isRefused] = GENERATE (table<std::string, bool> ({
        { "lm_head.weight_rescale", true },
        { "lm_head.weight.group_scale", true },
        { "lm_head.descale", true },
        { "scaled_fp8", true }, // one number for everything?
        { "lm_head.input_scale", false },
        { "lm_head.scale_input", false },
        { "lm_head.output_scale", false },
        { "model.language_model.layers.0.self_attn.k_scale", false },
        { "elsewhere.weight_rescale", false },
    }));
    CAPTURE (name);
    writer.addFloats (name, {}, { 0.5f }).write (folder.path() / "model.safetensors");
    if (isRefused)
        CHECK_THAT (folder.refusal().text(),
                    Catch::Contains ("tensor \"" + name + "\" looks like the scale of \"lm_head.weight\""));
    else
        CHECK (folder.open()->unused() == Names { name });
}

TEST_CASE ("Checkpoint refuses by name what it cannot merge or dequantise", "[engine][checkpoint][foreign]")
{
    const auto [name, words] = GENERATE (table<std::string, std::string> ({
        { "base_model.model.model.language_model.layers.0.mlp.up_proj.lora_A.weight", "LoRA" },
        { "model.language_model.layers.0.self_attn.q_proj.lora_B.default.weight", "LoRA" },
        { "model.language_model.layers.0.self_attn.q_proj.lora_up.weight", "LoRA" },
        { "model.language_model.layers.0.self_attn.q_proj.lora.down.weight", "LoRA" },
        { "lora_te_model_layers_0_mlp_up_proj.alpha", "LoRA" },
        { "model.language_model.layers.0.self_attn.q_proj.base_layer.weight", "LoRA" },
        { "model.language_model.layers.0.mlp.up_proj.hada_w1_a", "LoRA" },
        { "model.language_model.layers.0.mlp.up_proj.lora_magnitude_vector.default", "LoRA" },
        { "model.language_model.layers.0.mlp.up_proj.weight.absmax", "bitsandbytes" },
        { "model.language_model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4", "bitsandbytes" },
        { "model.language_model.layers.0.mlp.up_proj.SCB", "bitsandbytes" },
        { "model.language_model.layers.0.mlp.up_proj.qweight", "GPTQ or AWQ" },
        { "model.language_model.layers.0.mlp.up_proj.g_idx", "GPTQ" },
        { "model.language_model.layers.0.mlp.up_proj.weight_packed", "compressed-tensors" },
        { "model.language_model.layers.0.mlp.up_proj.weight_scale_2", "ModelOpt" },
        { "model.language_model.layers.0.mlp.up_proj.weight._data", "quanto" },
        { "model.language_model.layers.0.mlp.up_proj.W_q", "HQQ" },
        { "model.diffusion_head.layers.0.ffn.up_proj.qzeros", "GPTQ or AWQ" },
    }));
    CAPTURE (name);
    const Folder folder;
    const auto type = GENERATE (as<std::string> {}, "F32", "U32");
    SafetensorsWriter()
        .add (name, type, { 1 }, "1234")
        .addFloats (used, { 1, 1 }, { 1 })
        .write (folder.path() / "model.safetensors");
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::Unsupported);
    CHECK (error.where == (folder.path() / "model.safetensors").string());
    CHECK_THAT (error.message,
                Catch::Contains (words) && Catch::Contains (words == "LoRA" ? "Merge it" : "--weights int8"));
}

TEST_CASE ("Checkpoint reads how ComfyUI says that a layer is quantised", "[engine][checkpoint][foreign]")
{
    const auto [json, words] = GENERATE (table<std::string, std::string> ({
        { R"({"format": "int8_tensorwise"})", "" },
        { R"({"format": "int8_rowwise", "convrot": false, "orig_dtype": "torch.bfloat16"})", "" },
        { R"({"format": "int8_tensorwise", "full_precision_matrix_mult": true})", "" },
        { R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 256})",
          R"("int8_tensorwise" with "convrot")" },
        { R"({"format": "int8_tensorwise", "smooth": [1, 2]})", R"("int8_tensorwise" with "smooth")" },
        { R"({"format": "int8_blockwise", "group_size": 64})", R"("int8_blockwise")" },
        { R"({"format": "nvfp4"})", R"("nvfp4")" },
        { R"({"format": 8})", "something unknown" },
        { R"(["int8_tensorwise"])", "something unknown" },
        { R"({"format": "int8_tensorwise")", "something unknown" },
        { "", "something unknown" },
    }));
    CAPTURE (json);
    const Folder folder;
    SafetensorsWriter writer;
    writer.add (used, "I8", { 2, 3 }, "123456").addFloats (used + "_scale", {}, { 0.5f });
    std::string subject;
    SECTION ("in a tensor")
    {
        writer.add ("lm_head.comfy_quant", "U8", { (std::int64_t) json.size() }, json);
        subject = "tensor \"lm_head.comfy_quant\" says that its layer is quantised as ";
    }
    SECTION ("in the header")
    {
        auto layer = nlohmann::json::parse (json, nullptr, false);
        if (layer.is_discarded())
            layer = nullptr;
        writer.header["__metadata__"]["_quantization_metadata"] =
            nlohmann::json { { "format_version", "1.0" }, { "layers", { { "lm_head", layer } } } }.dump();
        subject = "its header says that layer \"lm_head\" is quantised as ";
    }
    writer.write (folder.path() / "model.safetensors");
    if (words.empty())
    {
        CHECK (folder.open()->channelScales (used) == std::vector<float> { 0.5f, 0.5f });
        CHECK (folder.open()->unused().empty());
        return;
    }
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::Unsupported);
    CHECK_THAT (error.message, Catch::StartsWith (subject + words + ", which this engine does not read.") &&
                                   Catch::Contains ("--weights int8"));
}

TEST_CASE ("Checkpoint does not care how layers that it does not use are quantised",
           "[engine][checkpoint][foreign]")
{
    const Folder folder;
    SafetensorsWriter writer;
    const std::string json = R"({"format": "nvfp4"})";
    writer.addFloats (used, { 1, 1 }, { 1 })
        .add ("elsewhere.comfy_quant", "U8", { (std::int64_t) json.size() }, json);
    writer.header["__metadata__"]["_quantization_metadata"] =
        GENERATE (as<std::string> {}, R"({"layers": {"elsewhere": {"format": "nvfp4"}}})", R"({"layers": 1})",
                  "[]", "no JSON", "");
    writer.write (folder.path() / "model.safetensors");
    CHECK (folder.open()->names() == Names { used });

    writer.header["__metadata__"]["_quantization_metadata"] = std::string ((1 << 20) + 1, ' ');
    writer.write (folder.path() / "model.safetensors");
    CHECK_THAT (folder.refusal().message, Catch::Contains ("_quantization_metadata of 1048577 bytes"));
}

TEST_CASE ("Checkpoint refuses a config.json of quantised weights by the quantiser's name",
           "[engine][checkpoint][foreign]")
{
    const Folder folder;
    folder.write ("model.safetensors", oneTensor (used));
    auto config = tinyOfficialConfig();
    const auto set = [&] (const nlohmann::json& quantiser, const std::string& part = {}) {
        (part.empty() ? config : config[part])["quantization_config"] = quantiser;
        folder.write ("config.json", config.dump());
    };
    const std::string before = "quantised by ";
    SECTION ("named")
    {
        const auto method =
            GENERATE (as<std::string> {}, "bitsandbytes", "gptq", "awq", "hqq", "something new");
        set ({ { "quant_method", method }, { "bits", 4 } });
        CHECK_THAT (folder.refusal().message,
                    Catch::Contains (before + method) && Catch::Contains ("--weights int8"));
    }
    SECTION ("by its options")
    {
        set ({ { "load_in_4bit", true } });
        CHECK_THAT (folder.refusal().message, Catch::Contains (before + "bitsandbytes"));
    }
    SECTION ("in the language model's section, without a name")
    {
        set ({ { "bits", 4 } }, "decoder_config");
        CHECK_THAT (folder.refusal().message,
                    Catch::Contains (before + "a method that config.json does not name"));
    }
    SECTION ("not at all, or in a way that the tensors show")
    {
        set (GENERATE (nlohmann::json(), nlohmann::json { { "quant_method", "fp8" } },
                       nlohmann::json { { "quant_method", "compressed-tensors" } }));
        CHECK (folder.open()->names() == Names { used });
    }
    CHECK_NOTHROW (Checkpoint::shapesOf (folder.path())); // for calculations the shapes are enough
}

TEST_CASE ("Checkpoint does not care for the types of tensors that are not used", "[engine][checkpoint]")
{
    const Folder folder;
    SafetensorsWriter writer;
    writer.addFloats (used, { 1, 1 }, { 1 })
        .add ("extra.double", "F64", { 1 }, "12345678")
        .add ("extra.flag", "BOOL", { 3 }, "123")
        .add ("extra.in_bytes", "I8", { 2 }, "12")
        .add ("extra.float", "BF16", {}, "12");
    writer.write (folder.path() / "model.safetensors");
    const auto checkpoint = folder.open();
    CHECK (checkpoint->unused() == Names { "extra.double", "extra.flag", "extra.float", "extra.in_bytes" });
    CHECK (checkpoint->names() == Names { "extra.float", "extra.in_bytes", used });
    CHECK (checkpoint->isUnused ("extra.float"));
    CHECK_FALSE (checkpoint->isUnused (used));

    writer.add (norm, GENERATE (as<std::string> {}, "F64", "F8_E5M2"), { 1 }, "12345678")
        .write (folder.path() / "model.safetensors");
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::Unsupported);
    CHECK_THAT (error.message,
                Catch::Contains ("tensor \"" + norm + "\" is of type \"F") && Catch::Contains ("are known"));
}

TEST_CASE ("Checkpoint calls by its name whatever else a folder holds", "[engine][checkpoint][foreign]")
{
    const Folder folder;
    const std::string zip ("PK\x03\x04", 4), pickle ("\x80\x02}q\x01.", 6);
    auto code = ErrorCode::Unsupported;
    std::string words;
    const auto lacksConfig = [&] { std::filesystem::remove (folder.path() / "config.json"); };
    SECTION ("a GGUF file")
    {
        folder.write ("vibevoice-q8.gguf", "GGUF\3");
        words = "\"vibevoice-q8.gguf\", a GGUF file";
    }
    SECTION ("a GGUF file alone")
    {
        lacksConfig();
        folder.write ("model", "GGUF\3");
        words = "\"model\", a GGUF file";
    }
    SECTION ("pickles")
    {
        const auto name = GENERATE (as<std::string> {}, "pytorch_model.bin", "model.PT", "a.pth", "a.ckpt",
                                    "pytorch_model.bin.index.json");
        folder.write (name, GENERATE_COPY (as<std::string> {}, zip, pickle, "{}"));
        words = '"' + name + "\", a pickle of PyTorch";
    }
    SECTION ("a pickle of another name, alone")
    {
        lacksConfig();
        folder.write ("weights", GENERATE_COPY (as<std::string> {}, zip, pickle));
        words = "\"weights\", a pickle of PyTorch";
    }
    SECTION ("an adapter")
    {
        lacksConfig();
        folder.write ("adapter_config.json", "{}");
        folder.write ("adapter_model.safetensors", oneTensor ("x.lora_A.weight"));
        words = "an adapter (LoRA), not a model. Merge it";
    }
    SECTION ("an adapter next to its model")
    {
        folder.write ("model.safetensors", oneTensor (used));
        folder.write ("adapter_config.json", "{}");
        words = "an adapter (LoRA), not a model. Merge it";
    }
    SECTION ("a single file without its config")
    {
        lacksConfig();
        folder.write ("vibevoice7b_bf16.safetensors", oneTensor (used));
        code = ErrorCode::NotFound;
        words =
            "holds \"vibevoice7b_bf16.safetensors\", but no config.json. Add the config.json of the model";
    }
    SECTION ("a cache of the hub")
    {
        lacksConfig();
        std::filesystem::create_directories (folder.path() / "models--org--name");
        code = ErrorCode::NotFound;
        words = "is a cache of the Hugging Face hub. Give one of its models, such as " +
                (folder.path() / "models--org--name").string();
    }
    const auto error = folder.refusal();
    CHECK (error.code == code);
    CHECK (error.where == folder.path().string());
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("Checkpoint calls a dangling link an unfinished download", "[engine][checkpoint][hub]")
{
    const Folder folder;
    folder.writeIndex ({ { used, "1.safetensors" } });
    folder.write ("1.safetensors", oneTensor (used));
    REQUIRE (folder.open()->names() == Names { used });
    const auto name = GENERATE (as<std::string> {}, "config.json", "preprocessor_config.json",
                                "model.safetensors.index.json", "1.safetensors", "model.safetensors");
    CAPTURE (name);
    std::filesystem::remove (folder.path() / name);
    std::filesystem::create_symlink ("../../blobs/0123", folder.path() / name);
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::NotFound);
    CHECK (error.where == (folder.path() / name).string());
    CHECK_THAT (error.message, Catch::Contains ("which is not there: an unfinished download"));
}
