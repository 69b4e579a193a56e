// SPDX-License-Identifier: Apache-2.0
#include "Server/Voices/Form.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "Server/Speech/RequestChecks.h"
#include "Server/Voices/Record.h"

namespace tableread::engine
{
namespace
{
constexpr std::array<std::string_view, 2> recordingFields { "audio_sample", "file" };

Exception refused (std::string why, std::string field, ErrorCode code = ErrorCode::InvalidInput)
{
    return Exception ({ code, std::move (why), std::move (field) });
}

/** The value, or an exception with the field. */
std::string usable (Result<std::string> text, const char* field)
{
    if (! text)
        throw refused (text.error().message, field);
    return std::move (*text);
}

void readPart (const FormPart& part, VoiceForm& form)
{
    if (std::ranges::find (recordingFields, part.name) != recordingFields.end())
    {
        if (! form.recordingField.empty())
            throw refused ("the form has two recordings. Send one.", part.name);
        form.recordingField = part.name;
        form.recording = part.content;
    }
    else if (part.name == "name")
        form.name = usable (usableVoiceName (part.content), "name");
    else if (part.name == "consent")
        form.consent = usable (usableConsent (part.content), "consent");
    else if (part.name != "type")
        form.warnings.push_back ("field " + printableField (part.name) + " is not used");
    else if (part.content != "audio_sample")
        throw refused ("a voice is made of a recording only: audio_sample", "type", ErrorCode::Unsupported);
}
} // namespace

Result<VoiceForm> readVoiceForm (std::span<const FormPart> parts)
{
    try
    {
        VoiceForm form;
        std::set<std::string_view> seen;
        for (const auto& part : parts)
        {
            if (! seen.insert (part.name).second)
                throw refused ("the form has this field twice", printableField (part.name));
            readPart (part, form);
        }
        if (form.recording.empty())
            throw refused ("the form has no recording. Send one in the field audio_sample.",
                           std::string (recordingFields.front()));
        if (form.name.empty())
            throw refused ("the form has no name for the voice", "name");
        return form;
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (exception.error);
    }
}
} // namespace tableread::engine
