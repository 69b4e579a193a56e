// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

namespace tableread
{
/** A descriptor that is closed at the end of its scope; a negative one is none. */
class Descriptor
{
public:
    explicit Descriptor (int opened) : number (opened) {}
    ~Descriptor()
    {
        if (number >= 0)
            ::close (number);
    }
    Descriptor (const Descriptor&) = delete;
    Descriptor& operator= (const Descriptor&) = delete;

    const int number;
};
} // namespace tableread
