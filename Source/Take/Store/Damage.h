// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Core/Error.h"

namespace tableread
{
/** What is wrong with a file of a store: whatever it is, the file is damaged, unless a newer version has written it. */
inline Error asDamage (Error error)
{
    if (error.code != ErrorCode::Unsupported)
        error.code = ErrorCode::InvalidInput;
    return error;
}
} // namespace tableread
