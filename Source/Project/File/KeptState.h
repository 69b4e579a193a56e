// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "Project/File/Format.h"

namespace tableread::project
{
/** What a host gave as the plugin's state and could not be opened: damaged, or of a newer version. The host gets the same
    bytes back, whatever happens, until the user discards them. Until then nothing can be edited, so that nothing is lost.

    Threads   any. */
class KeptState
{
public:
    using Text = std::shared_ptr<const std::string>;

    /** Opens a state, in place of what was kept. Without a byte there is nothing to open, and nothing to keep.
        @returns what parse() does; the bytes are kept then. */
    [[nodiscard]] Result<Content> open (std::string_view bytes);

    /** The bytes that the host gets instead of the project; null: the project. */
    Text bytes() const;

    /** Nothing may be edited: there are such bytes. */
    bool isReadOnly() const { return bytes() != nullptr; }

    /** Why they could not be opened. */
    std::optional<Error> problem() const;

    /** The user has said so: from now on the host gets the project. */
    void discard();

private:
    mutable std::mutex mutex; // guards the rest
    Text kept;
    std::optional<Error> why;
};
} // namespace tableread::project
