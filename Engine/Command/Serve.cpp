// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <malloc.h>
#include <memory>
#include <optional>
#include <ostream>
#include <pthread.h>
#include <sstream>
#include <sys/resource.h>
#include <thread>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "Command/ModelOptions.h"
#include "Command/NumberOptions.h"
#include "Command/OffloadOptions.h"
#include "Command/Script/ScriptOptions.h"
#include "Command/Serve/Listening.h"
#include "Command/Serve/LogOptions.h"
#include "Command/Serve/Models.h"
#include "Command/Serve/Rendering.h"
#include "Command/SettingsOptions.h"
#include "Command/Subcommands.h"
#include "Core/ByteSize.h"
#include "Core/Process/StopSignal.h"
#include "Logging/Event.h"
#include "Server/Http/Insist.h"
#include "Server/SpeechServer.h"
#include "Server/Voices/Store.h"

namespace tableread::engine
{
namespace
{
constexpr std::chrono::seconds readingLimit { 10 }; // for one recording: somebody waits for it

struct ServeOptions
{
    std::vector<std::string> models;
    bool embedded = false;
    ModelOptions model;
    OffloadOptions offload { OffloadOptions::Passages::Auto };
    ListeningOptions listening;
    std::vector<std::filesystem::path> voiceFolders;
    std::filesystem::path voiceStore;      // empty: the default one
    std::vector<std::string> voiceAliases; // NAME=VOICE
    bool noOpenAiVoices = false;
    std::string typography = "auto";
    double idleExitSeconds = 0;
    int cachedVoices = 16;
    std::string recordings = "256MiB";
    LogOptions log;
    SettingsOptions settingsFile { SettingsOptions::Models::All };
};

/** Blocks the signals that ask a process to end, at once or (SIGUSR1) when nobody uses it, for a thread that waits for
    them. To be created before any other thread, because threads inherit the mask. */
class EndSignals
{
public:
    EndSignals()
    {
        sigemptyset (&signals);
        for (const int signal : { SIGINT, SIGTERM, SIGHUP, SIGUSR1 })
            sigaddset (&signals, signal);
        pthread_sigmask (SIG_BLOCK, &signals, &before);
    }
    ~EndSignals() { pthread_sigmask (SIG_SETMASK, &before, nullptr); }

