// SPDX-License-Identifier: Apache-2.0
#include "Core/Error.h"

namespace tableread
{
std::string Error::text() const
{
    return where.empty() ? message : where + ": " + message;
}

void fail (ErrorCode code, std::string message, std::string where)
{
    throw Exception ({ code, std::move (message), std::move (where) });
}
} // namespace tableread
