// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Core/FolderLock.h"
#include "Server/Voices/Store.h"
#include "Support/Environment.h"
#include "Support/Failure.h"
#include "Support/FileSizeLimit.h"
#include "Support/TemporaryFolder.h"

namespace
{
std::mutex syncMutex;
std::map<ino_t, int> synced; // how often each file was
} // namespace

/** Takes the place of the C library's in this program, to see what is synced. */
extern "C" int fsync (int descriptor)
{
    struct stat file
    {
    };
    if (fstat (descriptor, &file) == 0)
    {
        const std::lock_guard lock (syncMutex);
        ++synced[file.st_ino];
    }
    return static_cast<int> (syscall (SYS_fsync, descriptor));
}

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
Result<std::int64_t> acceptAny (const fs::path&)
{
    return 1'234;
}

VoiceStore::Upload upload (const std::string& name, std::string_view bytes, const std::string& consent = {})
{
    return { .name = name, .consent = consent, .bytes = bytes };
}

std::string contentOf (const fs::path& file)
{
    std::ifstream in (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
}

/** The extensions of the files in a folder, sorted. */
std::vector<std::string> endingsIn (const fs::path& folder)
{
    std::vector<std::string> endings;
    for (const auto& entry : fs::directory_iterator (folder))
        endings.push_back (entry.path().extension().string());
    std::sort (endings.begin(), endings.end());
    return endings;
}

using Endings = std::vector<std::string>;

struct StoreFixture
{
    fs::path recordFile (const std::string& name) const { return folder / (keyOfVoiceName (name) + ".json"); }

    TemporaryFolder temporary;
    fs::path folder = temporary.path() / "data" / "voices";
    VoiceStore store { folder };
};
} // namespace

