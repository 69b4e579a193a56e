// SPDX-License-Identifier: Apache-2.0
// Input: a sound file of any format. What is accepted must be audio that the encoder can take. The decoders are
// libsndfile's, which is not instrumented: what is tested is that nothing they deliver confuses our code.
#include <cmath>

#include "Core/Units.h"
#include "Fuzz/FuzzChecks.h"
#include "Support/MemoryFile.h"
#include "Voice/Reader.h"

using namespace tableread;
using tableread::test::mustHold;

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const tableread::test::MemoryFile file ({ reinterpret_cast<const char*> (data), size });
    const auto voice = readVoice (file.path(), "Fuzz");
    if (! voice)
    {
        tableread::test::checkRefusal (voice.error());
        return 0;
    }
    mustHold (voice->samples.size() >= modelSampleRateHz / 2 &&
                  voice->samples.size() <= 600 * modelSampleRateHz + 1,
              "from half a second to ten minutes");
    for (const auto sample : voice->samples)
        mustHold (std::isfinite (sample) && std::abs (sample) <= 1.0f, "samples within full scale");
    mustHold (! voice->hash.empty(), "a hash");
    return 0;
}
