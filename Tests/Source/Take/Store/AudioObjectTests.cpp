// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>
#include <limits>

#include <unistd.h>

#include "Audio/File.h"
#include "Core/Descriptor.h"
#include "StoreFixture.h"

using namespace tableread;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
struct AudioFolder
{
    /** Writes samples in the form that suits them. */
    AudioObject write (const std::vector<float>& samples) const
    {
        auto object = AudioObject::of (samples);
        const Descriptor opened (::open (file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
        REQUIRE (writeAudio (opened.number, object.form, samples) == 0);
        return object;
    }

    std::string bytes() const
    {
        std::ifstream in (file, std::ios::binary);
        return { std::istreambuf_iterator<char> (in), {} };
    }

    void replace (const std::string& content) const { std::ofstream (file, std::ios::binary) << content; }

    TemporaryFolder temporary;
    fs::path file = temporary.path() / "audio";
};

const std::vector<float> oddSamples { -0.0f,
                                      0.0f,
                                      std::numeric_limits<float>::quiet_NaN(),
                                      std::numeric_limits<float>::infinity(),
                                      -std::numeric_limits<float>::infinity(),
                                      std::numeric_limits<float>::denorm_min(),
                                      std::numeric_limits<float>::max(),
                                      1.0f,
                                      -3.5f,
                                      1.0f / 3.0f };
} // namespace

TEST_CASE ("Samples come back bit for bit, in FLAC where it holds them", "[source][take][store]")
{
    const AudioFolder folder;
    const std::vector<float> ends { -1.0f, 8'388'607.0f / 8'388'608.0f, 1.0f / 8'388'608.0f, 0.0f };
    const auto [samples, form] = GENERATE_COPY (
        table<std::vector<float>, AudioForm> ({ { takeSamples (1), AudioForm::Wav },
                                                { takeSteps (1), AudioForm::Flac },
                                                { takeSteps (2, 100'001), AudioForm::Flac },
                                                { std::vector<float> (1), AudioForm::Flac },
                                                { ends, AudioForm::Flac },
                                                { oddSamples, AudioForm::Wav },
                                                { std::vector<float> { 0.5f, -0.0f }, AudioForm::Wav },
                                                { std::vector<float> { 0.5f, 1.0f }, AudioForm::Wav },
                                                { std::vector<float>(), AudioForm::Wav } }));
    const auto object = folder.write (samples);
    CHECK (object.form == form);
    CHECK (object.samples == static_cast<std::int64_t> (samples.size()));
    const auto read = readAudio (folder.file, object);
    REQUIRE (read);
    CHECK (sameBits (*read, samples));
    const auto bytes = folder.bytes();
    CHECK (bytes.starts_with (form == AudioForm::Flac ? "fLaC" : "RIFF"));
    if (form == AudioForm::Wav)
        CHECK (static_cast<std::int64_t> (bytes.size()) == bytesOfWav (object.samples));
    folder.write (samples);
    CHECK (folder.bytes() == bytes); // whoever writes them
}

TEST_CASE ("Any program that reads sound reads the files", "[source][take][store]")
{
    const AudioFolder folder;
    const auto samples = GENERATE (takeSamples (3), takeSteps (3));
    folder.write (samples);
    auto file = AudioFile::open (folder.file);
    REQUIRE (file);
    CHECK (file->sampleRateHz() == 24'000);
    CHECK (file->channels() == 1);
    std::vector<float> all, block;
    for (file->read (block); ! block.empty(); file->read (block))
        all.insert (all.end(), block.begin(), block.end());
    CHECK (all == samples);
}

TEST_CASE ("A file that was cut or changed is damaged", "[source][take][store][errors]")
{
    const AudioFolder folder;
    const auto object = folder.write (GENERATE (takeSamples (4, 200), takeSteps (4, 200)));
    const auto good = folder.bytes();
    for (std::size_t size = 0; size < good.size(); size += 1 + size / 16)
    {
        CAPTURE (size);
        folder.replace (good.substr (0, size));
        CHECK (readAudio (folder.file, object).error().code == ErrorCode::InvalidInput);
        auto changed = good;
        changed[size] = static_cast<char> (changed[size] ^ 0x10);
        folder.replace (changed);
        const auto read = readAudio (folder.file, object); // some bytes of a header do not matter
        CHECK ((read.has_value() || read.error().code == ErrorCode::InvalidInput));
    }
    folder.replace (good);
    CHECK (readAudio (folder.file, object));
    folder.replace (good + "more");
    const auto longer = readAudio (folder.file, object);
    CHECK ((longer.has_value() ||
            object.form == AudioForm::Wav)); // FLAC's samples are checked, not what follows
}

TEST_CASE ("Other samples under a take's name are damage", "[source][take][store][errors]")
{
    const AudioFolder folder;
    const auto [mine, other] =
        GENERATE (table<std::vector<float>, std::vector<float>> ({ { takeSamples (5), takeSamples (6) },
                                                                   { takeSteps (5), takeSteps (6) },
                                                                   { takeSteps (5), takeSteps (5, 3100) },
                                                                   { takeSteps (5), takeSteps (5, 3300) },
                                                                   { takeSamples (5), takeSteps (5) },
                                                                   { takeSteps (5), takeSamples (5) } }));
    const auto object = AudioObject::of (mine);
    folder.write (other);
    CHECK (readAudio (folder.file, object).error().code == ErrorCode::InvalidInput);
    fs::remove (folder.file);
    CHECK (readAudio (folder.file, object).error().code == ErrorCode::NotFound);
    REQUIRE (::mkfifo (folder.file.c_str(), 0600) == 0); // nobody waits
    CHECK (readAudio (folder.file, object).error().code == ErrorCode::InvalidInput);
}
