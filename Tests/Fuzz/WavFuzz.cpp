// SPDX-License-Identifier: Apache-2.0
// Input: a sound file of any format. What is accepted must be audio that the encoder can take. The decoders are
// libsndfile's, which is not instrumented: what is tested is that nothing they deliver confuses our code.
#include <cmath>

#include <sys/mman.h>
#include <unistd.h>

#include "Core/Units.h"
#include "Fuzz/FuzzChecks.h"
#include "Voice/Reader.h"

using namespace tableread;
using tableread::test::mustHold;

namespace
{
/** A file in memory, since voices are read by path. */
class MemoryFile
{
public:
    MemoryFile (const std::uint8_t* data, std::size_t size)
        : descriptor (::memfd_create ("voice", MFD_CLOEXEC))
    {
        mustHold (descriptor >= 0 && ::write (descriptor, data, size) == static_cast<ssize_t> (size),
                  "room in memory");
    }
    ~MemoryFile() { ::close (descriptor); }
    MemoryFile (const MemoryFile&) = delete;
    MemoryFile& operator= (const MemoryFile&) = delete;

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string (descriptor); }

private:
    int descriptor;
};
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const MemoryFile file (data, size);
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
