// SPDX-License-Identifier: Apache-2.0
#include "Scrape.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <stdexcept>

namespace tableread::test
{
namespace
{
constexpr std::string_view prefix = "tableread_";
constexpr std::string_view nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

[[noreturn]] void refuse (const std::string& why, std::string_view line)
{
    throw std::runtime_error (why + ": " + std::string (line));
}

/** Takes what lies before the first of `ends`, and that one too. */
std::string_view take (std::string_view& rest, char end)
{
    const auto at = rest.find (end);
    if (at == std::string_view::npos)
        refuse (std::string ("no '") + end + "'", rest);
    const auto taken = rest.substr (0, at);
    rest.remove_prefix (at + 1);
    return taken;
}

std::string takeQuoted (std::string_view& rest)
{
    std::string text;
    if (take (rest, '"') != "")
        refuse ("no quote", rest);
    while (true)
    {
        if (rest.empty())
            refuse ("no end of a label's value", text);
        const char c = rest.front();
        rest.remove_prefix (1);
        if (c == '"')
            return text;
        if (static_cast<unsigned char> (c) < ' ')
            refuse ("a control character", text);
        if (c != '\\')
        {
            text += c;
            continue;
        }
        const auto escaped = rest.substr (0, 1);
        if (escaped != "n" && escaped != "\\" && escaped != "\"")
            refuse ("an unknown escape", rest);
        text += escaped == "n" ? '\n' : escaped.front();
        rest.remove_prefix (1);
    }
}

bool endsWith (const std::string& name, std::string_view ending)
{
    return name.ends_with (ending);
}
} // namespace

Scrape::Scrape (std::string_view text)
{
    while (! text.empty())
    {
        const auto line = take (text, '\n');
        if (line.starts_with ('#'))
            readComment (line);
        else
            readSample (line);
    }
    checkHistograms();
}

void Scrape::readComment (std::string_view line)
{
    auto rest = line;
    take (rest, ' ');
    const auto kind = take (rest, ' ');
    const auto whole = std::string (take (rest, ' '));
    if (! whole.starts_with (prefix) || whole.find_first_not_of (nameCharacters) != std::string::npos)
        refuse ("a bad name", line);
    const auto name = whole.substr (prefix.size());
    if (kind == "HELP" && ! rest.empty() && ! families.contains (name))
        described = name;
    else if (kind == "TYPE" && described == name && families.emplace (name, rest).second)
        current = name;
    else
        refuse ("a metric twice, or without help", line);
    if (kind == "TYPE" && (rest == "counter") != endsWith (name, "_total"))
        refuse ("counters, and only they, end in _total", line);
}

void Scrape::readSample (std::string_view line)
{
    Sample sample;
    auto rest = line;
    const auto end = line.find_first_not_of (nameCharacters);
    sample.name = line.substr (0, end);
    rest.remove_prefix (sample.name.size());
    if (! sample.name.starts_with (prefix))
        refuse ("a bad name", line);
    sample.name.erase (0, prefix.size());
    if (rest.starts_with ('{'))
    {
        while (! rest.starts_with ('}'))
        {
            rest.remove_prefix (1); // the brace or a comma
            const std::string label (take (rest, '='));
            if (label.empty() || label.find_first_not_of (nameCharacters) != std::string::npos ||
                ! sample.labels.emplace (label, takeQuoted (rest)).second)
                refuse ("a bad label", line);
            if (! rest.starts_with (',') && ! rest.starts_with ('}'))
                refuse ("something behind a label", line);
        }
        rest.remove_prefix (1);
    }
    if (take (rest, ' ') != "")
        refuse ("no space before the value", line);
    const std::string number (rest);
    char* stopped = nullptr;
    sample.value = std::strtod (number.c_str(), &stopped);
    if (number.empty() || *stopped != '\0' || ! std::isfinite (sample.value))
        refuse ("no number", line);

    const auto& type = families.at (current);
    const bool isPart =
        type == "histogram" && (sample.name == current + "_bucket" || sample.name == current + "_sum" ||
                                sample.name == current + "_count");
    if (sample.name != current && ! isPart)
        refuse ("a sample of another metric", line);
    if (type != "gauge" && sample.value < 0)
        refuse ("a negative count", line);
    for (const auto& other : samples)
        if (other.name == sample.name && other.labels == sample.labels)
            refuse ("a series twice", line);
    samples.push_back (std::move (sample));
}

/** Buckets go upwards, count what lies below, and end with all. */
void Scrape::checkHistograms() const
{
    for (const auto& count : samples)
    {
        if (! endsWith (count.name, "_count"))
            continue;
        const auto name = count.name.substr (0, count.name.rfind ('_'));
        double limit = -1, below = 0;
        for (const auto& bucket : all (name + "_bucket", count.labels))
        {
            const auto next = std::strtod (bucket.labels.at ("le").c_str(), nullptr);
            if (next <= limit || bucket.value < below)
                refuse ("buckets out of order", name);
            limit = next;
            below = bucket.value;
        }
        if (! std::isinf (limit) || below != count.value)
            refuse ("the last bucket does not hold all", name);
    }
}

std::vector<Scrape::Sample> Scrape::all (const std::string& name, const Labels& labels) const
{
    std::vector<Sample> found;
    std::ranges::copy_if (samples, std::back_inserter (found), [&] (const auto& sample) {
        return sample.name == name && std::ranges::all_of (labels, [&] (const auto& label) {
                   const auto at = sample.labels.find (label.first);
                   return at != sample.labels.end() && at->second == label.second;
               });
    });
    return found;
}

double Scrape::value (const std::string& name, const Labels& labels) const
{
    const auto found = all (name, labels);
    if (found.size() != 1)
        refuse (std::to_string (found.size()) + " series, not one", name);
    return found.front().value;
}
} // namespace tableread::test
