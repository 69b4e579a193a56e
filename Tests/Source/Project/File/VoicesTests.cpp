// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Project/File/Voices.h"
#include "Sample.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** Recordings that are texts: a recording's hash is its text's. */
struct Recordings
{
    static std::string hash (const std::string& text)
    {
        return hashOfBytes (std::as_bytes (std::span (text.data(), text.size())));
    }

    std::filesystem::path put (const std::string& name, const std::string& text) const
    {
        auto file = folder.path() / name;
        std::filesystem::create_directories (file.parent_path());
        std::ofstream (file) << text;
        return file;
    }

    VoicePlaces places()
    {
        return { .folder = folder.path() / "show",
                 .know = [this] (const std::filesystem::path& file) -> Result<KnownRecording> {
                     ++decoded;
                     std::ifstream in (file);
                     const std::string text { std::istreambuf_iterator<char> (in), {} };
                     if (text == "noise")
                         return tl::unexpected (Error { ErrorCode::InvalidInput, "no recording", {} });
                     return KnownRecording { hash (text), seconds };
                 } };
    }

    FoundVoices find (const Mood& mood) { return find (mood, places()); }

    static FoundVoices find (const Mood& mood, const VoicePlaces& places)
    {
        Member anna;
        anna.speaker = "Anna";
        anna.moods = { mood };
        Document document;
        document.cast = sharedOf<Member> ({ anna });
        return findVoices (std::make_shared<const Document> (document), places);
    }

    TemporaryFolder folder;
    int decoded = 0;
    double seconds = 0.0; // of each recording
};

const Mood& moodOf (const FoundVoices& found)
{
    return found.document->cast[0]->moods[0];
}

Mood moodAt (const std::filesystem::path& path, const std::string& text,
             const std::filesystem::path& relative = {})
{
    return { {}, { "Ada", path }, text.empty() ? std::string() : Recordings::hash (text), relative };
}
} // namespace

TEST_CASE ("A recording of a length that is bad for a voice gets a note", "[source][project][voices]")
{
    Recordings recordings;
    const auto file = recordings.put ("voices/ada.wav", "ada");
    const auto notesFor = [&] (double seconds) {
        recordings.seconds = seconds;
        return recordings.find (moodAt (file, "")).notes;
    };
    CHECK (notesFor (1.0) == std::vector<std::string> {
                                 "Anna's voice ada.wav is 1 s long; 3 s or more give a better likeness." });
    CHECK (notesFor (3.0).empty());
    CHECK (notesFor (61.0).size() == 1);
    CHECK (notesFor (0.0).empty()); // nobody wants to know
}

TEST_CASE ("A recording where it was is left alone", "[source][project][voices]")
{
    Recordings recordings;
    const auto file = recordings.put ("voices/ada.wav", "ada");
    const auto found = recordings.find (moodAt (file, "ada"));
    CHECK (moodOf (found).voice.path == file);
    CHECK (found.notes.empty());
    CHECK (recordings.decoded == 1);
}

TEST_CASE ("A project that was moved finds its voices by their hash", "[source][project][voices]")
{
    Recordings recordings;
    auto mood = moodAt ("/old/voices/ada.wav", "ada", "../voices/ada.wav");
    std::filesystem::path expected;
    auto places = recordings.places();
    SECTION ("where they were, seen from the project")
    {
        expected = recordings.put ("voices/ada.wav", "ada");
        recordings.put ("show/ada.wav", "ada");
    }
    SECTION ("at the old path, if another recording lies where they were")
    {
        recordings.put ("voices/ada.wav", "somebody else");
        expected = recordings.put ("old/ada.wav", "ada");
        mood.voice.path = expected;
    }
    SECTION ("in the store")
    {
        expected = recordings.put ("store/1234", "ada");
        places.inStore = [&] (const std::string& hash) {
            return hash == mood.content ? expected : std::filesystem::path();
        };
        recordings.put ("show/ada.wav", "ada");
    }
    SECTION ("in the project's folder")
    {
        expected = recordings.put ("show/ada.wav", "ada");
    }
    SECTION ("in a folder in it, under another name")
    {
        recordings.put ("show/voices/a.wav", "noise");
        recordings.put ("show/voices/ada.txt", "ada");
        expected = recordings.put ("show/voices/x.FLAC", "ada");
    }
    const auto found = Recordings::find (mood, places);
    CHECK (moodOf (found).voice.path == expected);
    CHECK (moodOf (found).content == mood.content);
    CHECK (moodOf (found).voice.name == "Ada");
    if (expected != mood.voice.path)
    {
        REQUIRE (found.notes.size() == 1);
        CHECK (found.notes[0] == "Anna's voice ada.wav was found as " + expected.string() + '.');
    }
}

