// SPDX-License-Identifier: GPL-3.0-or-later
#include "ForeignWindow.h"

#include <stdexcept>

#include <X11/Xlib.h>

namespace tableread::test
{
struct ForeignWindow::Connection
{
    Display* display = XOpenDisplay (nullptr);
    ::Window window = 0;
};

ForeignWindow::ForeignWindow (int width, int height) : x (std::make_unique<Connection>())
{
    if (x->display == nullptr)
        throw std::runtime_error ("no display");
    x->window = XCreateSimpleWindow (x->display, DefaultRootWindow (x->display), 0, 0, (unsigned) width,
                                     (unsigned) height, 0, 0, 0);
    XSelectInput (x->display, x->window, KeyPressMask | StructureNotifyMask);
    XMapRaised (x->display, x->window);
    XEvent event;
    do
        XNextEvent (x->display, &event);
    while (event.type != MapNotify);
    takeKeyboard();
}

ForeignWindow::~ForeignWindow()
{
    XDestroyWindow (x->display, x->window);
    XCloseDisplay (x->display);
}

std::uintptr_t ForeignWindow::handle() const
{
    return x->window;
}

void ForeignWindow::takeKeyboard()
{
    XSetInputFocus (x->display, x->window, RevertToParent, CurrentTime);
    XSync (x->display, False);
}

void ForeignWindow::forward (std::uintptr_t plugin, unsigned long keysym)
{
    XEvent event {};
    event.xkey.display = x->display;
    event.xkey.window = plugin;
    event.xkey.root = DefaultRootWindow (x->display);
    event.xkey.same_screen = True;
    event.xkey.keycode = XKeysymToKeycode (x->display, keysym);
    event.type = KeyPress;
    XSendEvent (x->display, plugin, False, KeyPressMask, &event);
    event.type = KeyRelease;
    XSendEvent (x->display, plugin, False, KeyReleaseMask, &event);
    XSync (x->display, False);
}

int ForeignWindow::keysPressed (unsigned long keysym)
{
    XSync (x->display, False);
    int count = 0;
    XEvent event;
    while (XCheckMaskEvent (x->display, KeyPressMask, &event) != 0)
        count += event.xkey.keycode == XKeysymToKeycode (x->display, keysym) ? 1 : 0;
    return count;
}
} // namespace tableread::test
