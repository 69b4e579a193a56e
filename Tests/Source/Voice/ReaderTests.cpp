// SPDX-License-Identifier: Apache-2.0
#include "Voice/Reader.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include <catch2/catch.hpp>

#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
const std::filesystem::path root = TABLEREAD_ROOT;

VoiceClip readSoundAsVoice (const Sound& sound, const char* fileName = "ada.wav")
{
    const TemporaryFolder folder;
    writeSound (folder.path() / fileName, sound);
    return readVoice (folder.path() / fileName, "Ada").value();
}

Error refusalOf (const Sound& sound)
{
    const TemporaryFolder folder;
    writeSound (folder.path() / "ada.wav", sound);
    return readVoice (folder.path() / "ada.wav", "Ada").error();
}

Error refusalOfText (const std::string& bytes, const char* fileName = "ada.wav")
{
    const TemporaryFolder folder;
    std::ofstream (folder.path() / fileName, std::ios::binary) << bytes;
    return readVoice (folder.path() / fileName, "Ada").error();
}

float difference (const std::vector<float>& a, const std::vector<float>& b)
{
    float worst = a.size() == b.size() ? 0.0f : 1e9f;
    for (std::size_t i = 0; i < std::min (a.size(), b.size()); ++i)
        worst = std::max (worst, std::abs (a[i] - b[i]));
    return worst;
}
} // namespace

TEST_CASE ("readVoice reads the bundled voices", "[source][voice]")
{
    struct Voice
    {
        std::string name, hash; // of the samples as they have always been
    };
    for (const auto& [name, hash] : { Voice { "anna", "afc5189b4cde21cddfa0709a5ce17a03" },
                                      Voice { "ben", "279307dbbb05763859ea1af5798003b1" },
                                      Voice { "clara", "6cbd72773c9cca6f579b0a4c6e764982" },
                                      Voice { "david", "6c17ded32d899ca39968b3959c7ebdae" } })
    {
        const auto clip = readVoice (root / "Assets/models/mini/voices" / (name + ".flac"), name).value();
        CHECK (clip.hash == hash);
        CHECK (clip.seconds() > 3.0);
        CHECK (clip.notes.empty());
        CHECK (loudnessDbFs (clip.samples) == Approx (-25.0).margin (0.01));
    }
}

