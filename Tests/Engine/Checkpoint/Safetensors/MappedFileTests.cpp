// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/MappedFile.h"

#include <array>
#include <csignal>
#include <functional>
#include <numeric>
#include <optional>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
constexpr std::size_t wholeSize = 1'000'003; // ends within a page

struct Mapped
{
    Mapped()
    {
        writeFile (path, std::string (wholeSize, '\1'));
        file.emplace (path);
    }

    void shortenTo (std::size_t size) const { std::filesystem::resize_file (path, size); }

    std::size_t sum (std::size_t from = 0) const
    {
        const auto bytes = file->bytes().subspan (from);
        return std::accumulate (bytes.begin(), bytes.end(), std::size_t (0), [] (auto total, auto byte) {
            return total + std::to_integer<std::size_t> (byte);
        });
    }

    TemporaryFolder folder;
    std::filesystem::path path = folder.path() / "model.safetensors";
    std::optional<MappedFile> file;
};

/** The signal that ends a process which does `what`; with a sanitizer, which reports it and exits, SIGBUS too. */
int signalOf (const std::function<void()>& what)
{
    const auto child = ::fork();
    if (child == 0)
    {
        const rlimit none {};
        ::setrlimit (RLIMIT_CORE, &none);
        ::close (STDERR_FILENO);
        what();
        ::_exit (0);
    }
    int status = 0;
    ::waitpid (child, &status, 0);
    return WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status) != 0 ? SIGBUS : 0;
}
} // namespace

TEST_CASE ("A mapped file that shrinks is an error in words, wherever it ends",
           "[engine][checkpoint][mapped]")
{
    const Mapped one;
    CHECK (one.sum() == wholeSize);
    CHECK_NOTHROW (checkMappedFiles());

    const auto left = GENERATE (as<std::size_t> {}, 0, 1, 4095, 4096, 500'000, wholeSize - 1);
    CAPTURE (left);
    one.shortenTo (left);
    CHECK (one.sum() == left); // no signal, and zeros where the file has ended
    const auto error = failureOf (checkMappedFiles);
    CHECK (error.code == ErrorCode::Io);
    CHECK (error.where == one.path.string());
    CHECK_THAT (error.message, Catch::StartsWith ("had 1000003 bytes when it was opened, and has " +
                                                  std::to_string (left) + " now"));
}

TEST_CASE ("Many threads may meet the end of a file at once", "[engine][checkpoint][mapped][threads]")
{
    const Mapped one, other;
    one.shortenTo (8192);
    std::array<std::size_t, 8> sums {};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sums.size(); ++i)
        threads.emplace_back ([&, i] { sums[i] = one.sum (i * 100'000); });
    for (auto& thread : threads)
        thread.join();
    CHECK (sums == std::array<std::size_t, 8> { 8192 });
    CHECK (other.sum() == wholeSize);
    CHECK_NOTHROW (other.file->check());
    CHECK (failureOf (checkMappedFiles).where == one.path.string());
}

TEST_CASE ("A mapped file that was short for a while is not trusted again", "[engine][checkpoint][mapped]")
{
    Mapped one;
    one.shortenTo (100);
    CHECK (one.sum() == 100);
    one.shortenTo (wholeSize);
    CHECK_THAT (failureOf (checkMappedFiles).message,
                Catch::Contains ("could not be read while it was in use"));

    one.file.reset(); // a new mapping begins anew, and its slot in the handler's table too
    CHECK_NOTHROW (checkMappedFiles());
    one.file.emplace (one.path);
    CHECK (one.sum() == 100);
    CHECK_NOTHROW (checkMappedFiles());
}

TEST_CASE ("A mapped file may be deleted or replaced, or grow", "[engine][checkpoint][mapped]")
{
    const Mapped one;
    SECTION ("deleted")
    std::filesystem::remove (one.path);
    SECTION ("replaced by a shorter one")
    {
        writeFile (one.folder.path() / "new", "short");
        std::filesystem::rename (one.folder.path() / "new", one.path);
    }
    SECTION ("longer")
    one.shortenTo (2 * wholeSize);
    CHECK (one.sum() == wholeSize);
    CHECK_NOTHROW (checkMappedFiles());
}

TEST_CASE ("A bus error of any other kind ends the program as before", "[engine][checkpoint][mapped]")
{
    const Mapped one; // installs the handler
    const auto path = one.folder.path() / "other";
    writeFile (path, std::string (8192, '\1'));
    CHECK (signalOf ([&] {
               const int file = ::open (path.c_str(), O_RDWR);
               const auto* bytes =
                   static_cast<volatile char*> (::mmap (nullptr, 8192, PROT_READ, MAP_PRIVATE, file, 0));
               if (::ftruncate (file, 0) == 0)
                   static_cast<void> (bytes[0]);
           }) == SIGBUS);
    CHECK (signalOf ([] { ::raise (SIGBUS); }) == SIGBUS);
    CHECK (signalOf ([&] {
               one.shortenTo (0);
               if (one.sum() != 0)
                   ::raise (SIGBUS);
           }) == 0);
}

TEST_CASE ("What cannot be mapped is refused in words, without waiting", "[engine][checkpoint][mapped]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "model.safetensors";
    auto code = ErrorCode::InvalidInput;
    std::string words;
    SECTION ("nothing")
    {
        code = ErrorCode::NotFound;
        words = "cannot be opened: No such file";
    }
    SECTION ("a link to nothing")
    {
        std::filesystem::create_symlink ("../../blobs/0123", path);
        code = ErrorCode::NotFound;
        words = "is a link to ../../blobs/0123, which is not there: an unfinished download";
    }
    SECTION ("a folder")
    {
        std::filesystem::create_directory (path);
        words = "is not a regular file";
    }
    SECTION ("a pipe that nobody writes to")
    {
        REQUIRE (::mkfifo (path.c_str(), 0600) == 0);
        words = "is not a regular file";
    }
    SECTION ("an empty file")
    {
        writeFile (path, "");
        words = "is empty";
    }
    const auto error = failureOf ([&] { MappedFile file (path); });
    CHECK (error.code == code);
    CHECK (error.where == path.string());
    CHECK_THAT (error.message, Catch::Contains (words));
}
