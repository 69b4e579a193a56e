// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

namespace tableread::test
{
/** A window of a host that is not built on JUCE, as Ardour's: a plain X11 window, into which a plugin puts its own. */
class ForeignWindow
{
public:
    ForeignWindow (int width, int height);
    ~ForeignWindow();

    /** What a plugin gets as its parent. */
    std::uintptr_t handle() const;

    /** Takes the keyboard, as toolkits do when they are clicked. */
    void takeKeyboard();

    /** Hands a key to a plugin's window, as a socket of XEmbed does while the host has the keyboard. */
    void forward (std::uintptr_t plugin, unsigned long keysym);

    /** How many of these keys it has got since it was asked last. */
    int keysPressed (unsigned long keysym);

private:
    struct Connection;
    std::unique_ptr<Connection> x;
};
} // namespace tableread::test
