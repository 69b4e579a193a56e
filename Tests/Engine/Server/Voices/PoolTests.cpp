// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Server/Voices/Pool.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
struct PoolFixture
{
    explicit PoolFixture (std::size_t bytes)
        : shelf (folder.path(),
                 [this] (const auto& path, const auto& name, const auto& limits) {
                     ++reads;
                     return readBytes (path, name, limits);
                 })
        , pool (bytes)
    {}

    Result<std::shared_ptr<const ShelfVoice>> get (const std::filesystem::path& file)
    {
        return pool.get (shelf, { file, "Ada" }, { .mostSeconds = 4 }); // 96 000 samples: bytes of the file
    }

    TemporaryFolder folder;
    const std::filesystem::path ada = folder.path() / "ada.wav", ben = folder.path() / "ben.wav";
    int reads = 0;
    const VoiceShelf shelf;
    VoicePool pool;
};
} // namespace

TEST_CASE ("Those that hold the same recording at once share it", "[engine][server][voices]")
{
    PoolFixture fixture (std::size_t { 1 } << 20);
    std::ofstream (fixture.ada) << "ada";
    auto first = fixture.get (fixture.ada).value();
    CHECK (fixture.get (fixture.ada).value() == first);
    CHECK (fixture.reads == 1);
    std::ofstream (fixture.ada) << "another";
    const auto changed = fixture.get (fixture.ada).value();
    CHECK (changed->hash == "another");
    CHECK (first->hash == "ada");
    std::ofstream (fixture.ada) << "ada";
    first.reset();
    CHECK (fixture.get (fixture.ada).value()->hash == "ada");
    CHECK (fixture.reads == 3);
}

TEST_CASE ("Recordings count as held until nobody has them", "[engine][server][voices][errors]")
{
    PoolFixture fixture (100'000 * sizeof (float));
    std::ofstream (fixture.ada) << std::string (90'000, 'a');
    std::ofstream (fixture.ben) << std::string (90'000, 'b');
    auto ada = fixture.get (fixture.ada).value();
    const auto ben = fixture.get (fixture.ben);
    REQUIRE_FALSE (ben);
    CHECK (ben.error().code == ErrorCode::Busy);
    CHECK (fixture.get (fixture.ada).value() == ada); // it is there
    ada.reset();
    CHECK (fixture.get (fixture.ben));
}
