// SPDX-License-Identifier: Apache-2.0
// Uploaded voices where something is short: descriptors, or the folder that another engine holds.
#include <array>
#include <future>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "Core/FolderLock.h"
#include "Server/Voices/Store.h"
#include "Support/Instrumented.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
/** While one exists, this process cannot open another file. */
class NoDescriptors
{
public:
    NoDescriptors()
    {
        ::getrlimit (RLIMIT_NOFILE, &before);
        const int next = ::dup (STDIN_FILENO);
        ::close (next);
        const rlimit none { static_cast<rlim_t> (next), before.rlim_max };
        ::setrlimit (RLIMIT_NOFILE, &none);
    }
    ~NoDescriptors() { ::setrlimit (RLIMIT_NOFILE, &before); }
    NoDescriptors (const NoDescriptors&) = delete;
    NoDescriptors& operator= (const NoDescriptors&) = delete;

private:
    rlimit before {};
};

Result<VoiceRecord> storeAda (VoiceStore& store)
{
    return store.add ({ .name = "Ada", .consent = {}, .bytes = "a sound" },
                      [] (const auto&) { return Result<std::int64_t> (1'000); });
}
} // namespace

TEST_CASE ("A voice that nobody has a descriptor for is not taken for one that is not there",
           "[engine][server][voices][errors]")
{
    const TemporaryFolder folder;
    VoiceStore store (folder.path() / "voices");
    const auto ada = storeAda (store).value();
    std::vector<Error> errors;
    {
        const NoDescriptors none;
        errors = { store.byName ("Ada").error(), store.byId (ada.id()).error(), storeAda (store).error() };
    }
    for (const auto& error : errors)
    {
        CAPTURE (error.text());
        CHECK (error.code == ErrorCode::OutOfMemory);
    }
    CHECK_THAT (errors.back().message, Catch::StartsWith ("the voice cannot be stored"));
    CHECK (storeAda (store));
    CHECK (store.remove (ada.id()));
}

TEST_CASE ("Those who wait for another engine do not wait for each other",
           "[engine][server][voices][threads]")
{
    const TemporaryFolder folder;
    VoiceStore store (folder.path() / "voices", 400ms);
    const auto ada = storeAda (store).value();
    FolderLock another;
    REQUIRE (another.take (folder.path() / "voices"));
    const auto begin = std::chrono::steady_clock::now();
    store.tidy(); // at an engine's start: it does not wait at all
    CHECK (std::chrono::steady_clock::now() - begin < 300ms);
    std::array<std::future<Result<void>>, 6> removals;
    for (auto& removal : removals)
        removal = std::async (std::launch::async, [&] { return store.remove (ada.id()); });
    for (auto& removal : removals)
        CHECK (removal.get().error().code == ErrorCode::Busy);
    if (! isInstrumented)
        CHECK (std::chrono::steady_clock::now() - begin < 1'500ms); // one after the other would take 2.4 s
    another = FolderLock();
    CHECK (store.remove (ada.id()));
}
