// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>
#include <sys/syscall.h>
#include <unistd.h>

#include "Core/Disk/Bytes.h"
#include "StoreFixture.h"

namespace
{
std::mutex syncMutex;
std::map<ino_t, int> synced; // how often each file was
} // namespace

/** Takes the place of the C library's in this program, to see what is synced. */
extern "C" int fsync (int descriptor)
{
    struct stat file = {};
    if (fstat (descriptor, &file) == 0)
    {
        const std::lock_guard lock (syncMutex);
        ++synced[file.st_ino];
    }
    return static_cast<int> (syscall (SYS_fsync, descriptor));
}

using namespace tableread;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
int timesSynced (const fs::path& file)
{
    struct stat status = {};
    REQUIRE (stat (file.c_str(), &status) == 0);
    const std::lock_guard lock (syncMutex);
    return synced[status.st_ino];
}
} // namespace

TEST_CASE ("A take that is put is there for everybody, bit for bit", "[source][take][store]")
{
    StoreFixture fixture;
    const auto& store = fixture.store;
    const auto key = takeRequest (1).key();
    CHECK_FALSE (store.contains (key));
    CHECK (store.get (key).error().code == ErrorCode::NotFound);
    CHECK (store.list().value().empty());
    CHECK_FALSE (fs::exists (fixture.options.folder));

    const auto samples = GENERATE (takeSamples (1), takeSteps (1), std::vector<float>());
    const auto ending = GENERATE (Take::Ending::Whole, Take::Ending::CutOff);
    const auto record = store.put (takeRequest (1), ending, samples).value();
    CHECK (record.request == takeRequest (1));
    CHECK (record.audio == AudioObject::of (samples));

    const TakeStore other (fixture.options);
    CHECK (other.contains (key));
    CHECK (other.find (key).value() == record);
    const auto take = other.get (key).value();
    CHECK (take.record == record);
    CHECK (take.record.ending == ending);
    CHECK (sameBits (take.samples, samples));
    CHECK (other.list().value() == std::vector { key });
    const auto hash = record.audio.hash;
    CHECK (fixture.files() ==
           std::vector<std::string> { "audio/" + hash.substr (0, 2) + '/' + hash + '.' +
                                          (record.audio.form == AudioForm::Flac ? "flac" : "wav"),
                                      "takes/" + key.substr (0, 2) + '/' + key + ".json" });
    struct stat status = {};
    REQUIRE (stat (fixture.options.folder.c_str(), &status) == 0);
    CHECK ((status.st_mode & 0777) == 0700); // texts are nobody else's
    for (const auto* none : { "", "../../x", "0123" })
        CHECK (store.get (none).error().code == ErrorCode::NotFound);
}

TEST_CASE ("A take is on the disk when it is acknowledged", "[source][take][store]")
{
    StoreFixture fixture;
    const auto first = fixture.put (1);
    synced.clear(); // inodes are used again
    const auto key = takeRequest (2).key();
    const auto record = fixture.store.put (takeRequest (2), Take::Ending::Whole, takeSteps (2)).value();
    const auto recordFile = fixture.recordOf (key), audioFile = fixture.audioOf (record);
    CHECK (timesSynced (recordFile) == 1);
    CHECK (timesSynced (audioFile) == 1);
    CHECK (timesSynced (recordFile.parent_path()) >= 1);
    CHECK (timesSynced (audioFile.parent_path()) >= 1);
    CHECK (timesSynced (fixture.options.folder / "takes") >=
           (key.substr (0, 2) == first.substr (0, 2) ? 0 : 1));
}

TEST_CASE ("The same take again is the same; audio is kept once", "[source][take][store]")
{
    StoreFixture fixture;
    const auto& store = fixture.store;
    const auto key = fixture.put (1);
    const auto files = fixture.files();
    makeOld (fixture.recordOf (key), 10);
    CHECK (fixture.put (1) == key);
    CHECK (fixture.files() == files);
    CHECK (fs::last_write_time (fixture.recordOf (key)) >
           fs::file_time_type::clock::now() - std::chrono::hours (1)); // it is used

    REQUIRE (store.put (takeRequest (2), Take::Ending::Whole, takeSamples (1))); // the same sound
    CHECK (fixture.files().size() == files.size() + 1);
    CHECK (sameBits (store.get (takeRequest (2).key()).value().samples, takeSamples (1)));
    CHECK (store.list().value().size() == 2);
}

