// SPDX-License-Identifier: GPL-3.0-or-later
#include "DropTarget.h"

#include <optional>
#include <stdexcept>

#include <X11/Xatom.h>
#include <X11/Xlib.h>

namespace tableread::test
{
struct DropTarget::Connection
{
    Atom atom (const char* name) const { return XInternAtom (display, name, False); }

    void answer (::Window source, const char* what, long flags, long action) const
    {
        XEvent event {};
        event.xclient.type = ClientMessage;
        event.xclient.display = display;
        event.xclient.window = source;
        event.xclient.message_type = atom (what);
        event.xclient.format = 32;
        event.xclient.data.l[0] = (long) window;
        event.xclient.data.l[1] = flags;
        event.xclient.data.l[what == std::string ("XdndStatus") ? 4 : 2] = action;
        XSendEvent (display, source, False, NoEventMask, &event);
    }

    /** @returns what was dropped, if this event brings it. */
    std::optional<std::string> follow (const XEvent& event)
    {
        constexpr long accepts = 1, wantsPositions = 2, most = 65'536;
        const auto copies = (long) atom ("XdndActionCopy");
        if (event.type == ClientMessage)
        {
            source = (::Window) event.xclient.data.l[0];
            if (event.xclient.message_type == atom ("XdndPosition"))
                answer (source, "XdndStatus", accepts | wantsPositions, copies);
            else if (event.xclient.message_type == atom ("XdndDrop"))
                XConvertSelection (display, atom ("XdndSelection"), atom ("text/uri-list"), atom ("DROPPED"),
                                   window, CurrentTime);
        }
        if (event.type != SelectionNotify)
            return std::nullopt;
        Atom type = 0;
        int format = 0;
        unsigned long count = 0, left = 0;
        unsigned char* data = nullptr;
        XGetWindowProperty (display, window, atom ("DROPPED"), 0, most, True, AnyPropertyType, &type, &format,
                            &count, &left, &data);
        std::string text (reinterpret_cast<const char*> (data), data != nullptr ? count : 0);
        if (data != nullptr)
            XFree (data);
        answer (source, "XdndFinished", accepts, copies);
        return text;
    }

    Display* display = XOpenDisplay (nullptr);
    ::Window window = 0, source = 0;
};

DropTarget::DropTarget (juce::Rectangle<int> place) : x (std::make_unique<Connection>())
{
    constexpr int turnMs = 5;
    if (x->display == nullptr)
        throw std::runtime_error ("no display");
    x->window = XCreateSimpleWindow (x->display, DefaultRootWindow (x->display), place.getX(), place.getY(),
                                     (unsigned) place.getWidth(), (unsigned) place.getHeight(), 0, 0, 0);
    const long version = 5;
    XChangeProperty (x->display, x->window, x->atom ("XdndAware"), XA_ATOM, 32, PropModeReplace,
                     reinterpret_cast<const unsigned char*> (&version), 1);
    XMapRaised (x->display, x->window);
    XSync (x->display, False);
    startTimer (turnMs);
}

DropTarget::~DropTarget()
{
    stopTimer();
    XDestroyWindow (x->display, x->window);
    XCloseDisplay (x->display);
}

void DropTarget::timerCallback()
{
    while (XPending (x->display) > 0)
    {
        XEvent event;
        XNextEvent (x->display, &event);
        if (auto text = x->follow (event))
            uris = std::move (*text);
    }
    XFlush (x->display);
}
} // namespace tableread::test
