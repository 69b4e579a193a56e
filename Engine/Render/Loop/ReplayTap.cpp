// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/ReplayTap.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <cctype>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
std::string classOf (std::string name)
{
    std::erase_if (name, [] (unsigned char c) { return std::isdigit (c) != 0; });
    return name;
}

const SafetensorsEntry* find (const SafetensorsFile& file, const std::string& name)
{
    const auto entries = file.entries();
    const auto found = std::ranges::find (entries, name, &SafetensorsEntry::name);
    return found == entries.end() ? nullptr : &*found;
}

bool isInput (const std::string& name)
{
    return name.starts_with ("wav") || name.starts_with ("noise.") || name.starts_with ("sched.");
}

/** True for the values that a pass feeds to the next one: replaced in a forced replay. */
bool isTaught (const std::string& name)
{
    return (name.starts_with ("lm.") && name.ends_with (".in")) ||
           (name.starts_with ("f") && name.ends_with (".latent"));
}
} // namespace

at::Tensor read (const SafetensorsFile& file, const std::string& name)
{
    const auto* entry = find (file, name);
    if (entry == nullptr)
        fail (ErrorCode::InvalidInput,
              "there is no tensor " + name + ". Make the golden again with golden.py.", file.path().string());
    const auto type = entry->dtype == DType::Int64 ? at::kLong : at::kFloat;
    return at::from_blob (const_cast<std::byte*> (file.data (*entry).data()), entry->shape,
                          at::TensorOptions (type))
        .clone();
}

ReplayTap::ReplayTap (const SafetensorsFile& of, const SafetensorsFile* taught)
    : reference (of)
    , teacher (taught)
{}

void ReplayTap::see (const std::string& name, at::Tensor& value)
{
    if (find (reference, name) == nullptr)
        return;
    seen.insert (name);
    auto wanted = read (reference, name).flatten();
    if (name.ends_with (".v")) // without guidance there is no second row
        wanted = wanted.slice (0, 0, value.numel());
    if (wanted.numel() != value.numel())
        fail (ErrorCode::Internal,
              "tensor " + name + " has " + std::to_string (value.numel()) + " values, the golden " +
                  std::to_string (wanted.numel()) + ".",
              reference.path().string());
    const auto norm = wanted.norm().item<double>();
    const auto distance = (value.flatten().cpu() - wanted).norm().item<double>();
    auto& error = worst[classOf (name)];
    error = std::max (error, norm > 0 ? distance / norm : distance);
    if (teacher != nullptr && isTaught (name))
        value = read (*teacher, name).reshape (value.sizes()).to (value.device());
}

std::set<std::string> ReplayTap::missing() const
{
    std::set<std::string> names;
    for (const auto& entry : reference.entries())
        if (entry.dtype == DType::Float32 && ! isInput (entry.name) && ! seen.contains (entry.name))
            names.insert (entry.name);
    return names;
}
} // namespace tableread::engine