TEST_CASE ("A voice that is stored is there, also for the next engine", "[engine][server][voices]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    CHECK (store.list().voices.empty());
    CHECK_FALSE (fs::exists (fixture.folder));
    const auto ada = store.add (upload ("Ada", "sound", "I agree."), acceptAny).value();
    CHECK (ada.milliseconds == 1'234);
    CHECK (ada.bytes == 5);
    CHECK (std::abs (ada.createdAt - std::time (nullptr)) < 100);
    CHECK (contentOf (store.recordingOf (ada)) == "sound");

    const VoiceStore next (fixture.folder);
    CHECK (next.list().voices == std::vector<VoiceRecord> { ada });
    CHECK (next.byId (ada.id()).value() == ada);
    CHECK (next.byName ("ADA").value() == ada);
    CHECK (next.byName ("Ben").error().code == ErrorCode::NotFound);
    CHECK (endingsIn (fixture.folder) == Endings { ".audio", ".json" });

    struct stat status
    {
    };
    REQUIRE (stat (fixture.folder.c_str(), &status) == 0);
    CHECK ((status.st_mode & 0777) == 0700);
    REQUIRE (stat (store.recordingOf (ada).c_str(), &status) == 0);
    CHECK ((status.st_mode & 0777) == 0600);
}

TEST_CASE ("A voice is on the disk before it is acknowledged", "[engine][server][voices]")
{
    StoreFixture fixture;
    fs::create_directories (fixture.folder);
    fs::permissions (fixture.folder, fs::perms (0700));
    synced.clear(); // inodes are used again
    const auto times = [] (const fs::path& file) {
        struct stat status
        {
        };
        REQUIRE (stat (file.c_str(), &status) == 0);
        const std::lock_guard lock (syncMutex);
        return synced[status.st_ino];
    };
    const auto before = times (fixture.folder);
    const auto ada = fixture.store.add (upload ("Ada", "sound"), acceptAny).value();
    CHECK (times (fixture.store.recordingOf (ada)) == 1);
    CHECK (times (fixture.recordFile ("Ada")) == 1);
    CHECK (times (fixture.folder) == before + 1);
    REQUIRE (fixture.store.remove (ada.id()));
    CHECK (times (fixture.folder) == before + 2);
}

TEST_CASE ("The same again is the same voice; a recording is kept once", "[engine][server][voices]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    const auto ada = store.add (upload ("Ada", "sound"), acceptAny).value();
    CHECK (store.add (upload ("Ada", "sound"), acceptAny).value() == ada);
    const auto agreed = store.add (upload ("ADA", "sound", "I agree."), acceptAny).value();
    CHECK (agreed.consent == "I agree.");
    CHECK (agreed.name == "Ada");
    CHECK (agreed.id() == ada.id());
    CHECK (store.add (upload ("Ada", "sound", "No more."), acceptAny).value().consent == "No more.");
    CHECK (store.add (upload ("Ada", "sound", "I agree."), acceptAny).value() == agreed);
    CHECK (store.byId (ada.id()).value() == agreed);
    CHECK (store.add (upload ("Ada", "sound"), acceptAny).value() == agreed); // it is not taken back
    std::ofstream (store.recordingOf (ada)) << "noise";                       // a drive that forgets
    CHECK (store.add (upload ("Ada", "sound"), acceptAny).value() == agreed);
    CHECK (contentOf (store.recordingOf (ada)) == "sound");

    const auto ben = store.add (upload ("Ben", "sound"), acceptAny).value();
    CHECK (ben.id() != ada.id());
    CHECK (store.recordingOf (ben) == store.recordingOf (ada));
    CHECK (endingsIn (fixture.folder) == Endings { ".audio", ".json", ".json" });
    REQUIRE (store.remove (ada.id()));
    CHECK (contentOf (store.recordingOf (ben)) == "sound");
    CHECK (store.list().voices == std::vector<VoiceRecord> { ben });
    REQUIRE (store.remove (ben.id()));
    CHECK (endingsIn (fixture.folder).empty());
    CHECK (store.remove (ben.id()).error().code == ErrorCode::NotFound);
}

TEST_CASE ("Voices are listed the oldest first", "[engine][server][voices]")
{
    StoreFixture fixture;
    const std::vector<std::pair<const char*, int>> times {
        { "Ada", 3 }, { "Ben", 0 }, { "Cora", 2 }, { "Dora", 1 }
    };
    for (const auto& [name, createdAt] : times)
    {
        auto voice = fixture.store.add (upload (name, "sound"), acceptAny).value();
        voice.createdAt = createdAt;
        std::ofstream (fixture.recordFile (name)) << toJson (voice);
    }
    const auto voices = fixture.store.list().voices;
    REQUIRE (voices.size() == 4);
    for (std::size_t i = 0; i < voices.size(); ++i)
        CHECK (voices[i].createdAt == static_cast<std::int64_t> (i));
}

TEST_CASE ("A name has one recording until it is deleted", "[engine][server][voices]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    const auto ada = store.add (upload ("Ada", "sound"), acceptAny).value();
    bool isRead = false;
    const auto other =
        store.add (upload ("ａｄａ", "other sound"), [&isRead] (const auto& file) { // wide letters
            isRead = true;
            return acceptAny (file);
        });
    REQUIRE_FALSE (other);
    CHECK (other.error().code == ErrorCode::Conflict);
    CHECK (other.error().where == "name");
    CHECK_FALSE (isRead);
    CHECK (endingsIn (fixture.folder) == Endings { ".audio", ".json" });
    REQUIRE (store.remove (ada.id()));
    const auto next = store.add (upload ("Ada", "other sound"), acceptAny).value();
    CHECK (next.id() != ada.id());
    CHECK (store.byId (ada.id()).error().code == ErrorCode::NotFound);
}

TEST_CASE ("Of two recordings for a name at once the first that is read has it", "[engine][server][voices]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    const auto slow = store.add (upload ("Ada", "slow"), [&store] (const fs::path& file) {
        CHECK (store.add (upload ("Ada", "quick"), acceptAny));
        return acceptAny (file);
    });
    REQUIRE_FALSE (slow);
    CHECK (slow.error().code == ErrorCode::Conflict);
    CHECK (contentOf (store.recordingOf (store.byName ("Ada").value())) == "quick");
    CHECK (endingsIn (fixture.folder) == Endings { ".audio", ".json" });
}

TEST_CASE ("What is refused leaves nothing", "[engine][server][voices][errors]")
{
    StoreFixture fixture;
    const auto refused = fixture.store.add (upload ("Ada", "noise"), [] (const fs::path& file) {
        CHECK (contentOf (file) == "noise");
        return Result<std::int64_t> (
            tl::make_unexpected (Error { ErrorCode::InvalidInput, "is silent", "file" }));
    });
    REQUIRE_FALSE (refused);
    CHECK (refused.error().message == "is silent");
    CHECK (endingsIn (fixture.folder).empty());
}

