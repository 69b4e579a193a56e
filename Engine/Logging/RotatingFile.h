// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

#include "Core/Error.h"
#include "Logging/LineOutput.h"

namespace tableread::engine
{
/** A log's file, which only its user may read. When it has its size it becomes FILE.1, that FILE.2, and so on. It may also be
    moved away by somebody else: the next line begins a new one. spdlog's own sink gives a file up after a failed rotation and
    waits before it tries again. */
class RotatingFile : public LineOutput
{
public:
    struct Limits
    {
        std::size_t bytes = 10'000'000; // from which it is rotated
        int files = 5;                  // that are kept besides; 0: it is emptied
    };

    /** Opens it. @throws Exception with what the system says, or InvalidInput for a link or what is no file. */
    RotatingFile (std::filesystem::path file, const Limits& limits);
    ~RotatingFile() override;
    RotatingFile (const RotatingFile&) = delete;
    RotatingFile& operator= (const RotatingFile&) = delete;

    Result write (std::string_view line) override;

private:
    Result open();
    void close();
    bool isInPlace() const;
    void rotate();

    const std::filesystem::path path;
    const Limits limits;
    int opened = -1;
    std::size_t size = 0;
};
} // namespace tableread::engine
