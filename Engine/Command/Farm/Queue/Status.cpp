// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Queue/Status.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

#include "Command/Farm/Queue/Progress.h"
#include "Core/Process/Interrupt.h"
#include "Farm/Nats/Queue.h"

namespace tableread::engine
{
namespace
{
constexpr int usualColumns = 80;
constexpr std::chrono::milliseconds betweenLooks { 100 }, betweenDrawings { 1'000 };

double secondsSince1970()
{
    return std::chrono::duration<double> (std::chrono::system_clock::now().time_since_epoch()).count();
}

/** Reads on, whenever it is asked. */
class Watch
{
public:
    explicit Watch (const QueueOptions& options) : queue (options.address, options.queue)
    {
        reports.emplace (queue.reports());
    }

    FarmState state()
    {
        reports->read ([this] (LineQueue::Reports::Report report) {
            progress.add (report.key, report.number, report.at, std::move (report.result));
        });
        progress.forgetBefore (reports->first());
        return progress.at (secondsSince1970(), static_cast<std::int64_t> (queue.queued()));
    }

    /** The former one while the server is away. */
    FarmState stateOr (FarmState former)
    {
        try
        {
            return state();
        }
        catch (const Exception& exception)
        {
            if (exception.error.code != ErrorCode::Io || queue.isLost())
                throw;
            return former;
        }
    }

private:
    LineQueue queue;
    std::optional<LineQueue::Reports> reports;
    FarmProgress progress;
};

/** Text that is drawn again in its own place. */
class Drawing
{
public:
    Drawing (std::ostream& stream, int width) : out (stream), columns (static_cast<std::size_t> (width)) {}
    ~Drawing() { clear(); }
    Drawing (const Drawing&) = delete;
    Drawing& operator= (const Drawing&) = delete;

    void draw (const std::string& text)
    {
        clear();
        for (std::size_t begin = 0; begin < text.size();)
        {
            const auto end = text.find ('\n', begin);
            out << text.substr (begin, std::min (end - begin, columns - 1)) << '\n'; // a line must not wrap
            begin = end + 1;
            ++rows;
        }
        out << std::flush;
    }

private:
    void clear()
    {
        for (; rows > 0; --rows)
            out << "\x1b[A\x1b[2K";
        out << '\r' << std::flush;
    }

    std::ostream& out;
    std::size_t columns;
    int rows = 0;
};
} // namespace

int showStatus (const StatusOptions& options, Session& session)
{
    const Interrupt interrupt;
    Watch watch (options.queue);
    auto state = watch.state();
    if (session.terminalColumns > 0 && ! options.json && ! options.once)
    {
        Drawing drawing (session.err, session.terminalColumns);
        while (state.left() > 0 && ! interrupt.came())
        {
            drawing.draw (describe (state, session.terminalColumns));
            for (auto waited = std::chrono::milliseconds (0); waited < betweenDrawings && ! interrupt.came();
                 waited += betweenLooks)
                std::this_thread::sleep_for (betweenLooks);
            state = watch.stateOr (std::move (state));
        }
    }
    session.out << (options.json ? toJson (state)
                                 : describe (state, session.terminalColumns > 0 ? session.terminalColumns
                                                                                : usualColumns));
    return interrupt.came() ? interrupt.exitCode() : exitOk;
}
} // namespace tableread::engine
