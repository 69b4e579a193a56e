// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/OutputChecks.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "Audio/OutputFile.h"
#include "Command/Render/Progress.h"
#include "Command/Render/SpeechOutput.h"
#include "Core/SameFile.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t mostNamed = 3; // files in a sentence

void refusePipe (const std::filesystem::path& file)
{
    struct stat status
    {
    };
    const bool isPipe =
        ::stat (file.c_str(), &status) == 0 &&
        (S_ISFIFO (status.st_mode) || S_ISSOCK (status.st_mode)); // NOLINT: the system's macros
    if (file == "-" || isPipe)
        fail (ErrorCode::InvalidInput,
              "is a pipe, and the header of a sound file is completed at its end. Use --stdout for raw "
              "samples.",
              file.string());
}

void addFiles (std::vector<InputFile>& inputs, const std::filesystem::path& folder, const std::string& name)
{
    std::error_code failed;
    for (std::filesystem::directory_iterator entry (folder, failed), end; ! failed && entry != end;
         entry.increment (failed))
        inputs.push_back ({ entry->path(), name });
}

/** What a model's folder has besides files of the user's. */
bool isOfModel (const std::filesystem::path& file)
{
    return file.extension() == ".safetensors" || file.extension() == ".json" || file.extension() == ".txt";
}

bool areDigits (std::string_view text)
{
    return ! text.empty() && text.find_first_not_of ("0123456789") == text.npos;
}

/** Whether a file has the name of a stem: 001_Anna.wav. */
bool isStem (std::string_view name)
{
    const auto number = name.substr (0, name.find ('_'));
    return number.size() >= 3 && number.size() < name.size() && areDigits (number) && name.ends_with (".wav");
}

/** The name of the stem that a file like 001_Anna.wav.4711.part becomes; empty if it is none. */
std::string_view stemOfPart (std::string_view name)
{
    constexpr std::string_view ending = ".part";
    if (! name.ends_with (ending))
        return {};
    name.remove_suffix (ending.size());
    const auto dot = name.rfind ('.');
    if (dot == name.npos || ! areDigits (name.substr (dot + 1)) || ! isStem (name.substr (0, dot)))
        return {};
    return name.substr (0, dot);
}

/** The existing folder that a file will be in. */
std::filesystem::path folderOf (std::filesystem::path file)
{
    std::error_code ignored;
    file = std::filesystem::weakly_canonical (std::filesystem::absolute (file, ignored), ignored);
    while (file.has_parent_path() && file != file.parent_path() &&
           ! std::filesystem::is_directory (file, ignored))
        file = file.parent_path();
    return file;
}

void refuseSmallDisk (const std::filesystem::path& place, double bytes)
{
    struct statvfs disk
    {
    };
    std::error_code ignored;
    const auto status = std::filesystem::status (place, ignored);
    const bool isDevice = std::filesystem::exists (status) && ! std::filesystem::is_regular_file (status) &&
                          ! std::filesystem::is_directory (status);
    if (isDevice || ::statvfs (folderOf (place).c_str(), &disk) != 0)
        return;
    const double free = static_cast<double> (disk.f_bavail) * static_cast<double> (disk.f_frsize);
    if (free < bytes)
        fail (
            ErrorCode::OutOfMemory,
            fmt::format ("about {:.0f} MB are needed, {:.0f} MB are free. Make room or choose another place.",
                         bytes / 1e6, free / 1e6),
            place.string());
}

double bytesPerSecond (const AudioFormat& format)
{
    constexpr double lossy = 16'000, flacOfWav = 0.6;
    const double wav =
        static_cast<double> (modelSampleRateHz) * (format.samples == SampleType::Int16 ? 2 : 4);
    switch (format.container)
    {
        case Container::Wav:
            return wav;
        case Container::Flac:
            return wav * flacOfWav;
        default:
            return lossy;
    }
}

/** "a.wav, b.wav, c.wav and 4 more" */
std::string listed (const std::vector<std::string>& names)
{
    const std::vector<std::string> first (
        names.begin(), names.begin() + static_cast<std::ptrdiff_t> (std::min (mostNamed, names.size())));
    return fmt::format ("{}{}", fmt::join (first, ", "),
                        names.size() > mostNamed ? fmt::format (" and {} more", names.size() - mostNamed)
                                                 : "");
}
} // namespace

