// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "Standalone/Files/Autosave.h"
#include "Standalone/Files/Recovery.h"
#include "Support/Eventually.h"
#include "Support/Failure.h"
#include "Support/Program.h"
#include "Support/TemporaryFolder.h"
#include "TypedProject.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace
{
const milliseconds noDelay { 0 };

std::size_t filesIn (const fs::path& folder)
{
    return (std::size_t) std::distance (fs::directory_iterator (folder), {});
}

Autosaved lineOf (const std::string& text, const fs::path& file = {})
{
    return { .content = typed ("Anna: " + text), .file = file };
}

/** Another process that types. */
class Typist
{
public:
    explicit Typist (const fs::path& folder)
    {
        int ends[2];
        REQUIRE (::pipe2 (ends, O_CLOEXEC) == 0);
        process = spawnWithLog ({ TABLEREAD_UNSAVED_WORK, folder.string() }, {}, ends[1]);
        ::close (ends[1]);
        said = ::fdopen (ends[0], "r");
    }

    ~Typist()
    {
        kill();
        ::fclose (said);
    }

    /** What it typed last, as soon as it has. */
    int typed() const
    {
        int number = 0;
        REQUIRE (std::fscanf (said, "%d", &number) == 1);
        return number;
    }

    void kill()
    {
        if (process > 0)
        {
            ::kill (process, SIGKILL);
            ::waitpid (process, nullptr, 0);
        }
        process = 0;
    }

private:
    pid_t process = 0;
    std::FILE* said = nullptr;
};
} // namespace

TEST_CASE ("A program that is killed loses at most what was typed last", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    Typist typist (folder.path());
    const auto end = std::chrono::steady_clock::now() + milliseconds (1500);
    int before = 0;
    while (std::chrono::steady_clock::now() < end)
        before = typist.typed();
    // Written 0.2 s later; the rest of the second is for slow disks.
    for (const auto later = end + milliseconds (1000); std::chrono::steady_clock::now() < later;)
        typist.typed();
    CHECK (findRecoverable (folder.path()).empty()); // it still runs
    typist.kill();

    const auto lost = findRecoverable (folder.path());
    REQUIRE (lost.size() == 1);
    const auto saved = lost[0].read();
    REQUIRE (saved);
    CHECK (saved->file == "/home/ada/scene.tableread");
    REQUIRE (saved->content.document->lines.size() == 1);
    CHECK (std::stoi (saved->content.document->lines[0]->text) >= before);
    CHECK (before > 10);
    lost[0].remove();
    CHECK (findRecoverable (folder.path()).empty());
}

TEST_CASE ("Each window has an autosave of its own, which goes with the last change",
           "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    const auto place = folder.path() / "state" / "autosave";
    {
        Autosave one ({ place, noDelay }), other ({ place, noDelay });
        CHECK_FALSE (fs::exists (place)); // nothing to lose
        one.set (lineOf ("One."));
        other.set (lineOf ("Other."));
        one.waitUntilWritten();
        other.waitUntilWritten();
        CHECK (one.file() != other.file());
        CHECK_THAT (contentOf (one.file()), Catch::Contains ("One."));
        CHECK_THAT (contentOf (other.file()), Catch::Contains ("Other."));
        struct stat status = {};
        REQUIRE (::stat (place.c_str(), &status) == 0);
        CHECK ((status.st_mode & 0777) == 0700); // scripts are nobody else's business
        one.clear();
        one.waitUntilWritten();
        CHECK_FALSE (fs::exists (one.file()));
        CHECK (fs::exists (other.file()));
        other.clear();
    }
    CHECK (filesIn (place) == 0); // no locks either
}

TEST_CASE ("What is not saved when a program ends is there at its next start",
           "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    {
        Autosave autosave ({ folder.path(), std::chrono::hours (1) });
        autosave.set (lineOf ("Hello."));
        autosave.set (lineOf ("Good evening."));
    }
    const auto lost = findRecoverable (folder.path());
    REQUIRE (lost.size() == 1);
    CHECK (*lost[0].read()->content.document->script == "Anna: Good evening.");
    CHECK (findRecoverable (folder.path()).empty()); // one window offers it at a time
}

TEST_CASE ("Changes are written some seconds after the first of them", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    Autosave autosave ({ folder.path(), milliseconds (150) });
    const auto begun = std::chrono::steady_clock::now();
    int number = 0;
    while (! fs::exists (autosave.file()) &&
           std::chrono::steady_clock::now() < begun + std::chrono::seconds (30))
    {
        autosave.set (lineOf (std::to_string (++number))); // typing on does not put it off
        std::this_thread::sleep_for (milliseconds (5));
    }
    CHECK (fs::exists (autosave.file()));
    CHECK (std::chrono::steady_clock::now() - begun >= milliseconds (150));
}