TEST_CASE ("A store is its files: copied as they are, they are the same store", "[source][take][store]")
{
    StoreFixture fixture, copy;
    const auto one = fixture.put (1), two = fixture.put (2);
    fs::create_directories (copy.options.folder.parent_path());
    fs::copy (fixture.options.folder, copy.options.folder, fs::copy_options::recursive);
    CHECK (sameBits (copy.store.get (one).value().samples, takeSamples (1)));
    CHECK (sameBits (copy.store.get (two).value().samples, takeSamples (2)));
    // Whoever renders a take writes the same bytes.
    StoreFixture again;
    again.put (2);
    again.put (1);
    CHECK (again.files() == fixture.files());
    for (const auto& file : fixture.files())
        CHECK (readBytes (again.options.folder / file, 100'000).value() ==
               readBytes (fixture.options.folder / file, 100'000).value());
}

TEST_CASE ("A damaged take is set aside with a sentence, and can be rendered again",
           "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto& store = fixture.store;
    const auto key = fixture.put (1), other = fixture.put (2);
    const auto record = store.find (key).value();
    const auto isRecord = GENERATE (true, false);
    const auto file = isRecord ? fixture.recordOf (key) : fixture.audioOf (record);
    SECTION ("other bytes")
    {
        std::fstream bytes (file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp (60);
        bytes << "?!";
    }
    SECTION ("nothing")
    {
        if (isRecord) // audio of another size counts as missing
            fs::resize_file (file, 0);
        else
        {
            const std::string zeros (fs::file_size (file), '\0');
            std::ofstream (file) << zeros;
        }
    }
    SECTION ("another take's")
    {
        const auto from = isRecord ? fixture.recordOf (other) : fixture.audioOf (store.find (other).value());
        fs::copy_file (from, file, fs::copy_options::overwrite_existing);
    }
    const auto damaged = store.get (key);
    REQUIRE_FALSE (damaged);
    CHECK (damaged.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (damaged.error().text(), Contains ("the take " + key + " is damaged (") &&
                                            Contains ("has to be rendered again") &&
                                            Contains ("\"damaged\""));
    CHECK (fs::exists (fixture.options.folder / "damaged" / file.filename()));
    CHECK_FALSE (store.contains (key));
    CHECK (store.get (key).error().code == ErrorCode::NotFound);
    fixture.put (1);
    CHECK (sameBits (store.get (key).value().samples, takeSamples (1)));
    CHECK (sameBits (store.get (other).value().samples, takeSamples (2)));
}

TEST_CASE ("A take without its audio is none, and its record waits for it", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto key = fixture.put (1);
    const auto audio = fixture.audioOf (fixture.store.find (key).value());
    if (GENERATE (true, false))
        fs::remove (audio);
    else
        fs::resize_file (audio, 1000);
    CHECK_FALSE (fixture.store.contains (key));
    CHECK (fixture.store.get (key).error().code == ErrorCode::NotFound);
    CHECK (fs::exists (fixture.recordOf (key))); // on a network its audio may only be seen later
    fixture.put (1);
    CHECK (sameBits (fixture.store.get (key).value().samples, takeSamples (1)));
}

TEST_CASE ("A take can be read while others put it again", "[source][take][store][threads]")
{
    StoreFixture fixture;
    const auto samples = GENERATE (takeSamples (1), takeSteps (1));
    const auto put = fixture.store.put (takeRequest (1), Take::Ending::Whole, samples);
    REQUIRE (put);
    std::atomic<bool> ends { false };
    std::thread other ([&, audio = fixture.audioOf (*put)] {
        while (! ends)
        {
            StoreFolder::noteUse (audio);
            std::this_thread::sleep_for (std::chrono::milliseconds (2));
        }
    });
    int failures = 0;
    for (int i = 0; i < 1000; ++i)
    {
        const auto take = fixture.store.get (takeRequest (1).key());
        failures += take && sameBits (take->samples, samples) ? 0 : 1;
    }
    ends = true;
    other.join();
    CHECK (failures == 0);
}

TEST_CASE ("What a newer version has stored stays as it is", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto key = fixture.put (1);
    const std::string newer = R"({"format": 2, "new": true})";
    std::ofstream (fixture.recordOf (key)) << newer;
    const auto got = fixture.store.get (key);
    REQUIRE_FALSE (got);
    CHECK (got.error().code == ErrorCode::Unsupported);
    CHECK_THAT (got.error().text(), Contains ("newer version"));
    CHECK (fixture.store.put (takeRequest (1), Take::Ending::Whole, takeSamples (1)).error().code ==
           ErrorCode::Unsupported);
    CHECK (readBytes (fixture.recordOf (key), 1000).value() == newer);
}

TEST_CASE ("What no engine gives is not stored", "[source][take][store][errors]")
{
    StoreFixture fixture;
    auto request = takeRequest (1);
    request.lines.clear();
    CHECK (fixture.store.put (request, Take::Ending::Whole, takeSamples (1)).error().code ==
           ErrorCode::OutOfRange);
    CHECK (fixture.files().empty());
}

TEST_CASE ("Foreign files are no takes, and stay", "[source][take][store][errors]")
{
    StoreFixture fixture;
    const auto key = fixture.put (1);
    const auto folder = fixture.recordOf (key).parent_path();
    std::ofstream (folder / "notes.txt") << "foreign";
    std::ofstream (folder / "x.json") << "foreign";
    const auto inTheWay = fixture.recordOf (std::string (32, '1')),
               pipe = fixture.recordOf (std::string (32, '2'));
    fs::create_directories (inTheWay);
    fs::create_directories (pipe.parent_path());
    REQUIRE (mkfifo (pipe.c_str(), 0600) == 0); // nobody waits
    CHECK (fixture.store.list().value() == std::vector { key });
    REQUIRE (fixture.store.tidy());
    CHECK (fs::exists (folder / "notes.txt"));
    CHECK (fs::exists (folder / "x.json"));
    CHECK_FALSE (fixture.store.contains (std::string (32, '1')));
    CHECK_FALSE (fixture.store.contains (std::string (32, '2')));
}
