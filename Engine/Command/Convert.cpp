// SPDX-License-Identifier: Apache-2.0
#include "Render/Convert.h"

#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Command/ModelOptions.h"
#include "Command/Subcommands.h"
#include "Core/ByteSize.h"
#include "Core/Error.h"
#include "Core/Process/Interrupt.h"
#include "Offload/Config.h"

namespace tableread::engine
{
namespace
{
struct ConvertOptions
{
    std::filesystem::path model, out;
    std::string weights, shardSize = "4GB";
};

double gigabytes (std::int64_t bytes)
{
    return static_cast<double> (bytes) / 1e9;
}

/** One line that is redrawn, only on a terminal; cleared at the end. */
class PercentLine
{
public:
    PercentLine (std::ostream& stream, bool terminal) : out (stream), isTerminal (terminal) {}

    ~PercentLine() { clear(); }

    void clear()
    {
        if (shown >= 0)
            out << "\r\x1b[K" << std::flush;
        shown = -1;
    }

    void show (std::int64_t done, std::int64_t total)
    {
        const auto percent =
            static_cast<int> (total > 0 ? 100.0 * gigabytes (done) / gigabytes (total) : 100.0);
        if (! isTerminal || percent == shown)
            return;
        shown = percent;
        out << fmt::format ("\rconvert {:3} %  {:.2f} of {:.2f} GB", percent, gigabytes (done),
                            gigabytes (total))
            << std::flush;
    }

private:
    std::ostream& out;
    bool isTerminal;
    int shown = -1;
};

std::string describe (const ConvertReport& report, const ConvertOptions& options)
{
    auto text = fmt::format ("{}: {} matrices in {}", options.out.string(), report.matrices + report.kept,
                             options.weights);
    if (report.kept > 0)
        text += fmt::format (" ({} of them were already)", report.kept);
    text += fmt::format (", {:.2f} GB of weights instead of {:.2f}.\n", gigabytes (report.bytesAfter),
                         gigabytes (report.bytesBefore));
    if (! report.notCopied.empty())
        text += fmt::format ("Not copied, since too large to belong to a checkpoint: {}.\n",
                             fmt::join (report.notCopied, ", "));
    return text +
           fmt::format ("Use it with --model {} --weights {}.\n", options.out.string(), options.weights);
}

int convert (const ConvertOptions& options, Session& session)
{
    const Interrupt interrupt;
    ConvertRequest request { orThrow (findModel (ModelSearch::current (options.model, session.executable),
                                                 notesTo (session))),
                             options.out, weightsFormat (options.weights), *parseBytes (options.shardSize) };
    PercentLine line (session.err, session.terminalColumns > 0);
    request.onProgress = [&] (std::int64_t done, std::int64_t total) {
        line.show (done, total);
        if (interrupt.came())
            fail (ErrorCode::Cancelled, "stopped; nothing of " + options.out.string() + " is left.");
    };
    try
    {
        const auto report = session.convert (request);
        line.clear();
        session.out << describe (report, options);
        return exitOk;
    }
    catch (const Exception& exception)
    {
        if (exception.error.code != ErrorCode::Cancelled)
            throw;
        line.clear();
        session.err << "tableread-engine: " << exception.what() << '\n';
        return interrupt.exitCode();
    }
}
} // namespace

void addConvert (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<ConvertOptions>();
    auto* command =
        app.add_subcommand ("convert", "Write a checkpoint with the language model's matrices in 8 bits");
    command->add_option ("MODEL", options->model, "Folder of a checkpoint")->required();
    command->add_option ("OUT", options->out, "Folder to create")->required();
    command->add_option ("--weights", options->weights, "fp8 (e4m3) or int8, with a scale for each output")
        ->check (CLI::IsMember ({ "fp8", "int8" }))
        ->required();
    command->add_option ("--shard-size", options->shardSize, "Largest size of a safetensors file")
        ->check ([] (const std::string& text) {
            const auto bytes = parseBytes (text);
            return bytes && *bytes >= 1'000'000
                       ? std::string()
                       : '"' + text + "\" is not a size of 1MB or more. Write 4GB or 500MB";
        })
        ->type_name ("SIZE")
        ->capture_default_str();
    command->footer (R"(
Examples:
  tableread-engine convert ~/models/VibeVoice-7B ~/models/VibeVoice-7B-fp8 --weights fp8
  tableread-engine render --model ~/models/VibeVoice-7B-fp8 --weights fp8 script.txt --voice "Anna=anna.wav" -o out.wav

Only the matrices of the decoder layers change; diffusion head, connectors, norms, codec and embeddings stay as they are.
The file saves half of the layers' space and the time of converting; the speech is that of the original with the same
--weights, bit for bit. fp8 is storage only: a GPU without fp8 arithmetic, and a CPU, use it too.)");
    command->callback ([options, &session] {
        session.needsTorch = true;
        session.action = [options, &session] { return convert (*options, session); };
    });
}
} // namespace tableread::engine