TEST_CASE ("A full disk leaves nothing half-written", "[engine][server][voices][errors]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    const auto ada = store.add (upload ("Ada", "sound"), acceptAny).value();
    const std::string large (100'000, 'x');
    {
        const FileSizeLimit full (50'000);
        const auto refused = store.add (upload ("Ben", large), acceptAny);
        REQUIRE_FALSE (refused);
        CHECK (refused.error().code == ErrorCode::OutOfMemory);
        CHECK_THAT (refused.error().message,
                    Catch::Contains ("cannot be stored") && Catch::Contains ("Make room"));
    }
    {
        const FileSizeLimit full (60); // the recording fits, its record does not
        CHECK (store.add (upload ("Ben", "other sound"), acceptAny).error().code == ErrorCode::OutOfMemory);
        CHECK (store.add (upload ("Ada", "sound", "I agree."), acceptAny).error().code ==
               ErrorCode::OutOfMemory);
    }
    CHECK (store.list().voices == std::vector<VoiceRecord> { ada });
    CHECK (endingsIn (fixture.folder) == Endings { ".audio", ".json" });
    CHECK (store.add (upload ("Ben", large), acceptAny));
}

TEST_CASE ("Files that are no voices are left out with a note, and stay", "[engine][server][voices][errors]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    for (const auto* name : { "Ada", "Ben", "Cora", "Dora", "Eve" })
        REQUIRE (store.add (upload (name, name), acceptAny));
    const auto eve = store.byName ("Eve").value(), cora = store.byName ("Cora").value();
    std::ofstream (fixture.recordFile ("Ada")) << "{\"format\": 1,";
    std::ofstream (fixture.recordFile ("Ben")) << R"({"format": 2, "name": "Ben"})";
    std::ofstream (store.recordingOf (cora), std::ios::app) << "more";
    fs::remove (store.recordingOf (store.byName ("Dora").value()));
    std::ofstream (fixture.folder / "music.audio") << "foreign";
    std::ofstream (fixture.folder / "notes.txt") << "foreign";
    REQUIRE (mkfifo ((fixture.folder / (std::string (16, '0') + ".json")).c_str(), 0600) ==
             0); // nobody waits
    fs::copy_file (fixture.recordFile ("Eve"), fixture.folder / (std::string (16, '1') + ".json"));

    const auto listing = store.list();
    CHECK (listing.voices == std::vector<VoiceRecord> { eve });
    CHECK (listing.notes.size() == 8);
    CHECK_FALSE (listing.isWhole);
    for (const auto* name : { "Ada", "Ben", "Cora", "Dora" })
        CHECK (store.byName (name).error().code == ErrorCode::NotFound);
    CHECK (store.byId (cora.id()).error().code == ErrorCode::NotFound);

    store.tidy(); // an unreadable record may have any recording
    CHECK (fs::exists (store.recordingOf (cora)));
    CHECK (store.add (upload ("Ben", "Ben"), acceptAny).error().code ==
           ErrorCode::Conflict); // a newer engine's
    CHECK (store.add (upload ("Ada", "Ada"), acceptAny));
    CHECK (store.add (upload ("Cora", "Cora"), acceptAny).value().id() == cora.id());
    CHECK (contentOf (store.recordingOf (cora)) == "Cora");
    CHECK (fs::exists (fixture.folder / "music.audio"));
}

TEST_CASE ("A pipe or folder in a file's place is not waited for", "[engine][server][voices][errors]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    const auto ada = store.add (upload ("Ada", "sound"), acceptAny).value();
    const auto recording = store.recordingOf (ada), record = fixture.recordFile ("Ada");
    const bool isRecord = GENERATE (false, true);
    const auto place = isRecord ? record : recording;
    fs::remove (place);
    if (GENERATE (false, true))
        REQUIRE (mkfifo (place.c_str(), 0600) == 0);
    else
        fs::create_directory (place);
    const auto refused = store.add (upload ("Ada", "sound"), acceptAny);
    REQUIRE_FALSE (refused);
    CHECK (refused.error().code == ErrorCode::Io);
    CHECK_THAT (refused.error().message, Catch::Contains ("is not a file"));
    CHECK (store.add (upload ("Ben", "other sound"), acceptAny));
    CHECK (fs::exists (place));
}

TEST_CASE ("What a killed engine has left is removed, but not what another one writes",
           "[engine][server][voices]")
{
    StoreFixture fixture;
    auto& store = fixture.store;
    const auto ada = store.add (upload ("Ada", "sound"), acceptAny).value();
    const auto unused = std::string (32, 'f') + ".audio";
    std::ofstream (fixture.folder / unused) << "no record";
    std::ofstream (fixture.folder / (unused + ".1.part")) << "half";
    std::ofstream (fixture.folder / "movie.mkv.1.part") << "foreign";
    const auto ben = store.add (upload ("Ben", "other"), [&] (const fs::path& file) {
        VoiceStore (fixture.folder).tidy();
        CHECK (fs::exists (file));
        return acceptAny (file);
    });
    CHECK (ben);
    CHECK (store.list().voices.size() == 2);
    CHECK_FALSE (fs::exists (fixture.folder / unused));
    CHECK_FALSE (fs::exists (fixture.folder / (unused + ".1.part")));
    CHECK (fs::exists (fixture.folder / "movie.mkv.1.part"));
    CHECK (contentOf (store.recordingOf (ada)) == "sound");
}

TEST_CASE ("Whoever uploads and deletes at once leaves whole voices", "[engine][server][voices]")
{
    StoreFixture fixture;
    VoiceStore other (fixture.folder); // another program's
    REQUIRE (fixture.store.makeFolder());
    std::vector<std::thread> threads;
    std::atomic<int> stored { 0 }, failures { 0 };
    threads.reserve (5);
    for (int i = 0; i < 4; ++i)
        threads.emplace_back ([&, i] {
            auto& mine = i % 2 == 0 ? fixture.store : other;
            for (int turn = 0; turn < 25; ++turn)
            {
                (void) mine.list();
                const auto name = i < 2 ? std::string ("Ada") : "Ben " + std::to_string (i);
                const auto voice = mine.add (upload (name, "the same sound"), acceptAny);
                stored += voice ? 1 : 0;
                failures += voice ? 0 : 1;
                if (voice && turn % 2 == 1)
                    (void) mine.remove (voice->id()); // Ada may be gone already
            }
        });
    for (auto& thread : threads)
        thread.join();
    CHECK (stored == 100);
    CHECK (failures == 0);
    const auto listing = fixture.store.list();
    CHECK (listing.isWhole);
    for (const auto& voice : listing.voices)
        CHECK (contentOf (fixture.store.recordingOf (voice)) == "the same sound");
    CHECK (endingsIn (fixture.folder).size() == (listing.voices.empty() ? 0 : listing.voices.size() + 1));
}

TEST_CASE ("Nobody changes the voices while another program does", "[engine][server][voices]")
{
    StoreFixture fixture;
    const auto ada = fixture.store.add (upload ("Ada", "sound"), acceptAny).value();
    std::optional<FolderLock> held (std::in_place);
    REQUIRE (held->take (fixture.folder));
    std::atomic<int> done { 0 };
    std::thread adds ([&] { done += fixture.store.add (upload ("Ben", "other"), acceptAny) ? 1 : 10; });
    std::thread removes ([&] { done += VoiceStore (fixture.folder).remove (ada.id()) ? 1 : 10; });
    std::this_thread::sleep_for (std::chrono::milliseconds (200));
    CHECK (done == 0);
    CHECK (fixture.store.list().voices == std::vector<VoiceRecord> { ada });
    held.reset();
    adds.join();
    removes.join();
    CHECK (done == 2);
    CHECK (fixture.store.list().voices.size() == 1);
    CHECK (fixture.store.byName ("Ben"));
}

TEST_CASE ("A killed engine loses nothing that it has acknowledged", "[engine][server][voices][stop]")
{
    StoreFixture fixture;
    int ends[2];
    REQUIRE (pipe (ends) == 0);
    std::vector<std::string> acknowledged;
    for (int round = 0; round < 5; ++round)
    {
        const auto child = fork();
        REQUIRE (child >= 0);
        if (child == 0)
        {
            for (int i = 0;; ++i)
            {
                const auto name = "Voice " + std::to_string (round) + ' ' + std::to_string (i);
                const auto voice =
                    fixture.store.add (upload (name, name + std::string (10'000, 'x')), acceptAny);
                const auto line = voice ? voice->id() : std::string (38, '!');
                if (::write (ends[1], line.data(), line.size()) < 0)
                    _exit (1);
            }
        }
        for (int i = 0; i < 3 + round; ++i)
        {
            std::string id (38, ' ');
            REQUIRE (::read (ends[0], id.data(), id.size()) == 38);
            acknowledged.push_back (id);
        }
        kill (child, SIGKILL);
        waitpid (child, nullptr, 0);
    }
    close (ends[1]);
    for (std::string id (38, ' '); ::read (ends[0], id.data(), id.size()) == 38;)
        acknowledged.push_back (id);
    close (ends[0]);
    CHECK (acknowledged.size() >= 25);
    fixture.store.tidy();
    const auto listing = fixture.store.list();
    CHECK (listing.notes.empty());
    CHECK (listing.voices.size() <= acknowledged.size() + 5); // one was stored, but not told, in each round
    for (const auto& voice : listing.voices)
        CHECK (contentOf (fixture.store.recordingOf (voice)).size() ==
               static_cast<std::size_t> (voice.bytes));
    for (const auto& id : acknowledged)
        CHECK (fixture.store.byId (id));
    CHECK (endingsIn (fixture.folder).size() == 2 * listing.voices.size());
}

TEST_CASE ("A store has room for so many voices", "[engine][server][voices][errors]")
{
    StoreFixture fixture;
    REQUIRE (fixture.store.makeFolder());
    for (std::size_t i = 0; i + 1 < VoiceStore::mostVoices; ++i)
        std::ofstream (fixture.folder / (std::to_string (1'000'000 + i) + ".json")) << "{}";
    CHECK (fixture.store.add (upload ("Ada", "sound"), acceptAny));
    CHECK (fixture.store.add (upload ("Ben", "sound"), acceptAny).error().code == ErrorCode::OutOfRange);
    CHECK (fixture.store.add (upload ("Ada", "sound"), acceptAny)); // it is there
}

TEST_CASE ("A folder that others could reach into holds no voices", "[engine][server][voices][errors]")
{
    StoreFixture fixture;
    fs::create_directories (fixture.folder);
    fs::permissions (fixture.folder, fs::perms (0755));
    CHECK (fixture.store.makeFolder().error().code == ErrorCode::InvalidInput);
    const auto refused = fixture.store.add (upload ("Ada", "sound"), acceptAny);
    REQUIRE_FALSE (refused);
    CHECK (refused.error().code == ErrorCode::Io);
    CHECK_THAT (refused.error().message, Catch::Contains ("uploaded voices is open to other users"));
    CHECK (endingsIn (fixture.folder).empty());

    VoiceStore none { fs::path() };
    CHECK (none.add (upload ("Ada", "sound"), acceptAny).error().code == ErrorCode::Unsupported);
    CHECK (none.list().voices.empty());
    CHECK (none.byName ("Ada").error().code == ErrorCode::NotFound);
    CHECK (none.byId ("voice_" + std::string (32, '0')).error().code == ErrorCode::NotFound);
    none.tidy();
}

TEST_CASE ("The store is where the environment says, if that is an absolute path", "[engine][server][voices]")
{
    const Environment environment ({ "XDG_DATA_HOME", "HOME" });
    CHECK (VoiceStore::defaultFolder().empty());
    setenv ("HOME", "/home/ada", 1);
    CHECK (VoiceStore::defaultFolder() == "/home/ada/.local/share/tableread/voices");
    setenv ("XDG_DATA_HOME", "data", 1);
    CHECK (VoiceStore::defaultFolder() == "/home/ada/.local/share/tableread/voices");
    setenv ("XDG_DATA_HOME", "/data", 1);
    CHECK (VoiceStore::defaultFolder() == "/data/tableread/voices");
    unsetenv ("XDG_DATA_HOME");
    setenv ("HOME", "ada", 1);
    CHECK (VoiceStore::defaultFolder().empty());
}
