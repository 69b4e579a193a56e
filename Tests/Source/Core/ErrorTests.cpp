// SPDX-License-Identifier: Apache-2.0
#include "Core/Error.h"

#include <cerrno>

#include <catch2/catch.hpp>

using namespace tableread;

TEST_CASE ("What the system says is the caller's fault, a shortage or a failure", "[source][core][errors]")
{
    const auto [number, code] = GENERATE (table<int, ErrorCode> ({
        { ENOENT, ErrorCode::NotFound },
        { EACCES, ErrorCode::InvalidInput },
        { EISDIR, ErrorCode::InvalidInput },
        { ELOOP, ErrorCode::InvalidInput },
        { ENOSPC, ErrorCode::OutOfMemory },
        { EDQUOT, ErrorCode::OutOfMemory },
        { EFBIG, ErrorCode::OutOfMemory },
        { ENOMEM, ErrorCode::OutOfMemory },
        { ENOBUFS, ErrorCode::OutOfMemory },
        { EMFILE, ErrorCode::OutOfMemory },
        { ENFILE, ErrorCode::OutOfMemory },
        { EIO, ErrorCode::Io },
        { 0, ErrorCode::Io },
    }));
    CAPTURE (number);
    CHECK (codeOfSystemError (number) == code);
}