TEST_CASE ("An autosave that cannot be written is reported, and tried again",
           "[plugin][standalone][autosave][errors]")
{
    const TemporaryFolder folder;
    const auto place = folder.path() / "autosave";
    std::ofstream (place) << "in the way";
    Autosave autosave ({ place, noDelay });
    autosave.set (lineOf ("Hello."));
    autosave.waitUntilWritten();
    REQUIRE (autosave.problem());
    CHECK_THAT (autosave.problem()->text(),
                Catch::StartsWith (place.string()) && Catch::EndsWith ("Save the project often."));
    fs::remove (place);
    autosave.set (lineOf ("Hello again."));
    autosave.waitUntilWritten();
    CHECK_FALSE (autosave.problem());
    CHECK (fs::exists (autosave.file()));

    Autosave nowhere ({ {}, noDelay });
    nowhere.set (lineOf ("Hello."));
    nowhere.waitUntilWritten();
    CHECK (nowhere.problem());
}

TEST_CASE ("A lost project is offered by name and time", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    {
        Autosave autosave ({ folder.path(), noDelay });
        autosave.set (lineOf ("Hello.", "/home/ada/sc\"e\nne\xff.tableread"));
    }
    {
        Autosave autosave ({ folder.path(), noDelay });
        autosave.set (lineOf ("Hello."));
    }
    std::tm when {};
    when.tm_year = 2026 - 1900;
    when.tm_mon = 10;
    when.tm_mday = 28;
    when.tm_hour = 21;
    when.tm_min = 40;
    when.tm_isdst = -1;
    const auto time = std::mktime (&when);
    for (const auto& entry : fs::directory_iterator (folder.path()))
    {
        const timespec times[] = { { time, 0 }, { time, 0 } };
        REQUIRE (::utimensat (AT_FDCWD, entry.path().c_str(), times, 0) == 0);
    }
    const auto lost = findRecoverable (folder.path());
    REQUIRE (lost.size() == 2);
    const auto soon = std::chrono::system_clock::from_time_t (time + 60);
    const std::vector<std::string> questions { lost[0].question (soon), lost[1].question (soon) };
    CHECK_THAT (questions, Catch::UnorderedEquals (
                               std::vector<std::string> { "Recover sc\"e\nne\xff.tableread from 21:40?",
                                                          "Recover an unsaved project from 21:40?" }));
    CHECK_THAT (lost[0].question (soon + std::chrono::hours (24)),
                Catch::EndsWith (" from 28 November 2026, 21:40?"));
}

TEST_CASE ("A damaged autosave is not lost", "[plugin][standalone][autosave][errors]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "0123456789abcdef.autosave";
    {
        Autosave autosave ({ folder.path(), noDelay });
        autosave.set (lineOf ("Hello.", "/home/ada/scene.tableread"));
        autosave.waitUntilWritten();
        auto bytes = contentOf (autosave.file());
        const auto end = bytes.find ('\n');
        SECTION ("its first line")
        {
            bytes.replace (0, end, "{ \"file\": 1");
            std::ofstream (file) << bytes;
        }
        SECTION ("its end")
        {
            std::ofstream (file) << bytes.substr (0, bytes.size() - 20);
        }
        SECTION ("it is a folder")
        {
            fs::create_directory (file);
        }
        autosave.clear();
    }
    const auto lost = findRecoverable (folder.path());
    REQUIRE (lost.size() == 1);
    if (const auto saved = lost[0].read())
        CHECK (saved->file.empty());
    else
        CHECK_THAT (saved.error().text(), Catch::StartsWith (file.string()));
    CHECK (fs::exists (file));
}

TEST_CASE ("Where nothing can be locked, only what is old is offered", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "0123456789abcdef.autosave";
    std::ofstream (file) << autosaveHead ({}) << toText (typed ("Anna: Hello."));
    fs::create_directory (lockOf (file)); // no lock can be made
    CHECK (findRecoverable (folder.path()).empty());
    fs::last_write_time (file, fs::file_time_type::clock::now() - std::chrono::hours (2));
    CHECK (findRecoverable (folder.path()).size() == 1);
}

TEST_CASE ("What was being written when a program was killed is removed", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    const auto part = folder.path() / "0123456789abcdef.autosave.00000000-1-00000000.part";
    std::ofstream (part) << "half";
    CHECK (findRecoverable (folder.path()).empty());
    CHECK (fs::exists (part)); // perhaps of another machine
    fs::last_write_time (part, fs::file_time_type::clock::now() - std::chrono::hours (48));
    CHECK (findRecoverable (folder.path()).empty());
    CHECK_FALSE (fs::exists (part));
}
