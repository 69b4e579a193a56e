// SPDX-License-Identifier: Apache-2.0
#include "Command/Render/SpeechOutput.h"

#include <algorithm>
#include <array>
#include <ostream>

#include <fmt/format.h>

#include "Server/Speech/WireAudio.h"

namespace tableread::engine
{
Result<std::unique_ptr<SpeechOutput>> SpeechOutput::open (const Options& options)
{
    std::unique_ptr<SpeechOutput> output (new SpeechOutput (options));
    if (! options.stems.empty())
        if (auto opened = output->openStems(); ! opened)
            return tl::make_unexpected (opened.error());
    if (! options.file.empty())
    {
        const auto format = formatOf (options.file, options.samples);
        if (! format)
            return tl::make_unexpected (format.error());
        auto writer = AudioWriter::create (options.file, *format, options.sampleRateHz);
        if (! writer)
            return tl::make_unexpected (writer.error());
        output->file = std::move (*writer);
    }
    return output;
}

Result<void> SpeechOutput::openStems()
{
    std::error_code failed;
    std::filesystem::create_directories (options.stems, failed);
    if (! std::filesystem::is_directory (options.stems))
        return tl::make_unexpected (Error { codeOfSystemError (failed.value()),
                                            "the folder for --stems cannot be made" +
                                                (failed ? ": " + failed.message() : std::string()) +
                                                ". Choose another one.",
                                            options.stems.string() });
    if (! stemsLock.take (options.stems))
        return tl::make_unexpected (
            Error { ErrorCode::Busy,
                    "another render writes its stems here. Wait for its end, or choose another folder.",
                    options.stems.string() });
    return {};
}

void SpeechOutput::silence (std::int64_t samples)
{
    constexpr std::array<float, 4096> zeros {};
    constexpr auto most = static_cast<std::int64_t> (zeros.size());
    for (; samples > 0; samples -= most)
        everywhere ({ zeros.data(), static_cast<std::size_t> (std::min (samples, most)) });
}

void SpeechOutput::beginPassage (const std::string& name)
{
    if (options.stems.empty() || failed())
        return;
    auto writer = AudioWriter::create (stemFile (options.stems, name), { Container::Wav, options.samples },
                                       options.sampleRateHz);
    if (writer)
        stem = std::move (*writer);
    else
        failure = writer.error();
}

void SpeechOutput::write (std::span<const float> samples)
{
    everywhere (samples);
    if (stem != nullptr && ! failed())
        keep (stem->write (samples));
}

Result<std::filesystem::path> SpeechOutput::endPassage (bool isComplete)
{
    const auto ended = std::exchange (stem, nullptr);
    if (ended == nullptr || ended->samples() == 0)
        return std::filesystem::path();
    if (! isComplete || failed())
        return ended->keepPartial();
    keep (ended->finish());
    if (failed())
        return ended->keepPartial();
    return ended->path();
}

Result<void> SpeechOutput::finish()
{
    if (file != nullptr && ! failed())
        keep (file->finish());
    return state();
}

Result<std::filesystem::path> SpeechOutput::keepPartial()
{
    const auto ended = std::exchange (file, nullptr);
    return ended == nullptr ? std::filesystem::path() : ended->keepPartial();
}

void SpeechOutput::everywhere (std::span<const float> samples)
{
    if (failed())
        return;
    sampleCount += static_cast<std::int64_t> (samples.size());
    if (file != nullptr)
        keep (file->write (samples));
    if (options.raw == nullptr)
        return;
    bytes.clear();
    appendSamples (bytes, samples,
                   options.samples == SampleType::Float32 ? protocol::SampleFormat::Float32
                                                          : protocol::SampleFormat::Int16);
    if (! options.raw->write (bytes.data(), static_cast<std::streamsize> (bytes.size())).flush())
        failure = Error { ErrorCode::Io,
                          "cannot write to standard output: its reader has gone, or the disk is full.",
                          {} };
}

void SpeechOutput::keep (Result<void> result)
{
    if (! result && ! failed())
        failure = result.error();
}

Result<void> SpeechOutput::state() const
{
    if (failed())
        return tl::make_unexpected (*failure);
    return {};
}

std::string stemName (std::size_t number, std::size_t ofAll, std::span<const std::string> speakers)
{
    constexpr std::size_t longest = 60; // bytes; a file name may have 255
    std::string who;
    for (const auto& speaker : speakers)
        who += (who.empty() ? "" : "+") + speaker;
    for (auto& letter : who)
        if (static_cast<unsigned char> (letter) <= ' ' ||
            std::string_view ("/\\:*?\"<>|").find (letter) != std::string_view::npos)
            letter = '_';
    while (who.size() > longest) // without splitting a UTF-8 sequence
        for (bool inSequence = true; inSequence && ! who.empty(); who.pop_back())
            inSequence = (static_cast<unsigned char> (who.back()) & 0xc0u) == 0x80u;
    const auto digits = std::max<std::size_t> (3, std::to_string (ofAll).size());
    return fmt::format ("{:0{}}_{}", number, digits, who);
}

std::filesystem::path stemFile (const std::filesystem::path& folder, const std::string& name)
{
    return folder / (name + ".wav");
}
} // namespace tableread::engine
