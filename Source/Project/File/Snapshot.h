// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "Project/File/Format.h"
#include "Project/File/Text.h"

namespace tableread::project
{
/** Keeps a project's text ready for a host that saves often, by a thread of its own. After an edit that is not ready yet
    only what has changed is made anew.

    Threads   any but the audio thread; calls wait for each other. */
class Snapshot
{
public:
    using Text = std::shared_ptr<const std::string>;

    explicit Snapshot (Content first = {});
    ~Snapshot();
    Snapshot (const Snapshot&) = delete;
    Snapshot& operator= (const Snapshot&) = delete;

    /** Takes what is to be saved from now on; its text is made later. */
    void set (Content content);

    /** The same with another document, as from a project's listener. */
    void set (std::shared_ptr<const Document> document);

    /** The same with other embedded audio, unless there is another one by now than `before`. @returns whether it was set. */
    bool setAudio (const std::shared_ptr<const EmbeddedAudio>& before,
                   std::shared_ptr<const EmbeddedAudio> audio);

    Content content() const;

    /** The text of what was set last. */
    Text text() const;

    /** Whether text() only has to give it away. */
    bool isReady() const;

private:
    void work();
    void changed (std::unique_lock<std::mutex> lock);

    mutable std::mutex building; // guards `writer`; locked first
    mutable std::mutex mutex;    // guards the rest
    std::condition_variable wake;
    mutable TextWriter writer;
    Content current;
    std::uint64_t version = 1; // of `current`
    mutable std::uint64_t builtVersion = 0;
    mutable Text built;
    bool ends = false;
    std::thread thread;
};
} // namespace tableread::project
