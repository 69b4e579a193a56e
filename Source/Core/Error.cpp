// SPDX-License-Identifier: Apache-2.0
#include "Core/Error.h"

#include <cerrno>

namespace tableread
{
std::string Error::text() const
{
    return where.empty() ? message : where + ": " + message;
}

ErrorCode codeOfSystemError (int number)
{
    switch (number)
    {
        case ENOENT:
            return ErrorCode::NotFound;
        case EACCES:
        case EPERM:
        case EROFS:
        case EISDIR:
        case ENOTDIR:
        case EEXIST:
        case ELOOP:
        case ENAMETOOLONG:
        case EINVAL:
            return ErrorCode::InvalidInput;
        case ENOSPC:
        case EDQUOT:
        case EFBIG: // the process may write no larger file, or its disk has none
        case ENOMEM:
        case ENOBUFS:
        case EMFILE:
        case ENFILE:
            return ErrorCode::OutOfMemory;
        default:
            return ErrorCode::Io;
    }
}

void fail (ErrorCode code, std::string message, std::string where)
{
    throw Exception ({ code, std::move (message), std::move (where) });
}
} // namespace tableread
