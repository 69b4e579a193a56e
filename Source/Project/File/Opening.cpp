// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Opening.h"

namespace tableread::project
{
Error refusal (const Error& problem, const std::string& name)
{
    if (problem.code == ErrorCode::Unsupported)
        return { problem.code, problem.message, name };
    return { ErrorCode::InvalidInput,
             "cannot be opened: " + problem.text() + ". It is damaged, or was cut off; take an older copy.",
             name };
}
} // namespace tableread::project
