// SPDX-License-Identifier: GPL-3.0-or-later
#include "ForeignLv2.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <dlfcn.h>
#include <juce_core/juce_core.h>
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/instance-access/instance-access.h>
#include <lv2/options/options.h>
#include <lv2/state/state.h>
#include <lv2/ui/ui.h>
#include <lv2/urid/urid.h>

namespace tableread::test
{
namespace
{
constexpr double lv2Rate = 48'000.0;
constexpr std::int32_t lv2Block = 512;
constexpr std::size_t mostUris = 1'000;
constexpr int turnMs = 10;

/** The number of each URI is its place, from 1 on. */
class Uris
{
public:
    Uris() { known.reserve (mostUris); }

    LV2_URID operator[] (const std::string& uri)
    {
        const auto found = std::find (known.begin(), known.end(), uri);
        if (found != known.end())
            return (LV2_URID) (found - known.begin() + 1);
        known.push_back (uri);
        return (LV2_URID) known.size();
    }

    LV2_URID_Map feature { this, [] (LV2_URID_Map_Handle self, const char* uri) {
                              return (*static_cast<Uris*> (self))[uri];
                          } };

private:
    std::vector<std::string> known;
};

/** A function of the library, or throws. */
template <typename Function>
Function* functionOf (void* library, const char* name)
{
    auto* const found = reinterpret_cast<Function*> (::dlsym (library, name));
    if (found == nullptr)
        throw std::runtime_error (std::string ("the LV2 has no ") + name);
    return found;
}

void* libraryIn (const std::filesystem::path& bundle)
{
    auto* const library = ::dlopen ((bundle / "libTableRead.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        throw std::runtime_error (::dlerror()); // NOLINT(concurrency-mt-unsafe): no other thread loads one
    return library;
}
} // namespace

struct ForeignLv2::Loaded
{
    Loaded (const std::filesystem::path& bundle, std::uintptr_t parent, const std::string& state)
        : library (libraryIn (bundle))
        , plugin (*functionOf<decltype (lv2_descriptor)> (library, "lv2_descriptor") (0))
        , editorType (*functionOf<decltype (lv2ui_descriptor)> (library, "lv2ui_descriptor") (0))
        , states (*static_cast<const LV2_State_Interface*> (plugin.extension_data (LV2_STATE__interface)))
        , turns (
              *static_cast<const LV2UI_Idle_Interface*> (editorType.extension_data (LV2_UI__idleInterface)))
    {
        const auto path = (bundle / "").string();
        const std::array options { LV2_Options_Option { LV2_OPTIONS_INSTANCE, 0,
                                                        uris[LV2_BUF_SIZE__maxBlockLength], sizeof (lv2Block),
                                                        uris[LV2_ATOM__Int], &lv2Block },
                                   LV2_Options_Option {} };
        const LV2_Feature map { LV2_URID__map, &uris.feature },
            bounded { LV2_BUF_SIZE__boundedBlockLength, nullptr },
            settings { LV2_OPTIONS__options, const_cast<LV2_Options_Option*> (options.data()) };
        const std::array<const LV2_Feature*, 4> features { &map, &bounded, &settings, nullptr };
        instance = plugin.instantiate (&plugin, lv2Rate, path.c_str(), features.data());
        if (instance == nullptr)
            throw std::runtime_error ("the LV2 cannot be made");
        restore (state);

        const LV2_Feature access { LV2_INSTANCE_ACCESS_URI, instance },
            window { LV2_UI__parent,
                     reinterpret_cast<void*> (parent) }, // NOLINT(performance-no-int-to-ptr): LV2's
            size { LV2_UI__resize, &resize };
        const std::array<const LV2_Feature*, 6> shown { &map, &settings, &access, &window, &size, nullptr };
        LV2UI_Widget widget = nullptr;
        editor = editorType.instantiate (
            &editorType, plugin.URI, path.c_str(),
            [] (LV2UI_Controller, std::uint32_t, std::uint32_t, std::uint32_t, const void*) {}, this, &widget,
            shown.data());
        if (editor == nullptr)
            throw std::runtime_error ("the LV2's editor cannot be made");
    }

    ~Loaded()
    {
        editorType.cleanup (editor);
        plugin.cleanup (instance);
        ::dlclose (library);
    }

    void restore (const std::string& state)
    {
        text = juce::MemoryBlock (state.data(), state.size()).toBase64Encoding().toStdString();
        const auto retrieve = [] (LV2_State_Handle self, std::uint32_t key, std::size_t* size,
                                  std::uint32_t* type, std::uint32_t* flags) -> const void* {
            auto& own = *static_cast<Loaded*> (self);
            if (key != own.stateKey())
                return nullptr;
            *size = own.text.size() + 1;
            *type = own.uris[LV2_ATOM__String];
            *flags = LV2_STATE_IS_POD;
            return own.text.c_str();
        };
        if (states.restore (instance, retrieve, this, 0, nullptr) != LV2_STATE_SUCCESS)
            throw std::runtime_error ("the LV2 does not take its state");
    }

    std::string save()
    {
        const auto store = [] (LV2_State_Handle self, std::uint32_t key, const void* value, std::size_t size,
                               std::uint32_t, std::uint32_t) {
            auto& own = *static_cast<Loaded*> (self);
            if (key == own.stateKey())
                own.text.assign (static_cast<const char*> (value), size - 1);
            return LV2_STATE_SUCCESS;
        };
        text.clear();
        states.save (instance, store, this, 0, nullptr);
        juce::MemoryBlock block;
        if (! block.fromBase64Encoding (text))
            throw std::runtime_error ("the LV2 gives no state");
        return block.toString().toStdString();
    }

    LV2_URID stateKey() { return uris[std::string (plugin.URI) + ":StateString"]; }

    Uris uris;
    int width = 0;
    LV2UI_Resize resize { this, [] (LV2UI_Feature_Handle self, int wide, int) {
                             static_cast<Loaded*> (self)->width = wide;
                             return 0;
                         } };
    std::string text; // of a state, on its way
    void* const library;
    const LV2_Descriptor& plugin;
    const LV2UI_Descriptor& editorType;
    const LV2_State_Interface& states;
    const LV2UI_Idle_Interface& turns;
    LV2_Handle instance = nullptr;
    LV2UI_Handle editor = nullptr;
};

ForeignLv2::ForeignLv2 (const std::filesystem::path& bundle, std::uintptr_t parent, const std::string& state)
    : loaded (std::make_unique<Loaded> (bundle, parent, state))
{
    startTimer (turnMs);
}

ForeignLv2::~ForeignLv2()
{
    stopTimer();
}

std::string ForeignLv2::save()
{
    return loaded->save();
}

int ForeignLv2::width() const
{
    return loaded->width;
}

void ForeignLv2::timerCallback()
{
    loaded->turns.idle (loaded->editor);
}
} // namespace tableread::test
