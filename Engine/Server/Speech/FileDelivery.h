// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "Server/MemoryBudget.h"
#include "Server/Speech/Delivery.h"

namespace tableread::engine
{
/** Passes a job's speech to the client that asked for it as one finished file, which is kept in memory until it is sent. The
    job is cancelled when the client leaves. Whatever goes wrong, the answer has the error's status. */
class FileDelivery : public std::enable_shared_from_this<FileDelivery>
{
public:
    /** @param memory  all bytes of such files in the process. */
    FileDelivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechEncoding> wanted,
                  Delivery::Format how, MemoryBudget& memory);

    /** Begins to wait for samples. [any thread], before the job is submitted. */
    void begin();

private:
    void look();
    void answer (HttpAnswer with);
    HttpAnswer finished();

    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<SpeechEncoding> speech;
    Delivery::Format format;
    std::shared_ptr<MemoryBudget::Share> share;
    std::string file; // I/O thread, as is the next
    bool answered = false;
};
} // namespace tableread::engine
