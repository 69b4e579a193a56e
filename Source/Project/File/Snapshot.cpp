// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Snapshot.h"

#include <new>
#include <utility>

namespace tableread::project
{
Snapshot::Snapshot (Content first) : current (std::move (first)), thread ([this] { work(); })
{}

Snapshot::~Snapshot()
{
    {
        const std::lock_guard lock (mutex);
        ends = true;
    }
    wake.notify_one();
    thread.join();
}

void Snapshot::set (Content content)
{
    std::unique_lock lock (mutex);
    std::swap (current, content); // the old one is freed without the lock
    changed (std::move (lock));
}

void Snapshot::set (std::shared_ptr<const Document> document)
{
    std::unique_lock lock (mutex);
    current.document.swap (document);
    changed (std::move (lock));
}

bool Snapshot::setAudio (const std::shared_ptr<const EmbeddedAudio>& before,
                         std::shared_ptr<const EmbeddedAudio> audio)
{
    std::unique_lock lock (mutex);
    if (current.audio != before)
        return false;
    current.audio.swap (audio);
    changed (std::move (lock));
    return true;
}

void Snapshot::changed (std::unique_lock<std::mutex> lock)
{
    ++version;
    lock.unlock();
    wake.notify_one();
}

Content Snapshot::content() const
{
    const std::lock_guard lock (mutex);
    return current;
}

bool Snapshot::isReady() const
{
    const std::lock_guard lock (mutex);
    return builtVersion == version;
}

Snapshot::Text Snapshot::text() const
{
    {
        const std::lock_guard lock (mutex);
        if (builtVersion == version)
            return built;
    }
    const std::lock_guard one (building);
    std::unique_lock lock (mutex);
    if (builtVersion == version)
        return built; // by the thread, meanwhile
    const auto content = current;
    const auto wanted = version;
    lock.unlock(); // edits go on
    auto made = std::make_shared<const std::string> (writer.text (content));
    lock.lock();
    built = made;
    builtVersion = wanted;
    return made;
}

void Snapshot::work()
{
    std::uint64_t tried = 0;
    std::unique_lock lock (mutex);
    while (true)
    {
        wake.wait (lock, [&] { return ends || version != tried; });
        if (ends)
            return;
        tried = version;
        lock.unlock();
        try
        {
            text();
        }
        catch (const std::bad_alloc&)
        {
            // Whoever saves hears of it.
        }
        lock.lock();
    }
}
} // namespace tableread::project
