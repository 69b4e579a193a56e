// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace tableread::test
{
inline void writeFile (const std::filesystem::path& path, std::string_view content)
{
    std::ofstream stream (path, std::ios::binary);
    stream.write (content.data(), static_cast<std::streamsize> (content.size()));
    if (! stream.flush())
        throw std::runtime_error ("cannot write " + path.string());
}

inline std::string readFile (const std::filesystem::path& path)
{
    std::ifstream stream (path, std::ios::binary);
    if (! stream)
        throw std::runtime_error ("cannot read " + path.string());
    return { std::istreambuf_iterator<char> (stream), {} };
}

/** A safetensors file made of any header, true or not, and any data. */
inline std::string safetensorsOf (std::string_view header, std::string_view data)
{
    const std::uint64_t length = header.size();
    std::string file (sizeof length, '\0');
    std::memcpy (file.data(), &length, sizeof length);
    return file.append (header).append (data);
}

/** Builds a valid safetensors file, tensor after tensor; a header can then be altered by hand. */
class SafetensorsWriter
{
public:
    /** `data` are the tensor's bytes, as many as its type and shape need. */
    SafetensorsWriter& add (const std::string& name, const std::string& dtype,
                            const std::vector<std::int64_t>& shape, std::string_view data)
    {
        header[name] = { { "dtype", dtype },
                         { "shape", shape },
                         { "data_offsets", { bytes.size(), bytes.size() + data.size() } } };
        bytes.append (data);
        return *this;
    }

    SafetensorsWriter& addFloats (const std::string& name, const std::vector<std::int64_t>& shape,
                                  const std::vector<float>& values)
    {
        return add (name, "F32", shape,
                    { reinterpret_cast<const char*> (values.data()), values.size() * sizeof (float) });
    }

    std::string file() const { return safetensorsOf (header.dump(), bytes); }
    void write (const std::filesystem::path& path) const { writeFile (path, file()); }

    nlohmann::json header = nlohmann::json::object();
    std::string bytes;
};
} // namespace tableread::test
