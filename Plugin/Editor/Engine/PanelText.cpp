// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Engine/PanelText.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <utility>

#include <unistd.h>

#include "Editor/Engine/Words.h"

namespace tableread::plugin
{
namespace
{
using Operation = EngineOperation::Kind;
using EngineState = EngineView::State;

constexpr const char* unknown = "\u2013";
constexpr const char* below = "\n";
constexpr const char* dot = "  \u00b7  ";
constexpr std::int64_t littleMemory = std::int64_t { 256 } << 20; // what a plan keeps free for the unforeseen

/** With a capital, unless it begins with our program's name. */
std::string sentence (std::string text)
{
    if (text.empty() || text.starts_with ("tableread-engine"))
        return text.ends_with ('.') || text.empty() ? text : text + '.';
    text[0] = text[0] >= 'a' && text[0] <= 'z' ? static_cast<char> (text[0] - 'a' + 'A') : text[0];
    return text.ends_with ('.') || text.ends_with ('?') ? text : text + '.';
}

std::string secondsSince (EngineView::Clock::time_point then, const EngineFacts& facts)
{
    return std::to_string (std::chrono::duration_cast<std::chrono::seconds> (facts.now - then).count()) +
           " s";
}

/** What the engine advises in the names of requests' fields. */
std::string inPanelWords (std::string text)
{
    if (text.starts_with ("On a CPU all layers are resident"))
        return "The CPU computes, so all of the model is in this machine's memory, and what is set of layers "
               "has no effect.";
    for (const auto& [field, words] :
         { std::pair { "Lower gpu_layers to", "Lower the number of layers on the GPU to" },
           std::pair { "use weights int8", "use 8-bit weights" },
           std::pair { "Use weights int8", "Use 8-bit weights" },
           std::pair { "lower prefetch", "prefetch fewer layers" },
           std::pair { "use --device cpu", "let the CPU compute" } })
        if (const auto at = text.find (field); at != std::string::npos)
            text.replace (at, std::strlen (field), words);
    return text;
}

bool isThere (const EngineView& view)
{
    return view.state == EngineState::Ready || view.state == EngineState::Loading;
}

const protocol::Model* firstModel (const EngineView& view)
{
    return isThere (view) && ! view.models.empty() ? &view.models.front() : nullptr;
}

double speechMs (const EngineView& view)
{
    return 1000.0 * static_cast<double> (view.health.frameSamples) /
           static_cast<double> (view.health.sampleRateHz);
}

/** How far a loading is that somebody has asked for. */
std::string loadingText (const EngineView& view, EngineView::Clock::time_point begun,
                         const EngineFacts& facts)
{
    StartProgress progress { .step = StartProgress::Step::Loading };
    progress.elapsed = std::chrono::duration_cast<std::chrono::milliseconds> (facts.now - begun);
    progress.model = view.health.models.empty() ? view.health.model : view.health.models.front();
    progress.bytes = view.health.loadingBytes;
    progress.fraction = view.health.loading;
    return startingText (progress);
}

std::string runningText (const EngineView::Running& running, const EngineFacts& facts)
{
    switch (running.what.kind)
    {
        case Operation::Start:
        case Operation::StartEmbedded:
            return startingText (running.start);
        case Operation::Restart:
            if (running.start.step != StartProgress::Step::Looking)
                return startingText (running.start);
            return "Waiting until the engine has spoken what it was asked for, to start it anew\u2026  " +
                   secondsSince (running.begun, facts);
        case Operation::Stop:
            return "Ending the engine\u2026";
        case Operation::Plan:
            return "Planning\u2026";
        case Operation::Unload:
            return "Unloading the model\u2026";
        case Operation::Load:
            break;
    }
    if (facts.view.state != EngineState::Loading)
        return "Waiting until the engine has spoken what it was asked for, to load the model\u2026  " +
               secondsSince (running.begun, facts);
    return loadingText (facts.view, running.begun, facts);
}

/** Why no engine can be started, and what to do. */
std::string whyNone (const Error& problem)
{
    if (problem.code != ErrorCode::NotFound || ! problem.where.empty())
        return sentence (problem.text()); // of a program that somebody named, or of the settings file
    return "The program tableread-engine is not installed. Install it, or choose where it is in the menu "
           "More, at "
           "the top right of the window.";
}

std::string stateText (const EngineFacts& facts)
{
    const auto& view = facts.view;
    switch (view.state)
    {
        case EngineState::Unknown:
            return "Looking for an engine\u2026";
        case EngineState::Absent:
            return view.problem
                       ? "No engine runs. " + whyNone (*view.problem)
                       : "No engine runs. One is started when something is to be rendered, or by Start.";
        case EngineState::Silent:
            return "The engine has not answered for " + secondsSince (view.since, facts) + ". " +
                   sentence (view.problem ? view.problem->message : std::string());
        case EngineState::Foreign:
            return "The engine that runs speaks protocol " + std::to_string (view.health.protocol) +
                   ", this plugin " + std::to_string (protocol::version) +
                   ". Install the same version of both, then stop the engine.";
        case EngineState::Loading:
            return loadingText (view, view.since, facts);
        case EngineState::Ready:
            break;
    }
    if (const auto* model = firstModel (view))
    {
        if (model->state == "failed")
            return "The model could not be loaded: " + sentence (model->failure);
        if (model->state == "unloaded")
            return "The model is not in memory. Apply loads it.";
    }
    return view.health.speaking > 0 ? "Speaking." : "Ready.";
}

void describeState (const EngineFacts& facts, EnginePanelText& text)
{
    const auto& view = facts.view;
    const auto* model = firstModel (view);
    text.isThere = isThere (view);
    text.isBusy = view.running.has_value();
    text.isSafeMode = facts.safeMode && ! text.isThere;
    const bool isPlanning =
        view.running && view.running->what.kind == Operation::Plan; // which takes a moment
    if (view.running && ! isPlanning)
    {
        text.headline = runningText (*view.running, facts);
        text.tone = Tone::Busy;
        text.progress =
            view.state == EngineState::Loading && view.health.loading ? (double) *view.health.loading : -1.0;
        return;
    }
    text.headline = stateText (facts);
    if (text.isSafeMode)
        text.headline = "Safe mode: " + sentence (facts.safeMode->why) + " No engine is started unasked.";
    const bool isFailed = model != nullptr && model->state == "failed";
    const bool isMissing = view.state == EngineState::Absent && view.problem;
    if (view.state == EngineState::Silent || view.state == EngineState::Foreign || isFailed || isMissing ||
        text.isSafeMode)
        text.tone = Tone::Bad;
    if (view.state == EngineState::Loading)
    {
        text.tone = Tone::Busy;
        text.progress = view.health.loading ? (double) *view.health.loading : -1.0;
    }
}

std::string modelText (const protocol::Model& model, const EngineFacts& facts)
{
    auto text = model.id;
    if (model.parameters > 0)
        text += dot + weightsText (model.parameters);
    if (! model.dtype.empty())
        text += dot + model.dtype;
    if (! model.weights.empty() && model.weights != "as computed")
        text += ", layers in " + model.weights;
    return facts.isEmbeddedOnly ? text + dot + "safe mode" : text;
}

std::string deviceText (const protocol::Model& model)
{
    if (model.device.empty() || ! model.offload)
        return model.device.empty() ? unknown : model.device;
    const auto& offload = *model.offload;
    const auto all = std::to_string (offload.layers);
    return model.device + below +
           (offload.gpuLayers == offload.layers
                ? "all " + all + " layers there"
                : std::to_string (offload.gpuLayers) + " of " + all +
                      " layers stay there, the others are copied for each frame");
}

std::string memoryText (const EngineFigures& figures)
{
    std::string text;
    for (const auto& gpu : figures.gpus)
        text += (text.empty() ? "" : below) + sizeText (gpu.used + gpu.cached + gpu.context) + " of " +
                sizeText (gpu.total) + " on the GPU, " + sizeText (gpu.free) + " free";
    if (figures.residentBytes > 0)
        text += (text.empty() ? "" : below) + sizeText (figures.residentBytes) + " of this machine's memory";
    return text.empty() ? unknown : text;
}

void describeFigures (const EngineFacts& facts, EnginePanelText& text)
{
    const auto& view = facts.view;
    const auto& figures = view.figures;
    const auto* model = firstModel (view);
    const auto row = [&text] (const char* name, std::string value) {
        text.rows.push_back ({ name, value.empty() ? unknown : std::move (value) });
    };
    const bool isKnown = isThere (view);
    row ("Engine", isKnown ? "version " + view.health.engineVersion : std::string());
    row ("Model", model == nullptr ? std::string() : modelText (*model, facts));
    row ("Device", model == nullptr ? std::string() : deviceText (*model));
    row ("Memory", isKnown ? memoryText (figures) : std::string());
    row ("Queue", isKnown
                      ? std::to_string (view.health.speaking) + " of " + std::to_string (view.health.seats) +
                            " speaking" + dot + std::to_string (view.health.waiting) + " waiting"
                      : std::string());
    row ("A frame", isKnown && figures.frameMs ? decimal (*figures.frameMs, 0) + " ms for " +
                                                     decimal (speechMs (view), 0) + " ms of speech"
                                               : std::string());
    const auto factor =
        facts.progress.realTimeFactor ? facts.progress.realTimeFactor : figures.realTimeFactor;
    row ("Speed",
         isKnown && factor && *factor > 0 ? decimal (1.0 / *factor, 2) + "\u00d7 real time" : std::string());
    const auto first = facts.progress.firstAudio ? std::optional ((double) facts.progress.firstAudio->count())
                                                 : figures.firstAudioMs;
    row ("First audio", isKnown && first ? "after " + decimal (*first, 0) + " ms" : std::string());
}

void addWarnings (const EngineFacts& facts, EnginePanelText& text)
{
    const auto& view = facts.view;
    auto& warnings = text.warnings;
    if (view.ended && view.ended->failure && view.ended->failure->code != ErrorCode::Cancelled &&
        ! text.isBusy)
        warnings.push_back (sentence (view.ended->failure->text()));
    if (! facts.surroundings.modelOfEnvironment.empty())
        warnings.push_back ("TABLEREAD_MODEL is set to " + facts.surroundings.modelOfEnvironment +
                            ", and wins over the model that is chosen here.");
    const auto* model = firstModel (view);
    if (model == nullptr)
        return;
    if (view.health.engineVersion != ownVersion())
        warnings.push_back ("The engine is version " + view.health.engineVersion + ", this plugin " +
                            ownVersion() + ".");
    if (model->state == "loaded" && ! model->offload)
        warnings.push_back (facts.surroundings.hasGpuDriver ? "Rendering on the CPU, although there is a GPU."
                                                            : "No GPU driver found: rendering on the CPU.");
    for (const auto& note : model->notes)
        warnings.push_back (sentence (inPanelWords (note)));
    for (const auto& gpu : view.figures.gpus)
        if (gpu.free < littleMemory)
            warnings.push_back ("Only " + sizeText (gpu.free) + " are free on " + gpu.device +
                                ". Close other programs that use it, or keep fewer layers there.");
    if (view.figures.frameMs && *view.figures.frameMs > speechMs (view))
        warnings.push_back ("Speech is rendered more slowly than it is heard. " +
                            std::string (model->offload
                                             ? "More layers on the GPU, or layers in int8, make it faster."
                                             : "A GPU makes it faster; a bounce waits for it."));
}
} // namespace

namespace
{
/** JUCE opens files with it, and does not tell whether that worked. */
bool hasOpener()
{
    const char* path = std::getenv ("PATH");
    std::istringstream folders (path == nullptr ? "" : path);
    for (std::string folder; std::getline (folders, folder, ':');)
        if (::access ((std::filesystem::path (folder) / "xdg-open").c_str(), X_OK) == 0)
            return true;
    return false;
}
} // namespace

EngineSurroundings EngineSurroundings::current()
{
    std::error_code none;
    const char* model = std::getenv ("TABLEREAD_MODEL");
    return { std::filesystem::exists ("/proc/driver/nvidia/version", none), model == nullptr ? "" : model,
             hasOpener() };
}

EnginePanelText describeEngine (const EngineFacts& facts)
{
    EnginePanelText text;
    describeState (facts, text);
    describeFigures (facts, text);
    addWarnings (facts, text);
    return text;
}

PlanText describePlan (const EngineView::Ended& plan)
{
    if (plan.failure && plan.failure->code == ErrorCode::NotFound)
        return { "This engine is older and cannot plan. Apply shows what fits.", Tone::Calm, {} };
    if (plan.failure)
        return { sentence (inPanelWords (plan.failure->text())), Tone::Bad, {} };
    if (! plan.model)
        return {};
    const auto& model = *plan.model;
    PlanText text;
    for (const auto& note : model.notes)
        text.sentence += (text.sentence.empty() ? "" : " ") + sentence (inPanelWords (note));
    if (! model.offload || ! model.memory)
    {
        if (text.sentence.empty())
            text.sentence =
                "On the CPU there is nothing to plan: all of the model is in this machine's memory.";
        return text;
    }
    const auto& offload = *model.offload;
    const auto& memory = *model.memory;
    const auto left = memory.free - memory.sum;
    text.sentence = std::to_string (offload.gpuLayers) + " of " + std::to_string (offload.layers) +
                    " layers stay on the GPU, for up to " + std::to_string (offload.passages) +
                    (offload.passages == 1 ? " passage" : " passages") + " at once.";
    if (left < memory.reserve)
    {
        text.sentence += " Little memory is left: other programs that use the GPU may make it fail.";
        text.tone = Tone::Bad;
    }
    const auto row = [&text] (std::string name, std::int64_t bytes) {
        if (bytes > 0)
            text.rows.push_back ({ std::move (name), sizeText (bytes) });
    };
    row ("Layers that stay", memory.resident);
    row ("Room for the others", memory.slots);
    row ("Other weights", memory.otherWeights);
    row ("Keys and values", memory.caches);
    row ("Activations", memory.activations);
    row ("Voices", memory.voices);
    row ("Together", memory.sum);
    row ("Free on the GPU", memory.free);
    row ("Layers in this machine's memory", model.hostBytes);
    return text;
}
} // namespace tableread::plugin
