// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Context.h"

namespace tableread::plugin
{
namespace
{
constexpr const char* recordings = "wav;flac;ogg;opus;mp3;aif;aiff";

juce::String wildcards()
{
    return "*." + juce::String (recordings).replace (";", ";*.");
}

/** The folder of the voice that is used now, unless that is the take store's. */
juce::File startFolder (const CastModel& model, const std::string& speaker)
{
    for (const auto& entry : model.entries())
        if (const auto& voice = entry.voices.front(); entry.speaker == speaker &&
                                                      ! voice.reference.path.empty() &&
                                                      voice.reference.path.filename() == voice.label)
            return juce::File (textOf (voice.reference.path.parent_path().string()));
    return {};
}
} // namespace

bool CastContext::isRecording (const juce::String& file)
{
    return juce::File (file).hasFileExtension (recordings);
}

void CastContext::chooseRecording (const std::string& speaker, const std::string& direction)
{
    const auto who = direction.empty() ? speaker : speaker + ", " + direction;
    chooser = std::make_unique<juce::FileChooser> ("The voice of " + textOf (who),
                                                   startFolder (model, speaker), wildcards());
    const auto oneFile = juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles;
    chooser->launchAsync (oneFile, [this, speaker, direction] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            useRecording (speaker, direction, result.getResult());
    });
}

void CastContext::useRecording (const std::string& speaker, const std::string& direction,
                                const juce::File& file)
{
    const VoiceReference voice { file.getFileNameWithoutExtension().toStdString(),
                                 file.getFullPathName().toStdString() };
    edit (model.chooseVoice (speaker, direction, voice));
}
} // namespace tableread::plugin
