// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Pool.h"

#include <algorithm>
#include <sys/stat.h>
#include <utility>

#include <spdlog/fmt/fmt.h>

namespace tableread::engine
{
namespace
{
constexpr double rateHz = 24'000;         // of a decoded recording
constexpr std::size_t mostUnfolding = 64; // of ordinary files: what is reserved before one is read
constexpr std::size_t leastReserved = 1 << 16;

Error noRoom()
{
    return { ErrorCode::Busy, "the engine holds as many recordings as it may. Try again in a second.", {} };
}
} // namespace

Result<std::shared_ptr<const ShelfVoice>> VoicePool::get (const VoiceShelf& shelf, const VoiceFile& wanted,
                                                          const VoiceShelf::Limits& limits)
{
    struct stat seen
    {
    };
    if (stat (wanted.file.c_str(), &seen) != 0)
        return read (shelf, wanted, limits, 0); // which says what is wrong
    const auto key =
        fmt::format ("{}/{}/{}/{}.{}/{}.{}/{}", seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtim.tv_sec,
                     seen.st_mtim.tv_nsec, seen.st_ctim.tv_sec, seen.st_ctim.tv_nsec, wanted.name);
    {
        const std::lock_guard lock (mutex);
        if (const auto found = held.find (key); found != held.end())
            if (auto voice = found->second.lock())
                return voice;
    }
    auto voice = read (shelf, wanted, limits, static_cast<std::size_t> (std::max<off_t> (seen.st_size, 0)));
    if (! voice)
        return voice;
    const std::lock_guard lock (mutex);
    std::erase_if (held, [] (const auto& each) { return each.second.expired(); });
    held[key] = *voice;
    return voice;
}

Result<std::shared_ptr<const ShelfVoice>> VoicePool::read (const VoiceShelf& shelf, const VoiceFile& wanted,
                                                           const VoiceShelf::Limits& limits,
                                                           std::size_t fileBytes)
{
    const auto most = static_cast<std::size_t> (std::max (0.0, limits.mostSeconds) * rateHz) * sizeof (float);
    const auto expected = std::min (most, std::max (leastReserved, fileBytes * mostUnfolding));
    auto memory = budget.take (expected);
    if (memory == nullptr)
        return tl::make_unexpected (noRoom());
    auto fetched = shelf.read (wanted, limits);
    if (! fetched)
        return tl::make_unexpected (std::move (fetched.error()));
    const auto bytes = fetched->audio.samples.size() * sizeof (float);
    memory->shrinkTo (bytes);
    fetched->memory.push_back (std::move (memory));
    if (bytes > expected)
        if (fetched->memory.push_back (budget.take (bytes - expected)); fetched->memory.back() == nullptr)
            return tl::make_unexpected (noRoom());
    return std::make_shared<const ShelfVoice> (std::move (*fetched));
}
} // namespace tableread::engine
