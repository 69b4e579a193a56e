// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Keyboard/HostKeys.h"

namespace tableread::plugin
{
HostKeys::HostKeys (juce::Component& editorOfPlugin) : editor (editorOfPlugin)
{
    editor.addComponentListener (this);
    watch (editor.getTopLevelComponent());
}

HostKeys::~HostKeys()
{
    watch (nullptr);
    editor.removeComponentListener (this);
}

void HostKeys::watch (juce::Component* window)
{
    if (window == watched.getComponent())
        return;
    if (watched != nullptr)
        watched->removeKeyListener (this);
    watched = window;
    if (watched != nullptr)
        watched->addKeyListener (this);
}

bool HostKeys::keyPressed (const juce::KeyPress& key, juce::Component*)
{
    if (editor.keyPressed (key))
        return true;
    if (! key.isKeyCode (juce::KeyPress::tabKey)) // which is JUCE's
        pass (key);
    return false;
}
} // namespace tableread::plugin

#if defined(__linux__) || defined(__FreeBSD__)
#include <type_traits>

#include <dlfcn.h>
#include <X11/Xlib.h>

constexpr int keyWentDown = KeyPress, keyWentUp = KeyRelease;
#undef KeyPress // JUCE has a class of this name

namespace tableread::plugin
{
namespace
{
/** A function of Xlib, which is loaded and not linked, so that the plugin loads where there is none. */
template <typename Function, typename... Arguments>
std::invoke_result_t<Function*, Arguments...> call (const char* name, Arguments... arguments)
{
    static void* const library = ::dlopen ("libX11.so.6", RTLD_LAZY | RTLD_LOCAL);
    auto* const function =
        library == nullptr ? nullptr : reinterpret_cast<Function*> (::dlsym (library, name));
    return function == nullptr ? std::invoke_result_t<Function*, Arguments...>() : function (arguments...);
}

/** A connection of our own, as JUCE's cannot be used. */
class X11
{
public:
    X11() { display = call<decltype (XOpenDisplay)> ("XOpenDisplay", nullptr); }
    X11 (const X11&) = delete;
    X11& operator= (const X11&) = delete;

    ~X11()
    {
        if (display != nullptr)
            call<decltype (XCloseDisplay)> ("XCloseDisplay", display);
    }

    bool isThere() const { return display != nullptr; }

    /** The window of an application that this one is in; 0: it is one itself. */
    ::Window hostOf (::Window window)
    {
        const auto state = call<decltype (XInternAtom)> ("XInternAtom", display, "WM_STATE", True);
        auto host = window;
        while (! (state != 0 &&
                  hasProperty (host, state))) // which a window manager has set; without one: the outermost
        {
            const auto parent = parentOf (host);
            if (parent == 0 || parent == root)
                break;
            host = parent;
        }
        return host == window ? 0 : host;
    }

    void send (::Window window, KeySym key, unsigned modifiers)
    {
        XEvent event {};
        event.xkey.display = display;
        event.xkey.window = window;
        event.xkey.root = root;
        event.xkey.same_screen = True;
        event.xkey.state = modifiers;
        event.xkey.keycode = call<decltype (XKeysymToKeycode)> ("XKeysymToKeycode", display, key);
        if (event.xkey.keycode == 0)
            return;
        for (const int type : { keyWentDown, keyWentUp })
        {
            event.type = type;
            call<decltype (XSendEvent)> ("XSendEvent", display, window, False,
                                         type == keyWentDown ? KeyPressMask : KeyReleaseMask, &event);
        }
    }

private:
    ::Window parentOf (::Window window)
    {
        ::Window parent = 0;
        ::Window* children = nullptr;
        unsigned count = 0;
        call<decltype (XQueryTree)> ("XQueryTree", display, window, &root, &parent, &children, &count);
        if (children != nullptr)
            call<decltype (XFree)> ("XFree", children);
        return parent;
    }

    bool hasProperty (::Window window, Atom name)
    {
        Atom type = 0;
        int format = 0;
        unsigned long items = 0, left = 0;
        unsigned char* data = nullptr;
        call<decltype (XGetWindowProperty)> ("XGetWindowProperty", display, window, name, 0L, 0L, False,
                                             AnyPropertyType, &type, &format, &items, &left, &data);
        if (data != nullptr)
            call<decltype (XFree)> ("XFree", data);
        return type != 0;
    }

    Display* display = nullptr;
    ::Window root = 0; // known after parentOf()
};

/** JUCE's number of a key in X11's: those that type nothing lie above. */
KeySym keysymOf (const juce::KeyPress& key)
{
    constexpr int juceExtended = 0x10000000;
    constexpr KeySym functionKeys = 0xff00;
    const auto low = (KeySym) (key.getKeyCode() & 0xff);
    return (key.getKeyCode() & juceExtended) != 0 || key.getKeyCode() < ' ' ? functionKeys | low
                                                                            : (KeySym) key.getKeyCode();
}

unsigned stateOf (const juce::ModifierKeys& keys)
{
    return (keys.isShiftDown() ? (unsigned) ShiftMask : 0u) |
           (keys.isCtrlDown() ? (unsigned) ControlMask : 0u) | (keys.isAltDown() ? (unsigned) Mod1Mask : 0u);
}
} // namespace

void HostKeys::pass (const juce::KeyPress& key)
{
    constexpr juce::uint32 echoMs = 20; // below any keyboard's repetition
    const auto* const peer = editor.getPeer();
    const auto now = juce::Time::getMillisecondCounter();
    if (peer == nullptr || ! peer->isFocused() || (key == last && now - lastTime < echoMs))
        return; // not focused: the host has had it, and handed it on
    X11 server;
    const auto window = (::Window) (juce::pointer_sized_uint) peer->getNativeHandle();
    if (! server.isThere())
        return;
    if (const auto host = server.hostOf (window); host != 0)
    {
        last = key;
        lastTime = now;
        server.send (host, keysymOf (key), stateOf (key.getModifiers()));
    }
}
} // namespace tableread::plugin
#else
namespace tableread::plugin
{
void HostKeys::pass (const juce::KeyPress&)
{}
} // namespace tableread::plugin
#endif
