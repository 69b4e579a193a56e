// SPDX-License-Identifier: GPL-3.0-or-later
#include "PlainLv2.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <dlfcn.h>
#include <juce_core/juce_core.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>

namespace tableread::test
{
namespace
{
constexpr double lv2Rate = 48'000.0;
constexpr std::int32_t lv2Block = 512;
constexpr std::size_t mostUris = 1'000;

/** As dsp.ttl numbers them. */
enum Port : std::uint32_t
{
    Left,
    Right,
    EventsIn,
    EventsOut,
    Latency,
    FreeWheeling,
    Enabled
};

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

    const std::string& uriOf (LV2_URID number) const { return known.at (number - 1); }

    LV2_URID_Map feature { this, [] (LV2_URID_Map_Handle self, const char* uri) {
                              return (*static_cast<Uris*> (self))[uri];
                          } };

private:
    std::vector<std::string> known;
};

void* libraryIn (const std::filesystem::path& bundle)
{
    auto* const library = ::dlopen ((bundle / "libTableRead.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        throw std::runtime_error (::dlerror()); // NOLINT(concurrency-mt-unsafe): no other thread loads one
    return library;
}
} // namespace

void* functionIn (void* library, const char* name)
{
    auto* const found = ::dlsym (library, name);
    if (found == nullptr)
        throw std::runtime_error (std::string ("the LV2 has no ") + name);
    return found;
}

struct PlainLv2::Loaded
{
    explicit Loaded (const std::filesystem::path& bundle)
        : library (libraryIn (bundle))
        , plugin (*reinterpret_cast<decltype (&lv2_descriptor)> (functionIn (library, "lv2_descriptor")) (0))
        , states (*static_cast<const LV2_State_Interface*> (plugin.extension_data (LV2_STATE__interface)))
    {
        instance = plugin.instantiate (&plugin, lv2Rate, (bundle / "").c_str(), features.data());
        if (instance == nullptr)
            throw std::runtime_error ("the LV2 cannot be made");
        for (auto& channel : audio)
            channel.resize ((std::size_t) lv2Block);
        const std::array<void*, 7> ports { audio[0].data(),   audio[1].data(), toPlugin.data(),
                                           fromPlugin.data(), &latency,        &freeWheeling,
                                           &enabled };
        for (std::uint32_t port = Left; port <= Enabled; ++port)
            plugin.connect_port (instance, port, ports.at (port));
        plugin.activate (instance);
        lv2_atom_forge_init (&forge, &uris.feature);
    }

    ~Loaded()
    {
        plugin.deactivate (instance);
        plugin.cleanup (instance);
        ::dlclose (library);
    }

    void load (const std::string& state)
    {
        text = juce::MemoryBlock (state.data(), state.size()).toBase64Encoding().toStdString();
        const auto retrieve = [] (LV2_State_Handle self, std::uint32_t key, std::size_t* size,
                                  std::uint32_t* kind, std::uint32_t* flags) -> const void* {
            auto& own = *static_cast<Loaded*> (self);
            if (key != own.uris[own.uri ("StateString")])
                return nullptr;
            *size = own.text.size() + 1;
            *kind = own.uris[LV2_ATOM__String];
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
            if (key == own.uris[own.uri ("StateString")])
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

    void write (const Properties& sets)
    {
        LV2_Atom_Forge_Frame sequence, object;
        lv2_atom_forge_set_buffer (&forge, toPlugin.data(), toPlugin.size());
        lv2_atom_forge_sequence_head (&forge, &sequence, 0);
        for (const auto& [name, value] : sets)
        {
            lv2_atom_forge_frame_time (&forge, 0);
            lv2_atom_forge_object (&forge, &object, 0, uris[LV2_PATCH__Set]);
            lv2_atom_forge_key (&forge, uris[LV2_PATCH__property]);
            lv2_atom_forge_urid (&forge, uris[uri (name)]);
            lv2_atom_forge_key (&forge, uris[LV2_PATCH__value]);
            lv2_atom_forge_float (&forge, value);
            lv2_atom_forge_pop (&forge, &object);
        }
        lv2_atom_forge_pop (&forge, &sequence);
    }

    Properties read()
    {
        Properties said;
        const auto* const events = reinterpret_cast<const LV2_Atom_Sequence*> (fromPlugin.data());
        LV2_ATOM_SEQUENCE_FOREACH (events, event)
        {
            const auto* const object = reinterpret_cast<const LV2_Atom_Object*> (&event->body);
            if (event->body.type != uris[LV2_ATOM__Object] || object->body.otype != uris[LV2_PATCH__Set])
                continue;
            const LV2_Atom *property = nullptr, *value = nullptr;
            LV2_Atom_Object_Query query[] { { uris[LV2_PATCH__property], &property },
                                            { uris[LV2_PATCH__value], &value },
                                            LV2_ATOM_OBJECT_QUERY_END };
            lv2_atom_object_query (object, query);
            if (property == nullptr || value == nullptr || value->type != uris[LV2_ATOM__Float])
                throw std::runtime_error ("the LV2 says what is no property");
            const auto& name = uris.uriOf (reinterpret_cast<const LV2_Atom_URID*> (property)->body);
            said[name.substr (uri ("").size())] = reinterpret_cast<const LV2_Atom_Float*> (value)->body;
        }
        return said;
    }

    Properties run (const Properties& sets)
    {
        write (sets);
        const LV2_Atom room { (std::uint32_t) (fromPlugin.size() - sizeof (LV2_Atom)),
                              uris[LV2_ATOM__Chunk] };
        std::copy_n (reinterpret_cast<const std::uint8_t*> (&room), sizeof (room), fromPlugin.begin());
        plugin.run (instance, lv2Block);
        return read();
    }

    std::string uri (const std::string& name) const { return std::string (plugin.URI) + ":" + name; }

    Uris uris;
    const std::array<LV2_Options_Option, 2> options {
        LV2_Options_Option { LV2_OPTIONS_INSTANCE, 0, uris[LV2_BUF_SIZE__maxBlockLength], sizeof (lv2Block),
                             uris[LV2_ATOM__Int], &lv2Block },
        LV2_Options_Option {}
    };
    const LV2_Feature map { LV2_URID__map, &uris.feature },
        bounded { LV2_BUF_SIZE__boundedBlockLength, nullptr },
        settings { LV2_OPTIONS__options, const_cast<LV2_Options_Option*> (options.data()) };
    const std::array<const LV2_Feature*, 4> features { &map, &bounded, &settings, nullptr };
    std::string text; // of a state, on its way
    std::array<std::vector<float>, 2> audio;
    alignas (8) std::array<std::uint8_t, 16'384> toPlugin {}, fromPlugin {};
    float latency = 0.0f, freeWheeling = 0.0f, enabled = 1.0f;
    LV2_Atom_Forge forge {};
    void* const library;
    const LV2_Descriptor& plugin;
    const LV2_State_Interface& states;
    LV2_Handle instance = nullptr;
};

PlainLv2::PlainLv2 (const std::filesystem::path& bundle) : loaded (std::make_unique<Loaded> (bundle))
{}

PlainLv2::~PlainLv2() = default;

void PlainLv2::load (const std::string& state)
{
    loaded->load (state);
}

std::string PlainLv2::save()
{
    return loaded->save();
}

PlainLv2::Properties PlainLv2::run (const Properties& sets)
{
    return loaded->run (sets);
}

void* PlainLv2::library() const
{
    return loaded->library;
}

const LV2_Descriptor& PlainLv2::type() const
{
    return loaded->plugin;
}

LV2_Handle PlainLv2::handle() const
{
    return loaded->instance;
}

std::vector<const LV2_Feature*> PlainLv2::features() const
{
    return { &loaded->map, &loaded->bounded, &loaded->settings };
}
} // namespace tableread::test
