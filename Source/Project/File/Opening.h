// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>
#include <string>

#include "Core/Error.h"

namespace tableread::project
{
/** Why the file `name` was not opened: InvalidInput and what is wrong with it, or Unsupported. */
Error refusal (const Error& problem, const std::string& name);

/** Runs `read`, which throws Exception, for the file `name`. */
template <typename T, typename Read>
Result<T> opened (const std::string& name, const Read& read)
{
    try
    {
        return read();
    }
    catch (const Exception& exception)
    {
        return tl::unexpected (refusal (exception.error, name));
    }
    catch (const std::bad_alloc&)
    {
        return tl::unexpected (Error { ErrorCode::OutOfMemory,
                                       "cannot be opened: no memory is left. Close other programs.", name });
    }
}
} // namespace tableread::project