    const sigset_t& set() const { return signals; }

private:
    sigset_t signals {}, before {};
};

/** Calls `stop` when one of the signals arrives, or at the latest when it is destroyed; `retire` for each SIGUSR1. */
class SignalThread
{
public:
    SignalThread (const EndSignals& signals, std::function<void()> stop, std::function<void()> retire)
        : thread ([set = signals.set(), stop = std::move (stop), retire = std::move (retire)] {
            int signal = 0;
            while (sigwait (&set, &signal) == 0 && signal == SIGUSR1)
                insist (retire);
            insist (stop);
        })
    {}
    ~SignalThread()
    {
        // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): blocked in every thread, it only ends sigwait
        pthread_kill (thread.native_handle(), SIGTERM);
        thread.join();
    }

private:
    std::thread thread;
};

/** As many as the system allows without asking an administrator: each client takes one. */
void allowManyDescriptors()
{
    rlimit limit {};
    if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit); // otherwise fewer clients fit, and the idle ones make room
}

/** All threads take their memory from one place. Otherwise each worker keeps the largest body that it has ever had, since
    malloc_trim() gives back only what lies in the middle of the places of other threads. */
void keepMemoryTogether()
{
    mallopt (M_ARENA_MAX, 1);
}

/** Writes a log entry for each line. */
void logLines (const std::string& text)
{
    std::istringstream lines (text);
    for (std::string line; std::getline (lines, line);)
        spdlog::info ("{}", line);
}

void logLoaded (const RenderWorker& worker, std::size_t models, const OffloadOptions& offload)
{
    for (std::size_t i = 0; i < models; ++i)
    {
        const auto info = worker.status (i).info.value();
        spdlog::info ("{} is loaded on {}, {}", info.name, info.device, info.fingerprint);
        for (const auto& note : info.notes)
            spdlog::warn ("{}", note);
        logLines (offload.effective (info));
    }
    const int seats = worker.load().seats;
    spdlog::info ("speaks {} {} at once", seats, seats == 1 ? "passage" : "passages");
}

/** A sentence on a voice; what somebody called it, and its file, are as they may be logged. */
void logNote (const std::string& note, const VoiceReference& voice)
{
    spdlog::warn ("{}", asLogged (note, { voice.path.string(), voice.path.filename().string(),
                                          '"' + voice.name + '"' }));
}

/** What safe mode serves: whatever else was asked for may be why no engine starts. */
std::vector<ModelToServe> embeddedModel (const Session& session)
{
    auto search = ModelSearch::current ({}, session.executable);
    search.environment.clear();
    ModelRequest embedded;
    embedded.folder = orThrow (findModel (search));
    embedded.device = "cpu";
    return modelsToServe (std::vector { embedded }, {}, OffloadOptions { OffloadOptions::Passages::Auto },
                          session);
}

VoiceAliases aliasesOf (const ServeOptions& options)
{
    VoiceAliases aliases { .openAiNames = ! options.noOpenAiVoices };
    for (const auto& option : options.voiceAliases)
    {
        const auto equals = option.find ('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == option.size())
            fail (ErrorCode::InvalidInput, "--voice-alias expects NAME=VOICE, got \"" + option + "\"");
        aliases.own[option.substr (0, equals)] = option.substr (equals + 1);
    }
    return aliases;
}

/** Where uploaded voices are kept. @throws Exception if a folder was named that cannot be used. */
std::filesystem::path voiceStoreOf (const ServeOptions& options)
{
    if (options.voiceStore.empty())
        return VoiceStore::defaultFolder();
    const auto named = std::filesystem::absolute (options.voiceStore);
    std::error_code failed;
    const auto withoutLinks = std::filesystem::weakly_canonical (named, failed);
    const auto& folder = failed ? named : withoutLinks; // then the next step says what is wrong
    orThrow (VoiceStore (folder).makeFolder());
    return folder;
}

std::vector<ModelRequest> requestsOf (const ServeOptions& options)
{
    std::vector<ModelRequest> requests;
    requests.reserve (options.models.size() + options.settingsFile.models().size());
    for (const auto& text : options.models)
        requests.push_back (parseModelRequest (text));
    for (const auto& model : options.settingsFile.models()) // none if there are options
        requests.push_back ({ model.name, model.path, model.device, model.dtype, model.weights });
    return requests;
}

int serve (const ServeOptions& options, Session& session)
{
    const EndSignals signals;
    allowManyDescriptors();
    keepMemoryTogether();
    const auto logging = options.log.begin (session);
    if (const auto& file = options.settingsFile.settings().file; ! file.empty())
        spdlog::info ("settings of {}", file.string());

    const auto voiceStore = voiceStoreOf (options);
    const auto wanted = options.embedded
                            ? embeddedModel (session)
                            : modelsToServe (requestsOf (options), options.model, options.offload, session);
    std::atomic<bool> isEnding { false };
    StopSignal ending; // raised on any thread, some of which outlive the server
    const auto voices = [&] (const std::filesystem::path& model) {
        ShelfOptions shelf;
        shelf.note = [] (const std::string& note, const VoiceReference& voice) { logNote (note, voice); };
        shelf.process = { .program = session.recordingReader, .timeLimit = readingLimit };
        shelf.process.isCancelled = [&isEnding] { return isEnding.load(); };
        if (! options.voiceFolders.empty())
            shelf.folders = options.voiceFolders;
        return shelfOf (model, std::move (shelf));
    };
    std::optional<Listening> listening (options.listening);

    // The socket answers at once, with "loading", so that the program that started the engine can wait for it.
    const Rendering::Hooks hooks { .voices = voices,
                                   .load = session.load,
                                   .cachedVoices = static_cast<std::size_t> (options.cachedVoices),
                                   .whenLoaded = [&] (const RenderWorker& worker, std::size_t models) {
                                       if (worker.status (0).info)
                                           logLoaded (worker, models, options.offload);
                                       else
                                           insist ([&] { ending.raise(); }); // the reason is thrown below
                                   } };
    Rendering rendering (wanted, hooks);
    SpeechServer::Options serverOptions;
    serverOptions.http.idleExit = std::chrono::milliseconds (std::llround (options.idleExitSeconds * 1000.0));
    serverOptions.aliases = aliasesOf (options);
    for (const auto& model : wanted)
        serverOptions.weightBytes.push_back (weightBytes (model.load.model));
    serverOptions.readsPathsOverTcp = ! options.voiceFolders.empty();
    serverOptions.voiceStore = voiceStore;
    serverOptions.voicesBytes = static_cast<std::size_t> (parseBytes (options.recordings).value_or (0));
    serverOptions.typography = typographyOf (options.typography, wanted.front().load);
    SpeechServer server (rendering.models(), serverOptions);
    const StopSignal::Action stopServer (ending, [&server, &isEnding] {
        isEnding = true;
        server.stop();
    });
    rendering.begin();
    const SignalThread signalThread (
        signals, [&ending] { ending.raise(); }, [&server] { server.retire(); });
    listening->log();
    auto listeners = listening->listeners();
    listening->watchFor (server);

    const auto end = server.serve (std::move (listeners));
    if (! rendering.isLoaded())
    {
        spdlog::info ("stopped while the model was loading");
        listening.reset();
        logging->close();
        std::_Exit (exitOk); // a loader cannot be interrupted, and it leaves nothing to clean up
    }
    if (end == HttpServer::End::Failed)
        fail (ErrorCode::Io, "the system refuses new connections. Start the engine again.");
    spdlog::info (end == HttpServer::End::Idle ? "no client for a while: exiting" : "stopped");
    return exitOk;
}

void addOptions (CLI::App* command, const std::shared_ptr<ServeOptions>& options)
{
    command
        ->add_option ("--model", options->models,
                      "A model to serve, as for render; its name is that of its folder. May be repeated: a "
                      "request's \"model\" chooses, the first one is the default")
        ->allow_extra_args (false)
        ->type_name ("[NAME=]DIR[@DEVICE]");
    command->add_flag ("--embedded", options->embedded,
                       "Serve the embedded model on the CPU and read no settings: the plugin's safe mode");
    options->model.addSettingsTo (*command);
    options->offload.addTo (*command);
    options->listening.addTo (*command);
    command
        ->add_option ("--voice-folder", options->voiceFolders,
                      "Where recordings may lie that requests name by their path; may be repeated [anywhere; "
                      "over TCP: nowhere]")
        ->check (CLI::ExistingDirectory)
        ->type_name ("FOLDER");
    command
        ->add_option (
            "--voice-store", options->voiceStore,
            "Where uploaded voices are kept, in a folder of mode 0700 [tableread/voices in XDG_DATA_HOME "
            "or ~/.local/share]")
        ->type_name ("FOLDER");
    command
        ->add_option ("--voice-alias", options->voiceAliases,
                      "What a voice's name in a request means; may be repeated")
        ->allow_extra_args (false)
        ->type_name ("NAME=VOICE");
    command->add_flag ("--no-openai-voices", options->noOpenAiVoices,
                       "Do not take OpenAI's voice names (alloy, ash, ...) for the model's voices in turn");
    command
        ->add_option ("--idle-exit", options->idleExitSeconds,
                      "Exit after this many seconds without a client; 0: never")
        ->check (numberBetween (0, 1e6))
        ->capture_default_str();
    addTypographyOption (*command, options->typography);
    command
        ->add_option ("--cached-voices", options->cachedVoices,
                      "How many encoded voices each model keeps for later requests")
        ->check (CLI::Range (1, 10'000))
        ->capture_default_str();
    command
        ->add_option ("--recordings-memory", options->recordings,
                      "Most memory for the recordings that requests have as voices; beyond it they get 503")
        ->check (bytesBetween (1e6, 1e12))
        ->type_name ("SIZE")
        ->capture_default_str();
    options->log.addTo (*command);
    options->settingsFile.addTo (*command);
}
} // namespace

void addSettings (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<ServeOptions>();
    auto* command = app.add_subcommand ("settings", "Show the settings of serve, and where each comes from");
    addOptions (command, options);
    command->footer (R"(
Examples:
  tableread-engine settings
  tableread-engine settings --settings studio.toml

Takes the options of serve, and shows what it would do with them. Assets/docs/settings.md describes the file.)");
    command->callback ([options, &session] {
        session.action = [options, &session] {
            session.out << options->settingsFile.describe();
            return exitOk;
        };
    });
}

void addServe (CLI::App& app, Session& session)
{
    const auto options = std::make_shared<ServeOptions>();
    auto* command = app.add_subcommand (
        "serve", "Answer plugins and other speech clients on a Unix socket, and on TCP if asked");
    addOptions (command, options);
    command->footer (R"(
Examples:
  tableread-engine serve
  tableread-engine serve --model ~/models/VibeVoice-1.5B --dtype bf16 --idle-exit 600
  tableread-engine serve --listen 127.0.0.1:8080
  curl --unix-socket "$XDG_RUNTIME_DIR/tableread/engine.sock" http://engine/health

Speaks OpenAI's speech API. Ctrl-C or SIGTERM ends it and removes the socket, SIGUSR1 does when nobody uses it. If an
engine already runs there, the exit code is 3. A socket that systemd passes (LISTEN_FDS) is used in place of --socket.)");
    command->callback ([options, &session] {
        session.needsTorch = true;
        session.action = [options, &session] { return serve (*options, session); };
    });
}
} // namespace tableread::engine
