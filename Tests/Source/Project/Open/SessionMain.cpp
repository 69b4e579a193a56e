// SPDX-License-Identifier: Apache-2.0
// A session that renders: keeps takes in a store, has its list written and the store evicted all the time, and says of each take
// that it is kept. Its words: the store's folder, the project's id, its first take's seed, how many takes.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <sys/file.h>

#include "Core/ContentHash.h"
#include "Project/Open/Bookkeeper.h"
#include "Source/Project/Documents.h"
#include "Source/Project/Open/SessionTakes.h"

using namespace tableread;
using namespace std::chrono_literals;

namespace
{
/** How often somebody has asked for a lock; -1: they are not refused. */
int lockCalls()
{
    const auto count = (int (*)())::dlsym (RTLD_DEFAULT, "tablereadLockCalls");
    return count != nullptr ? count() : -1;
}
} // namespace

int main (int count, char** words)
{
    if (count != 5)
        return 64;
    if (::flock (-1, LOCK_EX) == 0 || lockCalls() != 1)
        return 3;
    const auto store = std::make_shared<TakeStore> (TakeStoreOptions { .folder = words[1], .mostBytes = 0 });
    project::Project source;
    source.giveId (words[2]);
    project::Bookkeeper books (source,
                               { .store = store, .settling = 1ms, .again = 2ms, .firstEviction = 0ms });
    const auto first = std::strtoull (words[3], nullptr, 10), takes = std::strtoull (words[4], nullptr, 10);
    for (auto seed = first; seed < first + takes; ++seed)
    {
        const auto samples = test::samplesOfSession (seed);
        if (! store->keep (samples))
            return 4;
        auto take = test::wholeTake ({ 1 }, "request " + std::to_string (seed));
        take.audio = contentHash (samples);
        source.addTake (take);
        std::printf ("%llu\n", (unsigned long long) seed);
        std::fflush (stdout);
        if (! store->evictAfter (0s))
            return 5;
    }
    if (! books.problems().empty())
        return 6;
    return lockCalls() == 1 ? 0 : 7;
}
