// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Command/Render/SpeechOutput.h"
#include "CommandFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Samples = std::vector<float>;

TEST_CASE ("Silence and speech go everywhere in order, stems hold speech only", "[engine][command][output]")
{
    const CommandFixture fixture;
    std::ostringstream raw;
    auto output = SpeechOutput::open ({ .file = fixture.path ("all.wav"),
                                        .raw = &raw,
                                        .stems = fixture.path ("stems/deep"),
                                        .samples = SampleType::Float32 })
                      .value();
    output->silence (10'000);
    output->beginPassage ("001_Anna");
    output->write (Samples { 0.25f, 1.5f });
    CHECK (output->endPassage (true).value() == fixture.path ("stems/deep/001_Anna.wav"));
    output->silence (1);
    output->beginPassage ("002_Ben");
    output->write (Samples { -0.5f });
    REQUIRE (output->endPassage (true));
    CHECK (! std::filesystem::exists (fixture.path ("all.wav"))); // it gets its name only when it is complete
    CHECK (output->samples() == 10'004);
    REQUIRE (output->finish());

    Samples expected (10'000, 0.0f);
    expected.insert (expected.end(), { 0.25f, 1.5f, 0.0f, -0.5f });
    CHECK (wavFloats (fixture.read ("all.wav")) == expected);
    CHECK (raw.str().size() == expected.size() * sizeof (float));
    CHECK (std::memcmp (raw.str().data(), expected.data(), raw.str().size()) == 0);
    CHECK (fixture.files ("stems/deep") == std::vector<std::string> { "001_Anna.wav", "002_Ben.wav" });
    CHECK (wavFloats (fixture.read ("stems/deep/001_Anna.wav")) == Samples { 0.25f, 1.5f });
    CHECK (wavFloats (fixture.read ("stems/deep/002_Ben.wav")) == Samples { -0.5f });
}

TEST_CASE ("Without finish() nothing of the file remains", "[engine][command][output]")
{
    const CommandFixture fixture;
    {
        auto output = SpeechOutput::open ({ .file = fixture.path ("all.wav") }).value();
        output->write (Samples (5000, 0.5f));
    }
    CHECK (fixture.files().empty());
}

TEST_CASE ("A place that cannot be written to is reported at once", "[engine][command][output][errors]")
{
    const CommandFixture fixture;
    fixture.write ("file", "x");
    CHECK (SpeechOutput::open ({ .file = fixture.path ("no/such/folder.wav") }).error().code ==
           ErrorCode::NotFound);
    const auto stems = SpeechOutput::open ({ .stems = fixture.path ("file") });
    REQUIRE (! stems);
    CHECK_THAT (stems.error().text(), Contains ("--stems") && Contains (fixture.path ("file")));
}

TEST_CASE ("A stream that is full is an error that stays", "[engine][command][output][errors]")
{
    std::ofstream full ("/dev/full", std::ios::binary);
    auto output = SpeechOutput::open ({ .raw = &full }).value();
    output->write (Samples (10, 0.5f));
    CHECK (output->failed());
    CHECK (output->state().error().code == ErrorCode::Io);
    CHECK (output->finish().error().code == ErrorCode::Io);
}

TEST_CASE ("Stems sort like the script and have harmless names", "[engine][command][output]")
{
    const auto name = [] (std::size_t number, std::size_t all, std::vector<std::string> speakers) {
        return stemName (number, all, speakers);
    };
    CHECK (name (5, 20, { "Anna" }) == "005_Anna");
    CHECK (name (5, 20'000, { "Anna", "Ben" }) == "00005_Anna+Ben");
    CHECK (name (1, 1, { "../a b/\x01?" }) == "001_.._a_b___");
    const auto longName = name (1, 1, { std::string (59, 'x') + "é" + "yyy" });
    CHECK (longName == "001_" + std::string (59, 'x'));
}
