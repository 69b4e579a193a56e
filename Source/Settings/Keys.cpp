// SPDX-License-Identifier: Apache-2.0
#include "Settings/Keys.h"

#include <algorithm>
#include <array>
#include <vector>

namespace tableread
{
namespace
{
using Kind = SettingKey::Kind;

constexpr std::array keys {
    SettingKey { "device" },
    SettingKey { "dtype" },
    SettingKey { "threads", Kind::Whole },
    SettingKey { "typography" },
    SettingKey { "engine.path", Kind::Path },
    SettingKey { "offload.gpu_layers", Kind::Whole },
    SettingKey { "offload.preset" },
    SettingKey { "offload.auto", Kind::Flag },
    SettingKey { "offload.no_offload", Kind::Flag },
    SettingKey { "offload.weights" },
    SettingKey { "offload.vram" },
    SettingKey { "offload.prefetch", Kind::Whole },
    SettingKey { "offload.context", Kind::Whole },
    SettingKey { "offload.pin_memory", Kind::Flag },
    SettingKey { "offload.cache_trim_interval", Kind::Whole },
    SettingKey { "offload.trim" },
    SettingKey { "serve.passages", Kind::WholeOrText },
    SettingKey { "serve.idle_exit", Kind::Number },
    SettingKey { "serve.listen", Kind::Texts },
    SettingKey { "serve.token_file", Kind::Path },
    SettingKey { "serve.allow_hosts", Kind::Texts },
    SettingKey { "serve.allow_origins", Kind::Texts },
    SettingKey { "serve.voice_folders", Kind::Paths },
    SettingKey { "serve.voice_store", Kind::Path },
    SettingKey { "serve.voice_aliases", Kind::Pairs },
    SettingKey { "serve.openai_voices", Kind::Flag },
    SettingKey { "cache.voices", Kind::Whole },
    SettingKey { "cache.recordings" },
    SettingKey { "takes.folder", Kind::Path },
    SettingKey { "takes.size" },
    SettingKey { "takes.eviction" },
    SettingKey { "log.level" },
    SettingKey { "log.file", Kind::Path },
    SettingKey { "log.size" },
    SettingKey { "log.files", Kind::Whole },
    SettingKey { "log.texts", Kind::Flag },
};
constexpr std::array<std::string_view, 5> ofModels { "name", "path", "device", "dtype", "weights" };
constexpr std::array<std::string_view, 6> tables { "engine", "offload", "serve", "cache", "takes", "log" };

std::string_view tableOf (std::string_view key)
{
    const auto dot = key.find ('.');
    return dot == std::string_view::npos ? std::string_view() : key.substr (0, dot);
}

std::string_view lastPartOf (std::string_view key)
{
    return key.substr (key.find ('.') + 1); // the whole key without a dot
}

/** How many letters have to be changed, added, left out or swapped with the next to make one word of the other. */
std::size_t distance (std::string_view a, std::string_view b)
{
    std::vector<std::vector<std::size_t>> table (a.size() + 1, std::vector<std::size_t> (b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j)
        {
            auto& least = table[i][j];
            if (i == 0 || j == 0)
            {
                least = i + j;
                continue;
            }
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            least = std::min ({ table[i - 1][j - 1] + change, table[i - 1][j] + 1, table[i][j - 1] + 1 });
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                least = std::min (least, table[i - 2][j - 2] + 1);
        }
    return table[a.size()][b.size()];
}

/** The words that may stand in a table. */
std::vector<std::string_view> wordsOf (std::string_view table)
{
    if (table == "models")
        return { ofModels.begin(), ofModels.end() };
    std::vector<std::string_view> words;
    for (const auto& key : keys)
        if (tableOf (key.name) == table)
            words.push_back (lastPartOf (key.name));
    if (table.empty())
    {
        words.insert (words.end(), tables.begin(), tables.end());
        words.push_back ("models");
    }
    return words;
}

/** The word of a table that is probably meant, in lower case with "-" for "_"; empty if none is close. */
std::string nearest (std::string_view table, std::string_view written)
{
    constexpr std::size_t longest = 64, mostLetters = 2, lettersForOne = 3;
    std::string word (written.substr (0, longest));
    std::ranges::transform (word, word.begin(), [] (char c) {
        return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char> (c - 'A' + 'a') : c;
    });
    std::string best;
    auto least = std::min (mostLetters, word.size() / lettersForOne) + 1;
    for (const auto candidate : wordsOf (table))
        if (const auto changes = distance (word, candidate); changes < least)
        {
            least = changes;
            best = candidate;
        }
    return best;
}
} // namespace

std::span<const SettingKey> settingKeys()
{
    return keys;
}

std::span<const std::string_view> modelKeys()
{
    return ofModels;
}

bool isSettingsTable (std::string_view name)
{
    return name.empty() || std::ranges::find (tables, name) != tables.end();
}

std::string unknownSetting (std::string_view table, std::string_view key)
{
    const auto full = (table.empty() ? std::string() : std::string (table) + '.') + printable (key);
    auto sentence = full + " is not a setting.";
    if (const auto near = nearest (table, key); ! near.empty())
        return sentence + " Did you mean " + near + '?';
    for (const auto& other : keys) // the right word in the wrong table
        if (lastPartOf (other.name) == key)
            return sentence + " Did you mean " + std::string (other.name) + '?';
    return sentence + " Assets/docs/settings.md has all of them; tableread-engine settings shows them.";
}

std::string printable (std::string_view text, std::size_t longest)
{
    std::string shown (text.substr (0, longest));
    for (auto& letter : shown)
        if (static_cast<unsigned char> (letter) < ' ' || letter == '\x7f')
            letter = '?';
    return text.size() > longest ? shown + "..." : shown;
}
} // namespace tableread
