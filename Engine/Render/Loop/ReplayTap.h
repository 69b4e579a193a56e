// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "Checkpoint/Safetensors/File.h"
#include "Network/Tap.h"

namespace tableread::engine
{
/** Compares every tensor that it sees with the golden's tensor of the same name and, with a teacher, replaces
    language-model inputs and latents by the golden's. */
class ReplayTap : public Tap
{
public:
    /** reference: values to compare with; teacher: replacement values, null in a free replay. */
    ReplayTap (const SafetensorsFile& reference, const SafetensorsFile* teacher);

    void see (const std::string& name, at::Tensor& value) override;

    /** {class: worst error} so far. */
    const std::map<std::string, double>& errors() const { return worst; }

    /** Names of the reference's float tensors that were never seen, inputs aside. */
    std::set<std::string> missing() const;

private:
    const SafetensorsFile& reference;
    const SafetensorsFile* teacher;
    std::map<std::string, double> worst;
    std::set<std::string> seen;
};

/** A golden's tensor as float32, or int64 if it holds ids. */
at::Tensor read (const SafetensorsFile& file, const std::string& name);
} // namespace tableread::engine
