// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <thread>

#include "Checkpoint/Checkpoint.h"

namespace tableread::engine
{
/** XXH3-128 over what the model uses of a checkpoint: of each tensor its official name, type, shape, bytes, and the scale of each
    output channel. So it is the same for other files, shards, an order of their own, the converted names, other names of
    scales, more tensors that are not used, and a second copy of the embedding as output matrix. Random values are known by
    their shapes.

    Threads   hashes on a thread of its own from the beginning, so that it takes no time while others read the checkpoint;
              in the order in which the model is loaded, so that the files are read from the drive once.
    Memory    a line for each tensor. Pages of the files, as MappedFile says.
*/
class WeightsHash
{
public:
    explicit WeightsHash (std::shared_ptr<const Checkpoint> checkpoint);

    const std::shared_ptr<const Checkpoint>& checkpoint() const { return source; }

    /** Waits until it is known. One thread at a time.
        @throws Exception Io if a file has shrunk, or its drive is gone. */
    const std::string& get();

private:
    void hashAll (const std::stop_token& stop);

    std::shared_ptr<const Checkpoint> source;
    std::string hash;
    std::exception_ptr failure;
    std::jthread worker; // the last, so that it has ended when the others go
};
} // namespace tableread::engine
