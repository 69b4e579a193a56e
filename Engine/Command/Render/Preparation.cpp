// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/Preparation.h"

#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "Command/Render/OutputChecks.h"
#include "Command/Render/PassageFit.h"
#include "Command/Render/SpeechOutput.h"
#include "Command/Script/Check.h"
#include "Core/Process/Interrupt.h"
#include "Import/Import.h"
#include "Passage/Cast.h"
#include "Timeline/Layout.h"

namespace tableread::engine
{
namespace
{
Script scriptOf (const std::filesystem::path& file, const ImportOptions& how)
{
    return orThrow (file == "-" ? readScript (std::cin, how) : readScript (file, how));
}

/** The recording of a speaker's voice: the model's voice, else a file; its reader reports if it does not exist. */
VoiceReference recordingOf (const CastMember& member, const VoiceShelf& shelf)
{
    const auto& voice = member.voice;
    const auto file = voice.path.empty() ? shelf.find (voice.name) : voice.path;
    return { member.speaker, file.empty() ? std::filesystem::path (voice.name) : file };
}

/** Puts the silence that the timeline has between passages into their pauses. @returns how much it is in all. */
ModelSamples addGaps (Reading& reading, const std::string& option)
{
    const auto gaps = option.empty() ? Gaps() : orThrow (readGaps (option));
    ModelSamples added;
    std::optional<LayoutItem> previous;
    for (auto& passage : reading.passages)
    {
        const auto speakerOf = [&passage] (const SpokenLine& line) {
            return passage.speakers[static_cast<std::size_t> (line.speaker)];
        };
        const LayoutItem item { .pauseBefore = passage.pauseBefore,
                                .firstSpeaker = speakerOf (passage.lines.front()),
                                .lastSpeaker = speakerOf (passage.lines.back()),
                                .scene = passage.scene };
        passage.pauseBefore = silenceBefore (previous ? &*previous : nullptr, item, gaps);
        added += passage.pauseBefore - item.pauseBefore;
        previous = item;
    }
    return added;
}

/** The steps that prepare() and checkScript() share. */
class Preparer
{
public:
    Preparer (const RenderOptions& wanted, Session& given, PreparationEvents wantedEvents)
        : options (wanted)
        , session (given)
        , events (std::move (wantedEvents))
    {}

    Preparation prepare()
    {
        checkOutputs (options, session);
        findModel();
        const auto inputs = inputsOf (options.script, chosen, made.load);
        refuseInputs (options.out, inputs);

        const auto script = scriptOf (options.script, options.reading.resolve (chosen, made.load));
        const PassageFit fit (made.load.model, made.load.tokenizer);
        fit.checkSteps (options.settings.steps);
        noteAll (giveVoices (script));
        const auto cut = divide (script, fit);
        noteAll (made.reading.notes);
        if (! cut.empty())
            events.note (cut);
        nameStems();
        for (const auto& name : made.stems)
            refuseInputs (stemFile (options.stems, name), inputs);
        refuseSmallDisk (options, secondsOf (made.reading));
        return std::move (made);
    }

    int check()
    {
        findModel();
        const auto how = options.reading.resolve (chosen, made.load);
        ScriptCheck result { .file = options.script.string(),
                             .model = made.load.model.string(),
                             .typography = how.rules.typography,
                             .script = scriptOf (options.script, how) };
        auto reading = makeReading (result.script, mode());
        result.gapSeconds = static_cast<double> (addGaps (reading, options.gaps).value) /
                            static_cast<double> (modelSampleRateHz);
        result.cast (chosen, shelfWith (result.notes));
        checkRest (result);
        session.out << (options.json
                            ? toJson (result).dump (2, ' ', false, nlohmann::json::error_handler_t::replace) +
                                  '\n'
                            : toText (result));
        return result.exitCode();
    }

private:
    void noteAll (const std::vector<std::string>& sentences) const
    {
        for (const auto& sentence : sentences)
            events.note (sentence);
    }

