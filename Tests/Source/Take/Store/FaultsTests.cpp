// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <unistd.h>

#include "StoreFixture.h"
#include "Support/FileSizeLimit.h"
#include "Support/SmallDisk.h"

using namespace tableread;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
Error refusalOf (const TakeStore& store, std::uint64_t seed, const std::vector<float>& samples)
{
    const auto put = store.put (takeRequest (seed), Take::Ending::Whole, samples);
    REQUIRE_FALSE (put);
    return put.error();
}
} // namespace

TEST_CASE ("A full disk refuses a take in a sentence, and keeps all others", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto key = fixture.put (1);
    const auto files = fixture.files();
    const auto samples = GENERATE (takeSamples (2, 50'000), takeSteps (2, 50'000));
    {
        const FileSizeLimit full (20'000);
        const auto refused = refusalOf (fixture.store, 2, samples);
        CHECK (refused.code == ErrorCode::OutOfMemory);
        CHECK_THAT (refused.text(), Contains ("takes cannot be kept in " + fixture.options.folder.string() +
                                              ": there is no room left. Make room there, or choose another"));
        CHECK (fixture.files() == files); // nothing half-written
    }
    {
        const FileSizeLimit full (100); // the audio's folder is made, the record does not fit
        CHECK (refusalOf (fixture.store, 2, takeSamples (2, 5)).code == ErrorCode::OutOfMemory);
        CHECK_FALSE (fixture.store.contains (takeRequest (2).key()));
        CHECK (fixture.store.keepSession ({ .id = "a", .takes = { key } }).error().code ==
               ErrorCode::OutOfMemory);
    }
    CHECK (sameBits (fixture.store.get (key).value().samples, takeSamples (1)));
    CHECK (fixture.store.put (takeRequest (2), Take::Ending::Whole, samples)); // when there is room again
    CHECK (sameBits (fixture.store.get (takeRequest (2).key()).value().samples, samples));
}

TEST_CASE ("A store on a disk that fills up, and then may not be written", "[source][take][store][errors]")
{
    StoreFixture fixture;
    SmallDisk disk (fixture.temporary.path() / "disk", "size=256k");
    if (! disk.isMounted())
    {
        WARN ("only root can make a small disk");
        return;
    }
    auto options = fixture.options;
    options.folder = fixture.temporary.path() / "disk" / "takes";
    options.namedBy = "TABLEREAD_TAKES";
    fs::create_directory (options.folder);
    const TakeStore store (options);
    std::vector<std::string> kept;
    Error refused;
    for (std::uint64_t seed = 0; refused.message.empty() && seed < 100; ++seed)
    {
        const auto put = store.put (takeRequest (seed), Take::Ending::Whole, takeSamples (seed, 10'000));
        if (put)
            kept.push_back (takeRequest (seed).key());
        else
            refused = put.error();
    }
    CHECK (refused.code == ErrorCode::OutOfMemory);
    CHECK_THAT (refused.text(), Contains ("which TABLEREAD_TAKES names: there is no room left"));
    CHECK (kept.size() > 2);

    auto small = options;
    small.mostBytes = 0;
    CHECK (TakeStore (small).evict().has_value()); // where there is room for nothing else
    REQUIRE (disk.makeReadOnly());
    const auto unwritable = refusalOf (store, 200, takeSamples (200));
    CHECK (unwritable.code == ErrorCode::InvalidInput);
    CHECK_THAT (unwritable.text(), Contains ("it may not be written, Read-only file system. Give yourself"));
    for (std::uint64_t seed = 0; seed < kept.size(); ++seed)
        CHECK (sameBits (store.get (kept[seed]).value().samples, takeSamples (seed, 10'000)));
    CHECK (store.list().value().size() == kept.size());
    CHECK_FALSE (store.keepSession ({ .id = "a", .takes = kept }));
    CHECK_FALSE (store.evict());
    CHECK (store.tidy()); // there is nothing to do
}

TEST_CASE ("A folder without the right to write keeps no takes", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto key = fixture.put (1);
    fs::permissions (fixture.options.folder / "audio", fs::perms (0500));
    if (::geteuid() != 0) // whom no permissions stop
    {
        const auto refused = refusalOf (fixture.store, 2, takeSamples (2));
        CHECK (refused.code == ErrorCode::InvalidInput);
        CHECK_THAT (refused.text(), Contains ("it may not be written, Permission denied"));
    }
    CHECK (fixture.store.get (key));
    fs::permissions (fixture.options.folder / "audio", fs::perms (0700));
}

TEST_CASE ("A folder that is named is not made: its drive may not be mounted",
           "[source][take][store][errors]")
{
    StoreFixture fixture;
    auto options = fixture.options;
    options.namedBy = "takes.folder in /etc/s.toml:2";
    const TakeStore store (options);
    const auto refused = refusalOf (store, 1, takeSamples (1));
    CHECK (refused.code == ErrorCode::NotFound);
    CHECK (refused.text() ==
           "takes cannot be kept in " + options.folder.string() +
               ", which takes.folder in /etc/s.toml:2 names: there is no such folder. Mount its "
               "drive or make it, or choose another folder.");
    CHECK_FALSE (fs::exists (options.folder));
    for (const auto& error : { store.get (takeRequest (1).key()).error(), store.list().error(),
                               store.tidy().error(), store.evict().error() })
        CHECK (error.text() == refused.text());
    fs::create_directories (options.folder);
    CHECK (store.put (takeRequest (1), Take::Ending::Whole, takeSamples (1)));
    fs::remove_all (options.folder); // in the middle of everything
    CHECK (refusalOf (store, 2, takeSamples (2)).code == ErrorCode::NotFound);
    CHECK_FALSE (fs::exists (options.folder));

    std::ofstream (options.folder) << "a file in its place";
    CHECK (refusalOf (store, 2, takeSamples (2)).code == ErrorCode::NotFound);
    CHECK (store.get (takeRequest (1).key()).error().code == ErrorCode::NotFound);
}

TEST_CASE ("Without a folder there are no takes, and nothing lands elsewhere",
           "[source][take][store][errors]")
{
    const StoreFixture fixture;
    const auto before = fs::current_path();
    fs::current_path (fixture.temporary.path());
    const TakeStore store { TakeStoreOptions {} };
    const auto refused = refusalOf (store, 1, takeSamples (1));
    CHECK (refused.code == ErrorCode::Unsupported);
    CHECK_THAT (refused.text(), Contains ("Set TABLEREAD_TAKES"));
    CHECK_FALSE (store.get (takeRequest (1).key()));
    CHECK_FALSE (store.list());
    CHECK_FALSE (store.evict());
    CHECK_FALSE (store.keepSession ({ .id = "a" }));
    CHECK (store.forgetSession ("a"));
    CHECK (fs::is_empty (fixture.temporary.path()));
    fs::current_path (before);
}
