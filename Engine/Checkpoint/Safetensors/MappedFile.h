// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace tableread::engine
{
/** A whole file, mapped read-only.

    Memory    pages are read when first touched, and the kernel may drop them.
    Faults    a page that is gone (another program shortened the file, or its drive failed) is a SIGBUS. The first
              mapping installs a handler that turns what is left of the mapping into zeros, so that the thread goes on
              and checkMappedFiles() can say what happened. A SIGBUS anywhere else does what it did before.
*/
class MappedFile
{
public:
    /** @throws Exception NotFound, Io, or InvalidInput if it is empty, not a file, or may not be read. */
    explicit MappedFile (const std::filesystem::path& path);
    ~MappedFile();
    MappedFile (const MappedFile&) = delete;
    MappedFile& operator= (const MappedFile&) = delete;

    const std::filesystem::path& path() const { return filePath; }
    std::span<const std::byte> bytes() const { return mapped; }

    /** @throws Exception Io if bytes of the file are gone. */
    void check() const;

private:
    std::filesystem::path filePath;
    int descriptor; // kept open, because the path may lead to another file by now
    std::span<const std::byte> mapped;
    std::size_t slot = 0; // in the handler's table
};

/** Checks every mapped file of this process. Whoever reads mapped bytes calls it afterwards, before the result is used:
    what was read may be zeros that the file never held. Any thread.
    @throws Exception Io with one sentence that names the file. */
void checkMappedFiles();
} // namespace tableread::engine