SampleType sampleTypeOf (const RenderOptions& options)
{
    return options.format == "f32" ? SampleType::Float32 : SampleType::Int16;
}

bool hasOutput (const RenderOptions& options)
{
    return ! options.out.empty() || options.raw || ! options.stems.empty();
}

void checkOutputs (const RenderOptions& options, const Session& session)
{
    if (! hasOutput (options))
        fail (ErrorCode::InvalidInput, "there is no output. Give -o FILE, --stems DIR or --stdout.");
    if (options.json && options.raw)
        fail (ErrorCode::InvalidInput,
              "--json and --stdout both write to standard output. Choose one of them.");
    if (options.raw && ! session.hasStandardOutput)
        fail (ErrorCode::InvalidInput, "--stdout needs a standard output, and it is closed. Give -o FILE.");
    if (options.out.empty())
        return;
    refusePipe (options.out);
    orThrow (formatOf (options.out, sampleTypeOf (options)));
}

std::vector<InputFile> inputsOf (const std::filesystem::path& script, std::span<const CastMember> voices,
                                 const LoadOptions& load)
{
    std::vector<InputFile> inputs;
    addFiles (inputs, load.model, "a file of the model");
    addFiles (inputs, load.tokenizer, "a file of the tokenizer");
    std::erase_if (inputs, [] (const InputFile& input) { return ! isOfModel (input.path); });
    addFiles (inputs, load.model / "voices", "a file of the model");
    inputs.push_back ({ script, "the script" });
    for (const auto& [speaker, voice] : voices)
        if (! voice.path.empty())
            inputs.push_back ({ voice.path, "the voice of " + speaker });
    return inputs;
}

void refuseInputs (const std::filesystem::path& output, std::span<const InputFile> inputs)
{
    for (const auto& input : inputs)
        if (isSameFile (output, input.path))
            fail (ErrorCode::InvalidInput,
                  "is also " + input.name + ", which would be overwritten. Choose another output.",
                  output.string());
}

double secondsOf (const Reading& reading)
{
    double seconds = static_cast<double> (reading.pauseAfter.value) / modelSampleRateHz;
    for (const auto& passage : reading.passages)
        seconds += static_cast<double> (passage.letters()) / usualLettersPerSecond +
                   static_cast<double> (passage.pauseBefore.value) / modelSampleRateHz;
    return seconds;
}

void refuseSmallDisk (const RenderOptions& options, double seconds)
{
    const auto samples = sampleTypeOf (options);
    if (! options.out.empty())
        refuseSmallDisk (options.out, seconds * bytesPerSecond (orThrow (formatOf (options.out, samples))));
    if (! options.stems.empty())
        refuseSmallDisk (options.stems, seconds * bytesPerSecond ({ Container::Wav, samples }));
}

std::vector<std::string> notesOnOldFiles (const std::filesystem::path& file,
                                          const std::filesystem::path& folder,
                                          std::span<const std::string> stems)
{
    std::vector<std::string> notes;
    const auto add = [&notes] (const std::filesystem::path& output) {
        for (auto& sentence : notesOnLeftBehind (output))
            notes.push_back (std::move (sentence));
    };
    if (! file.empty())
        add (file);
    std::set<std::string> ours, begun;
    for (const auto& name : stems)
        ours.insert (name + ".wav");
    std::vector<std::string> others;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry (folder, failed), end; ! failed && entry != end;
         entry.increment (failed))
    {
        const auto name = entry->path().filename().string();
        if (const auto stem = stemOfPart (name); ! stem.empty())
            begun.insert (folder / stem);
        else if (isStem (name) && ! ours.contains (name))
            others.push_back (name);
    }
    for (const auto& stem : begun)
        add (stem);
    std::sort (others.begin(), others.end());
    if (! others.empty())
        notes.push_back (
            fmt::format ("{} has stems that are not of this script: {}.", folder.string(), listed (others)));
    return notes;
}
} // namespace tableread::engine
