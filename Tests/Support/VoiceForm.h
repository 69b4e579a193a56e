// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tableread::test
{
/** A form with these fields, as the body of an upload. */
inline std::string form (const std::vector<std::pair<std::string, std::string>>& fields)
{
    std::string body;
    for (const auto& [name, value] : fields)
        body.append ("--b\r\nContent-Disposition: form-data; name=\"")
            .append (name)
            .append ("\"\r\n\r\n")
            .append (value)
            .append ("\r\n");
    return body + "--b--\r\n";
}

inline std::string ofVoice (const std::string& name, const std::string& sound)
{
    return form ({ { "name", name }, { "audio_sample", sound } });
}

/** The head of an upload, without what says how long its body is. more: further lines. */
inline std::string uploadHead (const std::string& more = {})
{
    return "POST /v1/audio/voices HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n"
           "Content-Type: multipart/form-data; boundary=b\r\n" +
           more;
}

/** The head of an upload with this body. */
inline std::string headOf (const std::string& body, const std::string& more = {})
{
    return uploadHead (more) + "Content-Length: " + std::to_string (body.size()) + "\r\n\r\n";
}
} // namespace tableread::test
