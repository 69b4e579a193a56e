// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <vector>

#include "Kernels/Parallel.h"
#include "Network/Codec/Decoder.h"
#include "Network/Codec/Encoder.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
struct Codec
{
    explicit Codec (const std::string& folder)
        : checkpoint (Checkpoint::open (folder))
        , weights (*checkpoint, at::kFloat)
        , acoustic (weights, "acoustic_tokenizer", checkpoint->config().acousticEncoder)
        , semantic (weights, "semantic_tokenizer", checkpoint->config().semanticEncoder)
        , decoder (weights, checkpoint->config().acousticDecoder)
        , hop (checkpoint->config().frameSamples)
        , width (checkpoint->config().acousticDecoder.dimension)
    {}

    std::unique_ptr<Checkpoint> checkpoint;
    WeightReader weights;
    CodecEncoder acoustic, semantic;
    CodecDecoder decoder;
    std::int64_t hop, width;
};

const std::string mini = TABLEREAD_ROOT "/Assets/models/mini", tiny = TABLEREAD_GOLDENS "/b-three-voices";
} // namespace

TEST_CASE ("Decoding frame by frame equals decoding the whole utterance", "[engine][codec]")
{
    const Codec codec (GENERATE (values ({ mini, tiny })));
    const auto latents = randomTensor ({ 9, codec.width }, 1);
    CodecState whole, stream;
    const auto wanted = codec.decoder.decode (latents.unsqueeze (0), whole)[0];
    REQUIRE (wanted.numel() == 9 * codec.hop);
    std::vector<at::Tensor> frames;
    for (std::int64_t t = 0; t < 9; ++t)
        frames.push_back (codec.decoder.decode (latents.narrow (0, t, 1).unsqueeze (0), stream)[0]);
    CHECK (relativeError (at::cat (frames), wanted) < 1e-5);
}

TEST_CASE ("Encoding in chunks of any number of frames equals one pass, a partial last frame included",
           "[engine][codec]")
{
    const Codec codec (GENERATE (values ({ mini, tiny })));
    const auto chunk = GENERATE (1, 2, 5) * codec.hop;
    const auto samples = randomTensor ({ 7 * codec.hop + codec.hop / 3 + 1 }, 2) * 0.1;
    for (const auto* encoder : { &codec.acoustic, &codec.semantic })
    {
        CodecState whole, stream;
        const auto wanted = encoder->encode (samples.unsqueeze (0), whole)[0];
        REQUIRE (wanted.size (0) == 8);
        std::vector<at::Tensor> parts;
        for (std::int64_t at = 0; at < samples.numel(); at += chunk)
            parts.push_back (encoder->encode (
                samples.slice (0, at, std::min (at + chunk, samples.numel())).unsqueeze (0), stream)[0]);
        CHECK (relativeError (at::cat (parts), wanted) < 1e-5);
    }
}

TEST_CASE ("An emptied state forgets what was heard before", "[engine][codec]")
{
    const Codec codec (tiny);
    const auto latents = randomTensor ({ 4, codec.width }, 3);
    CodecState fresh, used;
    const auto wanted = codec.decoder.decode (latents.unsqueeze (0), fresh);
    codec.decoder.decode (randomTensor ({ 1, 5, codec.width }, 4), used);
    CHECK_FALSE (sameBits (codec.decoder.decode (latents.unsqueeze (0), used), wanted));
    used = {};
    CHECK (sameBits (codec.decoder.decode (latents.unsqueeze (0), used), wanted));
}

TEST_CASE ("A stream among others gives the same bits as alone, and an inactive one remembers nothing new",
           "[engine][codec][determinism]")
{
    const Codec codec (tiny);
    const auto latents = randomTensor ({ 3, 4, codec.width }, 6);
    CodecState alone, together, masked;
    const auto wanted = codec.decoder.decode (latents.narrow (0, 1, 1), alone);
    CHECK (sameBits (codec.decoder.decode (latents, together)[1], wanted[0]));

    codec.decoder.decode (latents, masked);
    masked.active = at::tensor ({ 1, 0, 1 }, at::kInt);
    codec.decoder.decode (latents, masked); // stream 1 is inactive
    masked.active = at::Tensor {};
    codec.decoder.decode (latents, together);
    const auto again = codec.decoder.decode (latents, masked);
    CHECK (sameBits (again[0], codec.decoder.decode (latents, together)[0]));
    CodecState fresh;
    codec.decoder.decode (latents.narrow (0, 1, 1), fresh);
    CHECK (sameBits (again[1], codec.decoder.decode (latents.narrow (0, 1, 1), fresh)[0]));
}

TEST_CASE ("The codec gives the same bits with one thread or two", "[engine][codec][determinism]")
{
    const Codec codec (mini);
    const auto latents = randomTensor ({ 3, codec.width }, 5);
    CodecState one, two;
    kernels::setThreads (1);
    const auto wanted = codec.decoder.decode (latents.unsqueeze (0), one);
    kernels::setThreads (2);
    CHECK (sameBits (codec.decoder.decode (latents.unsqueeze (0), two), wanted));
}

TEST_CASE ("Streams that join for a chunk have the bits that they have alone", "[engine][codec]")
{
    const Codec codec (GENERATE (values ({ mini, tiny })));
    const auto latents = randomTensor ({ 4, 5, codec.width }, 6);
    std::vector<CodecState> alone (4), together (4);
    const auto decode = [&] (const std::vector<std::size_t>& streams, std::int64_t frame) {
        std::vector<CodecState*> states;
        std::vector<at::Tensor> inputs;
        for (const auto stream : streams)
        {
            states.push_back (&together[stream]);
            inputs.push_back (latents[(std::int64_t) stream].narrow (0, frame, 1));
        }
        auto joined = join (states);
        const auto audio = codec.decoder.decode (at::stack (inputs), joined);
        divide (joined, states);
        for (std::size_t i = 0; i < streams.size(); ++i)
        {
            CAPTURE (frame, streams[i]);
            CHECK (sameBits (audio[(std::int64_t) i],
                             codec.decoder.decode (inputs[i].unsqueeze (0), alone[streams[i]])[0]));
        }
    };
    decode ({ 0, 1 }, 0);
    decode ({ 2, 1, 0 }, 1); // the third one begins
    together[1] = alone[1] = {};
    decode ({ 0, 1, 3 }, 2); // one of them afresh, and one left out
    decode ({ 2 }, 3);
    decode ({ 3, 2, 1, 0 }, 4);
    REQUIRE (together[0].contexts.size() == alone[0].contexts.size());
    for (std::size_t i = 0; i < alone[0].contexts.size(); ++i)
        CHECK (sameBits (together[0].contexts[i], alone[0].contexts[i]));
}
