// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"
#include "StoreFixture.h"

using namespace tableread;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
constexpr int fewDays = 48; // hours: more than evict() leaves alone

SamplesName nameOf (const std::vector<float>& samples)
{
    return { contentHash (samples), { std::ssize (samples) } };
}

fs::path fileOf (const StoreFixture& fixture, const std::vector<float>& samples)
{
    const TakeRecord record { {}, Take::Ending::Whole, AudioObject::of (samples) };
    return fixture.audioOf (record);
}

std::string bytesOf (const fs::path& file)
{
    return readBytes (file, 100'000).value();
}
} // namespace

TEST_CASE ("Samples are kept and found by their hash, whoever asked for them", "[source][take][store]")
{
    StoreFixture fixture;
    const auto samples = GENERATE (takeSamples (1), takeSteps (1), std::vector<float>());
    const auto name = nameOf (samples);
    CHECK_FALSE (fixture.store.has (name));
    CHECK (fixture.store.load (name).error().code == ErrorCode::NotFound);
    CHECK (fixture.store.file (name).error().code == ErrorCode::NotFound);

    if (GENERATE (false, true))
        REQUIRE (fixture.store.put (takeRequest (1), Take::Ending::Whole, samples));
    else
        REQUIRE (fixture.store.keep (samples));
    TakeStore other (fixture.options);
    CHECK (other.has (name));
    CHECK (sameBits (other.load (name).value(), samples));
    CHECK (other.file (name).value() == bytesOf (fileOf (fixture, samples)));
    CHECK (other.load ({ name.hash, { name.count.value + 1 } }).error().code == ErrorCode::NotFound);
    CHECK (other.has (name)); // it was the name that was wrong
    for (const auto* none : { "", "../../x", "0123" })
        CHECK (other.load ({ none, {} }).error().code == ErrorCode::NotFound);
}

TEST_CASE ("A file of samples goes into another store as it is", "[source][take][store]")
{
    StoreFixture fixture, other;
    const auto samples = GENERATE (takeSamples (1), takeSteps (1));
    REQUIRE (fixture.store.keep (samples));
    const auto bytes = fixture.store.file (nameOf (samples)).value();
    CHECK (sameBits (other.store.decode (nameOf (samples), bytes).value(), samples));
    CHECK_FALSE (other.store.has (nameOf (samples)));
    REQUIRE (other.store.keepFile (nameOf (samples), bytes));
    CHECK (sameBits (other.store.load (nameOf (samples)).value(), samples));
    CHECK (other.files() == fixture.files());
    CHECK (bytesOf (fileOf (other, samples)) == bytes);
    REQUIRE (other.store.keepFile (nameOf (samples), "whatever")); // it is there
}

TEST_CASE ("A file that holds other samples than it should is refused, and leaves nothing",
           "[source][take][store][errors]")
{
    StoreFixture fixture, other;
    const auto samples = GENERATE (takeSamples (1), takeSteps (1));
    REQUIRE (fixture.store.keep (samples));
    auto bytes = fixture.store.file (nameOf (samples)).value();
    auto name = nameOf (samples);
    switch (GENERATE (range (0, 6)))
    {
        case 0:
            bytes[bytes.size() - 2] = static_cast<char> (bytes[bytes.size() - 2] ^ 1);
            break;
        case 1:
            bytes.resize (bytes.size() / 2);
            break;
        case 2:
            bytes.clear();
            break;
        case 3:
            name.hash = contentHash (takeSamples (2));
            break;
        case 4:
            ++name.count.value;
            break;
        default:
            name.hash = "../../../escaped";
    }
    const auto refused = other.store.keepFile (name, bytes);
    REQUIRE_FALSE (refused);
    CHECK (refused.error().code == ErrorCode::InvalidInput);
    CHECK (other.store.decode (name, bytes).error().code == ErrorCode::InvalidInput);
    CHECK_FALSE (other.store.has (name));
    CHECK (other.files().empty());
}

TEST_CASE ("Damaged samples are set aside, and can be kept again", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto samples = takeSamples (1);
    REQUIRE (fixture.store.keep (samples));
    const auto file = fileOf (fixture, samples);
    if (GENERATE (false, true))
        std::filesystem::resize_file (file, std::filesystem::file_size (file) -
                                                GENERATE (as<std::uintmax_t> {}, 1, 4, 12'830));
    else
    {
        std::fstream bytes (file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp (60);
        bytes << "?!";
    }
    const auto damaged = GENERATE (false, true) ? fixture.store.load (nameOf (samples)).error()
                                                : fixture.store.file (nameOf (samples)).error();
    CHECK (damaged.code == ErrorCode::InvalidInput);
    CHECK_THAT (damaged.text(), Contains ("is damaged") && Contains ("lies in \"damaged\" now"));
    CHECK_FALSE (fixture.store.has (nameOf (samples)));
    REQUIRE (fixture.store.keep (samples));
    CHECK (sameBits (fixture.store.load (nameOf (samples)).value(), samples));
}

TEST_CASE ("Whoever asks for another number of samples than there are does no harm to them",
           "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto samples = GENERATE (takeSamples (1), takeSteps (1));
    REQUIRE (fixture.store.keep (samples));
    auto wrong = nameOf (samples);
    wrong.count.value += GENERATE (-1, 1);
    CHECK (fixture.store.load (wrong).error().code == ErrorCode::NotFound);
    CHECK (sameBits (fixture.store.load (nameOf (samples)).value(), samples));
}

TEST_CASE ("Samples without a take are removed as takes are, but none that a session uses",
           "[source][take][store]")
{
    StoreFixture fixture;
    const auto used = takeSamples (1), unused = takeSamples (2), recent = takeSamples (3);
    const auto ofTake = takeSamples (4);
    REQUIRE (fixture.store.keep (used));
    REQUIRE (fixture.store.keep (unused));
    REQUIRE (fixture.store.keep (recent));
    const auto key = fixture.put (4);
    for (const auto& samples : { used, unused, recent, ofTake })
        makeOld (fileOf (fixture, samples), fewDays);
    makeOld (fixture.recordOf (key), fewDays);
    REQUIRE (fixture.store.load (nameOf (recent)));
    REQUIRE (fixture.store.keepSession (
        { .id = "a", .takes = { nameOf (used).hash }, .pinned = { nameOf (ofTake).hash } }));

    auto options = fixture.options;
    options.mostBytes = 100'000'000;
    REQUIRE (TakeStore (options).evict());
    CHECK (fixture.store.has (nameOf (unused))); // there is room
    options.mostBytes = 0;
    const auto eviction = TakeStore (options).evict().value();
    CHECK (eviction.takes == 0);
    CHECK (eviction.bytes == bytesOfWav (std::ssize (unused)));
    CHECK_FALSE (fixture.store.has (nameOf (unused)));
    CHECK (fixture.store.has (nameOf (used)));
    CHECK (fixture.store.has (nameOf (recent)));
    CHECK (fixture.store.contains (key));
    REQUIRE (fixture.store.forgetSession ("a"));
    makeOld (fixture.recordOf (key), fewDays); // to look for a take is to use it
    REQUIRE (TakeStore (options).evict());
    CHECK_FALSE (fixture.store.has (nameOf (used)));
    CHECK_FALSE (fixture.store.contains (key));
}