TEST_CASE ("A recording that sounds otherwise is used, and that is said", "[source][project][voices]")
{
    Recordings recordings;
    const auto file = recordings.put ("voices/ada.wav", "ada, louder");
    const auto found = recordings.find (moodAt (file, "ada"));
    CHECK (moodOf (found).voice.path == file);
    CHECK (moodOf (found).content == Recordings::hash ("ada, louder"));
    REQUIRE (found.notes.size() == 1);
    CHECK_THAT (found.notes[0], Contains ("sounds otherwise"));
}

TEST_CASE ("A recording that was never read gets its hash", "[source][project][voices]")
{
    Recordings recordings;
    const auto file = recordings.put ("voices/ada.wav", "ada");
    const auto found = recordings.find (moodAt (file, ""));
    CHECK (moodOf (found).content == Recordings::hash ("ada"));
    CHECK (found.notes.empty());
}

TEST_CASE ("A path that somebody wrote by hand is seen from the project", "[source][project][voices]")
{
    Recordings recordings;
    const auto file = recordings.put ("show/ada.wav", "ada");
    CHECK (moodOf (recordings.find (moodAt ("./ada.wav", ""))).voice.path == file);
}

TEST_CASE ("A recording that is nowhere is named", "[source][project][voices]")
{
    Recordings recordings;
    const auto mood = moodAt ("/old/ada.wav", "ada", "ada.wav");
    const auto found = recordings.find (mood);
    CHECK (moodOf (found) == mood);
    REQUIRE (found.notes.size() == 1);
    CHECK_THAT (found.notes[0],
                Contains ("Anna's voice ada.wav was not found: it is neither at /old/ada.wav nor"));
    CHECK (found.missing == std::vector { mood.voice });
}

TEST_CASE ("A recording that somebody has located leads to those beside it", "[source][project][voices]")
{
    Recordings recordings;
    auto places = recordings.places();
    places.folder.clear(); // of a host's session
    auto located = moodAt (recordings.put ("new/ada.wav", "ada"), "");
    Member anna, ben, tom;
    anna.speaker = "Anna";
    anna.moods = { located };
    ben.speaker = "Ben";
    ben.moods = { moodAt ("/old/bob.wav", "bob") };
    tom.speaker = "Tom";
    tom.moods = { moodAt ("/old/tim.wav", "tim") };
    const auto bobs = recordings.put ("new/bob.wav", "bob");
    recordings.put ("new/tim.wav", "somebody else");
    Document document;
    document.cast = sharedOf<Member> ({ anna, ben, tom });
    const auto found = findVoices (std::make_shared<const Document> (document), places);
    CHECK (found.document->cast[1]->moods[0].voice.path == bobs);
    CHECK (*found.document->cast[2] == tom);
    CHECK (found.missing == std::vector { tom.moods[0].voice });
}

TEST_CASE ("A recording is called by its file's name, and by its own where it comes from the store",
           "[source][project][voices]")
{
    auto mood = moodAt ("/old/ada.wav", "ada");
    CHECK (recordingName (mood) == "ada.wav");
    mood.voice.path = "/takes/audio/12/" + mood.content + ".wav";
    CHECK (recordingName (mood) == "Ada");
    mood.voice.name.clear();
    CHECK (recordingName (mood) == mood.content + ".wav");
    CHECK (recordingName ({ {}, { "anna", {} }, {}, {} }).empty());
}

TEST_CASE ("Of a large folder only so much is read", "[source][project][voices]")
{
    Recordings recordings;
    for (int i = 0; i < 250; ++i)
        recordings.put ("show/" + std::to_string (i) + ".wav", std::to_string (i));
    const auto found = recordings.find (moodAt ("/old/ada.wav", "ada"));
    CHECK (recordings.decoded == 200);
    CHECK (found.notes.size() == 1);
}

TEST_CASE ("Voices of the model are not looked for", "[source][project][voices]")
{
    Recordings recordings;
    const auto found = recordings.find ({ {}, { "anna", {} }, {}, {} });
    CHECK (found.notes.empty());
    CHECK (recordings.decoded == 0);
}

TEST_CASE ("A recording has one hash in every format that keeps its samples", "[source][project][voices]")
{
    const TemporaryFolder folder;
    auto sound = sine (220, 1.0);
    writeSound (folder.path() / "a.wav", sound);
    sound.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    writeSound (folder.path() / "b.flac", sound);
    sound.samples[100] += 0.1f;
    writeSound (folder.path() / "c.flac", sound);
    const auto a = hashOfRecording (folder.path() / "a.wav"), b = hashOfRecording (folder.path() / "b.flac"),
               c = hashOfRecording (folder.path() / "c.flac");
    REQUIRE (a);
    REQUIRE (b);
    REQUIRE (c);
    CHECK (*a == *b);
    CHECK (*a != *c);
    CHECK (a->size() == 32);
    CHECK_FALSE (hashOfRecording (folder.path() / "d.wav"));
}