TEST_CASE ("readVoice makes mono at 24 kHz from any rate, channel count and format", "[source][voice]")
{
    struct Case
    {
        int rate, channels, format;
        const char* fileName;
        float tolerance;
    };
    const auto [rate, channels, format, fileName, tolerance] = GENERATE (values<Case> ({
        { 24'000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16, "a.wav", 2e-5f },
        { 8'000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_U8, "a.wav", 3e-3f },
        { 44'100, 2, SF_FORMAT_WAV | SF_FORMAT_PCM_24, "a.wav", 2e-5f },
        { 192'000, 8, SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, "a.wav", 2e-5f },
        { 96'000, 6, SF_FORMAT_WAV | SF_FORMAT_DOUBLE, "a.wav", 2e-5f },
        { 48'000, 2, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "a.flac", 2e-5f },
        { 48'000, 2, SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "a.aiff", 2e-5f },
        { 44'100, 1, SF_FORMAT_OGG | SF_FORMAT_VORBIS, "a.ogg", 2e-2f },
        { 48'000, 1, SF_FORMAT_OGG | SF_FORMAT_OPUS, "a.opus", 2e-2f },
        { 44'100, 2, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, "a.mp3", 2e-2f },
    }));
    CAPTURE (rate, channels, format, fileName);
    auto sound = sine (440.0, 4.0, rate, channels, 0.4);
    sound.format = format;
    const auto clip = readSoundAsVoice (sound, fileName);

    CHECK (clip.seconds() == Approx (4.0).margin (0.06)); // MP3 pads to its frames
    // -25 dB of a sine: amplitude 0.0795. Lossy formats may shift the samples, so they are compared by level.
    const std::vector<float> middle (clip.samples.begin() + 24'000, clip.samples.begin() + 72'000);
    if (tolerance < 1e-2f)
    {
        auto expected = sine (440.0, 4.0, 24'000, 1, std::sqrt (2.0) * std::pow (10.0, -25.0 / 20)).samples;
        CHECK (difference (middle, { expected.begin() + 24'000, expected.begin() + 72'000 }) < tolerance);
    }
    CHECK (loudnessDbFs (middle) == Approx (-25.0).margin (0.1));
}

TEST_CASE ("readVoice averages the channels", "[source][voice]")
{
    auto stereo = sine (440.0, 1.0, 24'000, 2);
    const auto other = sine (330.0, 1.0).samples;
    for (std::size_t i = 1; i < stereo.samples.size(); i += 2)
        stereo.samples[i] = other[i / 2];
    const auto clip = readSoundAsVoice (stereo);

    auto expected = sine (440.0, 1.0).samples;
    for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] = (expected[i] + other[i]) / 2;
    normalizeLoudness (expected);
    CHECK (difference (clip.samples, expected) < 2e-5f);
}

TEST_CASE ("readVoice uses one side of a stereo recording where the average would harm", "[source][voice]")
{
    const float right = GENERATE (0.0f, -0.5f, -2.0f); // of the left side
    CAPTURE (right);
    auto stereo = sine (440.0, 4.0, 48'000, 2, 0.3);
    auto louder = sine (440.0, 4.0, 48'000, 1, 0.3);
    for (std::size_t i = 1; i < stereo.samples.size(); i += 2)
        stereo.samples[i] *= right;
    if (right < -1)
        for (auto& sample : louder.samples)
            sample *= right;
    const auto clip = readSoundAsVoice (stereo);
    CHECK (clip.samples == readSoundAsVoice (louder).samples);
    const std::string used = right < -1 ? "right" : "left";
    CHECK (clip.notes ==
           std::vector<std::string> {
               right == 0 ? "voice \"Ada\": ada.wav: the right side is silent; the left one is used alone."
                          : "voice \"Ada\": ada.wav: the sides cancel each other out; the " + used +
                                " one is used alone." });
}

TEST_CASE ("readVoice mends and notes what is wrong with a recording", "[source][voice]")
{
    auto sound = sine (440.0, 4.0, 44'100);
    const auto clean = readSoundAsVoice (sound);
    CHECK (clean.notes.empty());
    std::string note;

    SECTION ("an offset")
    {
        for (auto& sample : sound.samples)
            sample += 0.1f;
        note = " has an offset (DC) of 0.1, which is filtered out.";
        CHECK (difference (readSoundAsVoice (sound).samples, clean.samples) <
               1e-2f); // the ends ring in the resampler
    }
    SECTION ("silence at the start")
    {
        sound.samples.insert (sound.samples.begin(), 132'300, 0.0f);
        note = " has long silence: 2 s at the start and 0 s at the end are left out.";
        CHECK (readSoundAsVoice (sound).seconds() == Approx (5.0).margin (0.02));
    }
    SECTION ("clipping")
    {
        for (auto& sample : sound.samples)
            sample = std::clamp (4 * sample, -1.0f, 1.0f);
        note = " is clipped (65 % of its samples are at full scale)";
    }
    SECTION ("not closed")
    {
        const TemporaryFolder folder;
        writeSound (folder.path() / "ada.wav", sound);
        std::fstream (folder.path() / "ada.wav", std::ios::in | std::ios::out | std::ios::binary)
            .seekp (40)
            .write ("\0\0\0\0", 4);
        const auto clip = readVoice (folder.path() / "ada.wav", "Ada").value();
        CHECK (clip.hash == clean.hash);
        CHECK (clip.notes ==
               std::vector<std::string> { "voice \"Ada\": ada.wav was not closed by the program that "
                                          "recorded it; it is read to the end of the file." });
        return;
    }
    const auto notes = readSoundAsVoice (sound).notes;
    REQUIRE (notes.size() == 1);
    CHECK (notes[0].substr (0, note.size() + 20) == "voice \"Ada\": ada.wav" + note);
}

TEST_CASE ("readVoice gives the same audio the same hash", "[source][voice]")
{
    const auto one = readSoundAsVoice (sine (440.0, 4.0));
    const auto same = readSoundAsVoice (sine (440.0, 4.0), "another.wav");
    const auto other = readSoundAsVoice (sine (440.1, 4.0));

    CHECK (one.hash.size() == 32);
    CHECK (one.hash == same.hash);
    CHECK (one.hash != other.hash);
}

TEST_CASE ("readVoice notes a reference that is short or long", "[source][voice]")
{
    const auto noteOf = [] (double seconds) {
        const auto notes = readSoundAsVoice (sine (440.0, seconds)).notes;
        return notes.empty() ? std::string() : notes.at (0);
    };
    CHECK (noteOf (0.5) == "voice \"Ada\" is 0.5 s long; 3 s or more give a better likeness.");
    CHECK (noteOf (2.9) == "voice \"Ada\" is 2.9 s long; 3 s or more give a better likeness.");
    CHECK (noteOf (3.0).empty());
    CHECK (noteOf (60.0).empty());
    CHECK (noteOf (61.0) ==
           "voice \"Ada\" is 61 s long; more than 60 s make the start slower and the voice hardly better.");
}

TEST_CASE ("readVoice refuses what is not a voice, in one sentence", "[source][voice]")
{
    const auto check = [] (const Error& error, const std::string& text,
                           ErrorCode code = ErrorCode::InvalidInput) {
        CHECK (error.text() == "voice \"Ada\": " + text);
        CHECK (error.code == code);
    };
    const std::string advice = " Choose a WAV, FLAC, OGG or MP3 file.";

    SECTION ("no samples")
    {
        check (refusalOf (sine (440.0, 0.0)), "ada.wav has no audio in it. Choose another recording.");
    }
    SECTION ("too short")
    {
        check (refusalOf (sine (440.0, 0.1)), "reference is 0.1 s long, 0.5 s is the least and 3 s or more "
                                              "are better. Choose a longer recording.");
        check (refusalOf (sine (440.0, 0.499)), "reference is 0.499 s long, 0.5 s is the least and 3 s or "
                                                "more are better. Choose a longer recording.");
    }
    SECTION ("too long")
    {
        check (refusalOf (sine (440.0, 600.1, 8'000)),
               "reference is longer than 10 minutes. Choose 10 to 30 seconds of clear speech.");
    }
    SECTION ("silent")
    {
        CHECK (
            refusalOf (sine (440.0, 4.0, 24'000, 1, 0.0)).message.starts_with ("ada.wav is silent (-inf dB"));
        auto offset = sine (440.0, 4.0);
        std::fill (offset.samples.begin(), offset.samples.end(), 0.25f);
        CHECK (refusalOf (offset).message.starts_with ("ada.wav is silent (-inf dB"));
        auto hum = sine (50.0, 4.0, 24'000, 1, 0.0001);
        hum.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
        check (refusalOf (hum), "ada.wav is silent (-83 dB of full scale). Choose another recording.");
    }
    SECTION ("not numbers")
    {
        auto broken = sine (440.0, 4.0, 48'000);
        broken.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
        broken.samples[70'000] =
            GENERATE (std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
        check (refusalOf (broken),
               "ada.wav has samples that are not numbers. Export it again, as 16- or 24-bit WAV.");
    }
    SECTION ("text, whatever its name")
    {
        const std::string text (60'000, 'x');
        for (const char* fileName :
             { "ada.wav", "ada.txt", "ada.raw", "ada.vox", "ada.gsm", "ada.mp3", "ada.au" })
        {
            const auto error = refusalOfText (text, fileName);
            CHECK (error.code == ErrorCode::InvalidInput);
            CHECK (error.message.starts_with (std::string (fileName) + " is not a readable recording ("));
            CHECK (error.message.ends_with (")." + advice));
        }
        CHECK (refusalOfText ("").code == ErrorCode::InvalidInput);
    }
    SECTION ("a rate that no audio has")
    {
        check (refusalOf (sine (1.0, 100.0, 100)),
               "ada.wav is not a readable recording (its sample rate is 100 Hz, "
               "4000 to 768000 are possible)." +
                   advice);
    }
    SECTION ("no file")
    {
        check (readVoice ("/nowhere/ada.wav", "Ada").error(),
               "/nowhere/ada.wav does not exist. Check the path.", ErrorCode::NotFound);
        CHECK (readVoice (root, "Ada").error().message.find ("it is not a file") != std::string::npos);
    }
}

TEST_CASE ("readVoice trusts the samples and not the header", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "ada.wav";
    writeSound (file, sine (440.0, 4.0));
    const auto patch = [&] (std::streamoff at, std::uint32_t value) {
        std::fstream stream (file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp (at).write ((const char*) &value, 4);
    };

    SECTION ("gigabytes claimed, four seconds there")
    {
        patch (4, 0xfffffff0);
        patch (40, 0xffffff00);
        CHECK (readVoice (file, "Ada").value().seconds() == Approx (4.0));
    }
    SECTION ("cut off")
    {
        std::filesystem::resize_file (file, 44 + 2 * 36'000);
        CHECK (readVoice (file, "Ada").value().seconds() == Approx (1.5));
    }
    SECTION ("cut off in the header")
    {
        std::filesystem::resize_file (file, 30);
        CHECK (readVoice (file, "Ada").error().code == ErrorCode::InvalidInput);
    }
}

TEST_CASE ("readVoice uses what comes before a break, and says so", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "ada.flac";
    auto sound = sine (440.0, 8.0);
    sound.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    writeSound (file, sound);
    std::filesystem::resize_file (file, std::filesystem::file_size (file) / 2);

    const auto clip = readVoice (file, "Ada").value();
    CHECK (clip.seconds() > 3.0);
    CHECK (clip.seconds() < 5.0);
    REQUIRE (clip.notes.size() == 1);
    CHECK (clip.notes[0].find ("ada.flac breaks off after") != std::string::npos);
    CHECK (clip.notes[0].find (" of 8 s; what is there is used.") != std::string::npos);
}
