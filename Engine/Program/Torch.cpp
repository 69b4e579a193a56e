// SPDX-License-Identifier: Apache-2.0
// tableread-torch: the whole engine. tableread-engine starts it.
#include <cstdlib>

#include "Program/Program.h"

namespace
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool isWatched = true;
#elif defined(__has_feature)
constexpr bool isWatched = __has_feature (address_sanitizer) || __has_feature (thread_sanitizer);
#else
constexpr bool isWatched = false;
#endif
} // namespace

int main (int argc, char** argv)
{
    using namespace tableread::engine;
    const int code = runProgram (argc, argv, [] (Session& session) {
        session.load = Renderer::load;
        session.replay = replay;
        session.convert = convertCheckpoint;
        session.countGpus = countGpus;
        session.measureGpu = measureGpu;
    });
    if (isWatched) // which looks for leaks when the program returns
        return code;
    std::_Exit (
        code); // to take down what LibTorch has set up takes 80 ms, and frees what the system frees anyway
}
