// SPDX-License-Identifier: GPL-3.0-or-later
#include "ForeignLv2.h"

#include <stdexcept>
#include <vector>

#include <lv2/instance-access/instance-access.h>
#include <lv2/ui/ui.h>

namespace tableread::test
{
namespace
{
constexpr int turnMs = 10;
} // namespace

struct ForeignLv2::Editor
{
    Editor (const PlainLv2& plugin, const std::filesystem::path& bundle, std::uintptr_t parent)
        : type (*reinterpret_cast<decltype (&lv2ui_descriptor)> (
              functionIn (plugin.library(), "lv2ui_descriptor")) (0))
        , turns (*static_cast<const LV2UI_Idle_Interface*> (type.extension_data (LV2_UI__idleInterface)))
    {
        const LV2_Feature access { LV2_INSTANCE_ACCESS_URI, plugin.handle() },
            window { LV2_UI__parent,
                     reinterpret_cast<void*> (parent) }, // NOLINT(performance-no-int-to-ptr): LV2's
            size { LV2_UI__resize, &resize };
        auto features = plugin.features();
        features.insert (features.end(), { &access, &window, &size, nullptr });
        LV2UI_Widget widget = nullptr;
        shown = type.instantiate (
            &type, plugin.type().URI, (bundle / "").c_str(),
            [] (LV2UI_Controller, std::uint32_t, std::uint32_t, std::uint32_t, const void*) {}, this, &widget,
            features.data());
        if (shown == nullptr)
            throw std::runtime_error ("the LV2's editor cannot be made");
    }

    ~Editor() { type.cleanup (shown); }

    int width = 0;
    LV2UI_Resize resize { this, [] (LV2UI_Feature_Handle self, int wide, int) {
                             static_cast<Editor*> (self)->width = wide;
                             return 0;
                         } };
    const LV2UI_Descriptor& type;
    const LV2UI_Idle_Interface& turns;
    LV2UI_Handle shown = nullptr;
};

ForeignLv2::ForeignLv2 (const std::filesystem::path& bundle, std::uintptr_t parent, const std::string& state)
    : plugin (bundle)
{
    plugin.load (state);
    editor = std::make_unique<Editor> (plugin, bundle, parent);
    startTimer (turnMs);
}

ForeignLv2::~ForeignLv2()
{
    stopTimer();
}

int ForeignLv2::width() const
{
    return editor->width;
}

void ForeignLv2::timerCallback()
{
    editor->turns.idle (editor->shown);
}
} // namespace tableread::test
