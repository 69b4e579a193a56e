// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread
{
/** Opens /dev/null on whichever of the descriptors 0, 1 and 2 is closed, so that no file that is opened later gets the
    words meant for a terminal. To be called first in main(). @returns whether standard output was open. */
bool openClosedStandardStreams();
} // namespace tableread
