// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/FontFiles.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#if defined(__linux__) || defined(__FreeBSD__)
#include <dlfcn.h>
#endif

namespace tableread::plugin
{
namespace
{
namespace fs = std::filesystem;

/** How files of such fonts begin, in small letters, the best first: those with all of Han, kana and hangul, without
    serifs. */
constexpr std::array<std::string_view, 18> knownNames {
    "notosanscjk-regular",
    "notosanscjk",
    "sourcehansans-regular",
    "sourcehansans",
    "notosanssc-regular",
    "notosanssc",
    "notosansjp",
    "notosanskr",
    "pingfang",
    "hiragino sans gb",
    "wqy-microhei",
    "wqy-zenhei",
    "droidsansfallback",
    "notoserifcjk-regular",
    "sourcehanserif",
    "ipaexg",
    "nanumgothic",
    "unifont",
};

std::size_t rankOf (const fs::path& file)
{
    auto name = file.filename().string();
    std::transform (name.begin(), name.end(), name.begin(),
                    [] (char c) { return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c; });
    constexpr std::array<std::string_view, 4> endings { ".ttc", ".otc", ".otf", ".ttf" };
    if (std::none_of (endings.begin(), endings.end(),
                      [&] (std::string_view ending) { return name.ends_with (ending); }))
        return knownNames.size();
    const auto found = std::find_if (knownNames.begin(), knownNames.end(),
                                     [&] (std::string_view known) { return name.starts_with (known); });
    return (std::size_t) (found - knownNames.begin());
}

void add (std::vector<fs::path>& folders, const char* variable, const char* below)
{
    if (const auto* value = std::getenv (variable); value != nullptr && *value == '/')
        folders.push_back (fs::path (value) / below);
}
} // namespace

std::vector<fs::path> fontFolders()
{
    std::vector<fs::path> folders;
    add (folders, "XDG_DATA_HOME", "fonts");
    add (folders, "HOME", ".local/share/fonts");
    add (folders, "HOME", ".fonts");
    add (folders, "HOME", "Library/Fonts");
    for (const auto* folder :
         { "/usr/local/share/fonts", "/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts" })
        folders.emplace_back (folder);
    return folders;
}

std::optional<fs::path> findCjkFont (const std::vector<fs::path>& folders)
{
    int left = 20'000;
    std::optional<fs::path> best;
    auto bestRank = knownNames.size();
    for (const auto& folder : folders)
    {
        std::error_code error;
        fs::recursive_directory_iterator file (folder, fs::directory_options::skip_permission_denied, error);
        for (; ! error && file != fs::recursive_directory_iterator() && left-- > 0; file.increment (error))
        {
            std::error_code ignored;
            const auto rank = rankOf (file->path());
            if (rank < bestRank && file->is_regular_file (ignored))
            {
                bestRank = rank;
                best = file->path();
            }
        }
    }
    return best;
}

#if defined(__linux__) || defined(__FreeBSD__)
namespace
{
/** The little of fontconfig that is needed. It is loaded and not linked, so that the plugin loads where there is none. */
class Fontconfig
{
public:
    bool isThere() const { return library != nullptr; }

    /** The file of the font that has most of these characters, and among those is most like the usual one; empty if it has not
        even the first. */
    std::optional<fs::path> fontWith (const std::vector<std::uint32_t>& characters) const
    {
        const std::unique_ptr<void, void (*) (void*)> config (
            function<void*()> ("FcInitLoadConfigAndFonts")(), function<void (void*)> ("FcConfigDestroy"));
        const std::unique_ptr<void, void (*) (void*)> wanted (function<void*()> ("FcCharSetCreate")(),
                                                              function<void (void*)> ("FcCharSetDestroy"));
        const auto destroyPattern = function<void (void*)> ("FcPatternDestroy");
        const std::unique_ptr<void, void (*) (void*)> pattern (function<void*()> ("FcPatternCreate")(),
                                                               destroyPattern);
        for (const auto character : characters)
            function<int (void*, std::uint32_t)> ("FcCharSetAddChar") (wanted.get(), character);
        function<int (void*, const char*, const void*)> ("FcPatternAddCharSet") (pattern.get(), "charset",
                                                                                 wanted.get());
        function<int (void*, const char*, const char*)> ("FcPatternAddString") (pattern.get(), "family",
                                                                                "sans-serif");
        function<int (void*, const char*, int)> ("FcPatternAddBool") (pattern.get(), "scalable", 1);
        constexpr int forPatterns = 0;
        function<int (void*, void*, int)> ("FcConfigSubstitute") (config.get(), pattern.get(), forPatterns);
        function<void (void*)> ("FcDefaultSubstitute") (pattern.get());
        int result = 0;
        const std::unique_ptr<void, void (*) (void*)> match (
            function<void*(void*, void*, int*)> ("FcFontMatch") (config.get(), pattern.get(), &result),
            destroyPattern);
        void* its = nullptr;
        const char* file = nullptr;
        if (match == nullptr ||
            function<int (void*, const char*, int, void**)> ("FcPatternGetCharSet") (match.get(), "charset",
                                                                                     0, &its) != 0 ||
            function<int (void*, std::uint32_t)> ("FcCharSetHasChar") (its, characters.front()) == 0 ||
            function<int (void*, const char*, int, const char**)> ("FcPatternGetString") (match.get(), "file",
                                                                                          0, &file) != 0)
            return {};
        return fs::path (file);
    }

private:
    template <typename Type>
    Type* function (const char* name) const
    {
        return reinterpret_cast<Type*> (::dlsym (library, name));
    }

    void* const library = ::dlopen ("libfontconfig.so.1", RTLD_LAZY | RTLD_LOCAL); // stays
};
} // namespace

std::optional<fs::path> systemCjkFont()
{
    static const Fontconfig fontconfig;
    return fontconfig.isThere() ? fontconfig.fontWith ({ U'\u4e00', U'\u3042', U'\uac00' })
                                : findCjkFont (fontFolders());
}
#else
std::optional<fs::path> systemCjkFont()
{
    return findCjkFont (fontFolders());
}
#endif

bool isWholeFont (std::span<const unsigned char> file)
{
    constexpr std::size_t headBytes = 12, entryBytes = 16;
    const auto number = [&] (std::size_t at, std::size_t bytes) { // big-endian; 0 beyond the end
        std::uint32_t value = 0;
        for (std::size_t i = at; i < at + bytes; ++i)
            value = value << 8 | (i < file.size() ? file[i] : 0u);
        return value;
    };
    constexpr std::uint32_t collection = 0x74746366, openType = 0x4f54544f, trueType = 0x00010000,
                            apple = 0x74727565, cmap = 0x636d6170, head = 0x68656164;
    const std::size_t font = number (0, 4) == collection ? number (headBytes, 4) : 0u;
    const auto kind = number (font, 4);
    if (kind != openType && kind != trueType && kind != apple)
        return false;
    const auto tables = number (font + 4, 2);
    bool hasCharacters = false, hasHead = false;
    for (std::size_t i = 0; i < tables; ++i)
    {
        const auto entry = font + headBytes + i * entryBytes;
        const std::uint64_t from = number (entry + 8, 4), bytes = number (entry + 12, 4);
        if (entry + entryBytes > file.size() || from + bytes > file.size())
            return false;
        hasCharacters = hasCharacters || number (entry, 4) == cmap;
        hasHead = hasHead || number (entry, 4) == head;
    }
    return hasCharacters && hasHead;
}
} // namespace tableread::plugin