    void findModel()
    {
        made.load = options.model.resolve (session);
        options.offload.applyTo (made.load);
        chosen = orThrow (readVoiceOptions (options.voices));
    }

    /** What prepare() would refuse, behind the script and the cast. */
    void checkRest (ScriptCheck& result)
    {
        const auto collect = [&result] (const auto& step) {
            try
            {
                step();
            }
            catch (const Exception& exception)
            {
                result.refusals.emplace_back (exception.what());
            }
        };
        if (hasOutput (options))
            collect ([&] { checkOutputs (options, session); });
        collect ([&] { refuseInputs (options.out, inputsOf (options.script, chosen, made.load)); });
        const PassageFit fit (made.load.model, made.load.tokenizer);
        collect ([&] { fit.checkSteps (options.settings.steps); });
        if (! result.refusals.empty())
            return; // the voices may be missing
        collect ([&] {
            giveVoices (result.script);
            if (auto cut = divide (result.script, fit); ! cut.empty())
                result.notes.push_back (std::move (cut));
            refuseSmallDisk (options, secondsOf (made.reading));
        });
    }

    /** The script's passages, with voices that fit them. @returns a sentence if voices were cut. */
    std::string divide (const Script& script, const PassageFit& fit)
    {
        if (options.voiceSeconds > 0)
            cutVoices (made.voices, options.voiceSeconds);
        made.reading = makeReading (script, mode(), fit.limit (made.voices));
        addGaps (made.reading, options.gaps);
        return fit.fitVoices (made.reading, made.voices);
    }

    PassageMode mode() const { return options.passage == "scene" ? PassageMode::Scene : PassageMode::Line; }

    void nameStems()
    {
        if (options.stems.empty())
            return;
        const auto& reading = made.reading;
        for (const auto& passage : reading.passages)
        {
            std::vector<std::string> speakers;
            for (const int index : passage.speakers)
                speakers.push_back (reading.speakers[static_cast<std::size_t> (index)]);
            made.stems.push_back (stemName (made.stems.size() + 1, reading.passages.size(), speakers));
        }
    }

    /** Reads recordings in a process of their own, and adds sentences on them to `notes`. */
    VoiceShelf shelfWith (std::vector<std::string>& notes) const
    {
        return shelfOf (
            made.load.model,
            { .note = [&notes] (const std::string& sentence,
                                const VoiceReference&) { notes.push_back (sentence); },
              .process = { .program = session.recordingReader, .isCancelled = events.isCancelled } });
    }

    /** Reads the speakers' voices. @returns sentences on them. */
    std::vector<std::string> giveVoices (const Script& script)
    {
        std::vector<std::string> speakers, notes;
        for (const auto& speaker : script.speakers)
            speakers.push_back (speaker.name);
        const auto shelf = shelfWith (notes);
        const auto names = shelf.names();
        const auto cast = orThrow (castAsAsked ({ speakers, chosen, names }));
        notes.insert (notes.end(), cast.notes.begin(), cast.notes.end());
        for (const auto& member : cast.members)
            made.voices.push_back (orThrow (shelf.fetch (recordingOf (member, shelf))));
        return notes;
    }

    const RenderOptions& options;
    Session& session;
    PreparationEvents events;
    std::vector<CastMember> chosen; // by --voice
    Preparation made;
};
} // namespace

Preparation prepare (const RenderOptions& options, Session& session, const PreparationEvents& events)
{
    return Preparer (options, session, events).prepare();
}

int checkScript (const RenderOptions& options, Session& session)
{
    Interrupt interrupt ([&] { session.exitNow (interrupt.exitCode()); });
    const PreparationEvents events { .note = {}, .isCancelled = [&] { return interrupt.came(); } };
    const int exitCode = Preparer (options, session, events).check();
    return interrupt.came() ? interrupt.exitCode() : exitCode;
}
} // namespace tableread::engine
