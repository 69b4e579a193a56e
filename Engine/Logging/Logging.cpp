// SPDX-License-Identifier: Apache-2.0
#include "Logging/Logging.h"

#include <chrono>
#include <iterator>
#include <mutex>
#include <utility>

#include <spdlog/fmt/chrono.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "Logging/Event.h"

namespace tableread::engine
{
namespace
{
constexpr const char* forPeople = "[%Y-%m-%d %H:%M:%S.%e] [%n] [%l] %v";

std::string_view view (const spdlog::string_view_t& text)
{
    return { text.data(), text.size() };
}

/** time=… level=… and the event; a sentence becomes one. */
class FieldsFormatter : public spdlog::formatter
{
public:
    void format (const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override
    {
        constexpr std::string_view event = "event=";
        const auto payload = view (message.payload);
        const auto time = std::chrono::time_point_cast<std::chrono::milliseconds> (message.time);
        const auto milliseconds = time.time_since_epoch().count() % 1000;
        fmt::format_to (std::back_inserter (line), "time={:%Y-%m-%dT%H:%M:%S}.{:03}Z level={} ",
                        fmt::gmtime (std::chrono::system_clock::to_time_t (message.time)), milliseconds,
                        view (spdlog::level::to_string_view (message.level)));
        if (payload.substr (0, event.size()) == event)
            line.append (payload.data(), payload.data() + payload.size());
        else
        {
            constexpr std::string_view note = "event=note message=\"";
            line.append (note.data(), note.data() + note.size());
            for (const char c : payload)
            {
                if (c == '"' || c == '\\')
                    line.push_back ('\\');
                line.push_back (c);
            }
            line.push_back ('"');
        }
        line.push_back ('\n');
    }

    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<FieldsFormatter>(); }
};

std::unique_ptr<spdlog::formatter> formatterForPeople()
{
    return std::make_unique<spdlog::pattern_formatter> (forPeople);
}

/** Gives lines to a channel. */
class ChannelSink : public spdlog::sinks::base_sink<std::mutex>
{
public:
    ChannelSink (std::shared_ptr<LogChannel> to, std::unique_ptr<spdlog::formatter> formatter)
        : base_sink (std::move (formatter))
        , channel (std::move (to))
    {}

private:
    void sink_it_ (const spdlog::details::log_msg& message) override
    {
        spdlog::memory_buf_t line;
        formatter_->format (message, line);
        // Whatever a client or a file brought in: one message is one line, and no terminal is told what to do.
        for (std::size_t i = 0; i + 1 < line.size(); ++i)
            if (static_cast<unsigned char> (line[i]) < ' ' || line[i] == '\x7f')
                line[i] = '?';
        channel->push ({ line.data(), line.size() });
    }
    void flush_() override {}

    std::shared_ptr<LogChannel> channel;
};

std::string lostLine (spdlog::formatter& formatter, std::uint64_t lost)
{
    const auto payload = fmt::format ("event=lost lines={}", lost);
    const spdlog::details::log_msg message ("engine", spdlog::level::warn, payload);
    spdlog::memory_buf_t line;
    formatter.format (message, line);
    return { line.data(), line.size() };
}
} // namespace

Logging::Logging (std::unique_ptr<LineOutput> console, const Options& options)
{
    std::vector<spdlog::sink_ptr> sinks;
    const auto add = [&] (std::unique_ptr<LineOutput> output, std::unique_ptr<spdlog::formatter> formatter) {
        const auto describe = [own = std::shared_ptr (formatter->clone())] (std::uint64_t lost) {
            return lostLine (*own, lost);
        };
        channels.push_back (std::make_shared<LogChannel> (std::move (output), describe, options.channel));
        sinks.push_back (std::make_shared<ChannelSink> (channels.back(), std::move (formatter)));
    };
    auto file =
        options.file.empty() ? nullptr : std::make_unique<RotatingFile> (options.file, options.rotation);
    add (std::move (console), formatterForPeople());
    if (file != nullptr)
        add (std::move (file), std::make_unique<FieldsFormatter>());
    auto logger = std::make_shared<spdlog::logger> ("engine", sinks.begin(), sinks.end());
    logger->set_level (spdlog::level::from_str (options.level));
    logTexts (options.texts);
    before = spdlog::default_logger();
    spdlog::set_default_logger (std::move (logger));
}

Logging::~Logging()
{
    spdlog::set_default_logger (before);
    logTexts (false);
    close();
}

void Logging::close()
{
    for (const auto& channel : channels)
        channel->close();
}
} // namespace tableread::engine
