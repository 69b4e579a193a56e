// SPDX-License-Identifier: Apache-2.0
#include "Render/Replay.h"

#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "Command/ModelOptions.h"
#include "Command/Subcommands.h"

namespace tableread::engine
{
namespace
{
struct ReplayCommand
{
    std::filesystem::path folder;
    int threads = 0;
    std::string device = "cpu", weights;
    bool json = false;
};

void describe (std::ostream& out, const char* title, const std::map<std::string, double>& errors)
{
    if (errors.empty())
        return;
    out << title << '\n';
    for (const auto& [name, error] : errors)
        out << "  " << name << std::string (name.size() < 20 ? 20 - name.size() : 1, ' ') << error << '\n';
}
} // namespace

void addReplay (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<ReplayCommand>();
    auto* command = app.add_subcommand ("replay", "Compare the engine with a golden made by golden.py");
    command->add_option ("GOLDEN", options->folder, "Folder with config, weights and golden.safetensors")
        ->required();
    command->add_option ("--threads", options->threads, "Compute threads; 0: one per processor")
        ->check (CLI::Range (0, 1024));
    addDeviceOption (*command, options->device);
    command
        ->add_option ("--weights", options->weights,
                      "The language model's matrices: fp8 or int8 [as computed]")
        ->check (CLI::IsMember ({ "fp8", "int8" }));
    command->add_flag ("--json", options->json, "Print JSON");
    command->footer (R"(
Examples:
  tableread-engine replay build/dev/golden/a-plain
  tableread-engine replay build/dev/golden/a-bf16 --json

Prints the worst relative error of each tensor class: "forced" with the golden's inputs at every pass, "free" with the
engine's own (fp32 only). Limits: 1e-4 forced and 1e-3 free in fp32; in bf16 twice PyTorch's own error, which
golden.json holds.)");
    command->callback ([options, &session] {
        session.needsTorch = true;
        session.action = [options, &session] {
            const auto report =
                session.replay (options->folder, { options->threads, deviceKind (options->device),
                                                   weightsFormat (options->weights) });
            if (options->json)
            {
                const nlohmann::json json { { "dtype", report.dtype },
                                            { "tokens_equal", report.tokensEqual },
                                            { "forced", report.forced },
                                            { "free", report.free } };
                session.out << json.dump() << '\n';
            }
            else
            {
                session.out << report.dtype << ", tokens " << (report.tokensEqual ? "equal" : "DIFFER")
                            << '\n';
                describe (session.out, "forced", report.forced);
                describe (session.out, "free", report.free);
            }
            return exitOk;
        };
    });
}
} // namespace tableread::engine
