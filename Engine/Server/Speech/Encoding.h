// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "Server/Jobs/SpeechJob.h"
#include "Server/Speech/Encoder.h"
#include "Server/Speech/EncoderPool.h"

namespace tableread::engine
{
/** A job's speech in the format that was asked for, a piece after the other. Compressing is the work of an EncoderPool;
    samples as they are cost so little that the reader does it itself.

    Threads   take(): the I/O thread. The others: any.
    Memory    one piece is made ahead of the reader. What he does not take stays in the job's queue, where it is seen that he
              is slow.
*/
class SpeechEncoding : public std::enable_shared_from_this<SpeechEncoding>
{
public:
    /** What a few milliseconds of encoding give. */
    struct Piece
    {
        std::int64_t samples = 0;
        std::string bytes;    // that became ready with them
        std::string end;      // that follow the last sample, once the state is Done
        std::size_t held = 0; // bytes that the encoder keeps
        PcmQueue::State state = PcmQueue::State::Open;
    };

    /** The pool must outlive all calls of take(). */
    SpeechEncoding (std::shared_ptr<SpeechJob> wanted, const SpeechEncoder::Format& how,
                    EncoderPool& helpers);

    const std::shared_ptr<SpeechJob>& job() const { return source; }

    /** Calls `wake` whenever take() may have something, on any thread; likewise as in PcmQueue. */
    void onReadable (std::function<void()> wake);

    /** Does not wait: without samples and with State::Open if there is nothing yet. @throws what the encoder threw. */
    Piece take();

    /** Of the bytes; after the first piece. */
    const char* contentType() const { return encoder->contentType(); }

    /** Nobody wants the rest: the job is cancelled. */
    void abandon();

private:
    Piece encode();
    void encodeNext();

    const std::shared_ptr<SpeechJob> source;
    const SpeechEncoder::Format format;
    EncoderPool& pool;
    std::unique_ptr<SpeechEncoder> encoder; // of whoever encodes, as is the next
    std::vector<float> samples;

    std::mutex mutex;
    bool isEncoding = false; // in the pool
    std::optional<Piece> ready;
    std::exception_ptr failure;
    std::function<void()> wake;
};
} // namespace tableread::engine
