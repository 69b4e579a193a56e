// SPDX-License-Identifier: Apache-2.0
#include "Farm/Nats/Queue.h"

#include <algorithm>
#include <utility>

#include "Core/ContentHash.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t nanosecondsPerSecond = 1'000'000'000, daysOfResults = 30;

// What the server is given to look for lines. Where its answer takes longer, they are there at the next look.
constexpr std::chrono::milliseconds shortest { 20 };

constexpr std::array priorities { Priority::High, Priority::Normal, Priority::Low };

std::string prefixOf (const std::string& name)
{
    constexpr std::size_t longest = 32;
    const bool isName =
        ! name.empty() && name.size() <= longest && std::all_of (name.begin(), name.end(), [] (char letter) {
            return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                   (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
        });
    if (! isName)
        fail (ErrorCode::InvalidInput,
              "--queue must be a name of at most 32 letters, digits, - and _. Choose such a one.");
    return "tableread." + name;
}

const char* nameOf (Priority priority)
{
    return priorityNames[static_cast<std::size_t> (priority)];
}

/** The key at a subject's end: whoever publishes elsewhere has sent something else. */
std::string keyOf (natsMsg* message)
{
    const std::string subject = natsMsg_GetSubject (message);
    return subject.substr (subject.rfind ('.') + 1);
}

/** Why a line was not stored: there is one of its subject. */
bool isHeldAlready()
{
    const auto* const said = nats_GetLastError (nullptr);
    return said != nullptr && std::string_view (said).find ("per subject") != std::string_view::npos;
}

std::string_view textOf (natsMsg* message)
{
    return { natsMsg_GetData (message), static_cast<std::size_t> (natsMsg_GetDataLength (message)) };
}

/** Frees the messages that are left in a list. */
class MessageList
{
public:
    MessageList() = default;
    ~MessageList() { natsMsgList_Destroy (&list); }
    MessageList (const MessageList&) = delete;
    MessageList& operator= (const MessageList&) = delete;

    natsMsgList* get() { return &list; }

    std::vector<NatsHandle<natsMsg>> take()
    {
        std::vector<NatsHandle<natsMsg>> messages;
        messages.reserve (static_cast<std::size_t> (list.Count));
        for (int i = 0; i < list.Count; ++i)
            messages.emplace_back (std::exchange (list.Msgs[i], nullptr));
        return messages;
    }

private:
    natsMsgList list {};
};
} // namespace

std::string_view HeldLine::text() const
{
    return textOf (message.get());
}

void HeldLine::giveBack (std::chrono::milliseconds pause)
{
    (void) (pause.count() > 0 ? natsMsg_NakWithDelay (message.get(), pause.count(), nullptr)
                              : natsMsg_Nak (message.get(), nullptr));
}

LineQueue::LineQueue (NatsAddress where, const std::string& name)
    : lineSubjects (prefixOf (name) + ".lines.")
    , resultSubjects (prefixOf (name) + ".results.")
    , lineStream ("tableread-" + name + "-lines")
    , resultStream ("tableread-" + name + "-results")
    , nats (std::move (where))
{}

void LineQueue::create()
{
    createStream (lineStream, lineSubjects + "*.*", true);
    createStream (resultStream, resultSubjects + '*', false);
    for (const auto priority : priorities)
        createConsumer (priority);
}

NatsHandle<jsStreamInfo> LineQueue::infoOf (const std::string& stream) const
{
    jsStreamInfo* info = nullptr;
    jsErrCode code {};
    const auto status = js_GetStreamInfo (&info, nats.stream(), stream.c_str(), nullptr, &code);
    if (status == NATS_NOT_FOUND || code == JSStreamNotFoundErr)
        return {};
    nats.check (status, "the queue could not be looked at", code);
    return NatsHandle<jsStreamInfo> (info);
}

/** Work: a line is there until somebody is done with it, and only once. Else the last message of each line. */
void LineQueue::createStream (const std::string& stream, const std::string& subject, bool isWork) const
{
    if (infoOf (stream) != nullptr)
        return; // also with another number of replicas, as its administrator likes
    jsStreamConfig config;
    jsStreamConfig_Init (&config);
    const char* subjects[] = { subject.c_str() };
    config.Name = stream.c_str();
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    config.MaxMsgsPerSubject = 1;
    config.Retention = isWork ? js_WorkQueuePolicy : js_LimitsPolicy;
    config.Discard = isWork ? js_DiscardNew : js_DiscardOld;
    config.DiscardNewPerSubject = isWork;
    // No longer: what waits is refused by its subject, and what has ended may come again.
    config.Duplicates = nanosecondsPerSecond;
    if (! isWork)
        config.MaxAge = daysOfResults * 24 * 60 * 60 * nanosecondsPerSecond;
    jsErrCode code {};
    const auto status = js_AddStream (nullptr, nats.stream(), &config, nullptr, &code);
    if (code != JSStreamNameExistErr) // another process was faster
        nats.check (status, "the queue could not be made", code);
}

void LineQueue::createConsumer (Priority priority) const
{
    jsErrCode code {};
    jsConsumerInfo* info = nullptr;
    const auto known =
        js_GetConsumerInfo (&info, nats.stream(), lineStream.c_str(), nameOf (priority), nullptr, &code);
    const NatsHandle<jsConsumerInfo> freed (info);
    if (known == NATS_OK)
        return;
    const auto subject = lineSubject (priority, "*");
    jsConsumerConfig config;
    jsConsumerConfig_Init (&config);
    config.Durable = nameOf (priority);
    config.FilterSubject = subject.c_str();
    config.AckPolicy = js_AckExplicit;
    config.AckWait = patience.count() * nanosecondsPerSecond;
    config.MaxDeliver = -1; // a line is given up by its failures, not by how often it was given back
    config.MaxAckPending = -1;
    nats.check (js_AddConsumer (nullptr, nats.stream(), lineStream.c_str(), &config, nullptr, &code),
                "the queue could not be made", code);
}

std::string LineQueue::lineSubject (Priority priority, const std::string& key) const
{
    return lineSubjects + nameOf (priority) + '.' + key;
}

bool LineQueue::publish (const std::string& key, const LineMessage& line, Priority priority)
{
    const auto text = toJson (line);
    jsPubOptions options;
    jsPubOptions_Init (&options);
    options.MsgId = key.c_str();
    options.ExpectStream = lineStream.c_str();
    jsPubAck* made = nullptr;
    jsErrCode code {};
    const auto status = js_Publish (&made, nats.stream(), lineSubject (priority, key).c_str(), text.data(),
                                    static_cast<int> (text.size()), &options, &code);
    const NatsHandle<jsPubAck> acknowledgement (made);
    if (code == JSStreamStoreFailedErr && isHeldAlready())
        return false;
    nats.check (status, line.title + " could not be published", code);
    return ! acknowledgement->Duplicate;
}

void LineQueue::beginCount()
{
    if (queued() > 0)
        return;
    jsErrCode code {};
    nats.check (js_PurgeStream (nats.stream(), resultStream.c_str(), nullptr, &code),
                "the former results could not be removed", code);
}

std::vector<HeldLine> LineQueue::fetch (int most, std::chrono::milliseconds wait)
{
    std::vector<HeldLine> lines;
    const auto look = [&] {
        for (const auto priority : priorities)
            if (const int room = most - static_cast<int> (lines.size()); room > 0)
                fetch (priority, room, shortest, lines);
    };
    look();
    if (lines.empty()) // of all lines those of the highest priority should wait least
        fetch (Priority::High, 1, wait, lines);
    if (lines.empty())
        look();
    return lines;
}

void LineQueue::fetch (Priority priority, int most, std::chrono::milliseconds wait,
                       std::vector<HeldLine>& lines)
{
    jsFetchRequest request;
    jsFetchRequest_Init (&request);
    request.Batch = most;
    request.NoWait = wait == shortest;
    request.Expires = std::chrono::nanoseconds (wait).count();
    MessageList list;
    const auto status = natsSubscription_FetchRequest (list.get(), subscriptionTo (priority), &request);
    if (status != NATS_OK && status != NATS_TIMEOUT && status != NATS_NOT_FOUND)
        nats.check (status, "no line could be fetched");
    for (auto& message : list.take())
    {
        jsMsgMetaData* data = nullptr;
        (void) natsMsg_GetMetaData (&data, message.get());
        const NatsHandle<jsMsgMetaData> freed (data);
        auto key = keyOf (message.get());
        lines.emplace_back (std::move (message), std::move (key), data == nullptr || data->NumDelivered > 1);
    }
}

natsSubscription* LineQueue::subscriptionTo (Priority priority)
{
    auto& known = subscriptions[static_cast<std::size_t> (priority)];
    if (known != nullptr)
        return known.get();
    jsSubOptions options;
    jsSubOptions_Init (&options);
    options.Stream = lineStream.c_str();
    options.Consumer = nameOf (priority);
    natsSubscription* made = nullptr;
    jsErrCode code {};
    nats.check (js_PullSubscribe (&made, nats.stream(), lineSubject (priority, "*").c_str(),
                                  nameOf (priority), nullptr, &options, &code),
                "no line could be fetched", code);
    known.reset (made);
    return made;
}

std::uint64_t LineQueue::queued() const
{
    const auto info = infoOf (lineStream);
    return info != nullptr ? info->State.Msgs : 0;
}

void LineQueue::report (const std::string& key, const LineResult& result)
{
    const auto text = toJson (result);
    (void) natsConnection_Publish (nats.connection(), (resultSubjects + key).c_str(), text.data(),
                                   static_cast<int> (text.size())); // in order with what is acknowledged
}

std::optional<LineResult> LineQueue::lastReport (const std::string& key) const
{
    natsMsg* found = nullptr;
    jsErrCode code {};
    const auto status = js_GetLastMsg (&found, nats.stream(), resultStream.c_str(),
                                       (resultSubjects + key).c_str(), nullptr, &code);
    const NatsHandle<natsMsg> message (found);
    if (status == NATS_NOT_FOUND || code == JSNoMessageFoundErr)
        return {};
    nats.check (status, "the former result of a line could not be read", code);
    auto result = parseLineResult (textOf (found));
    return result ? std::optional (std::move (*result)) : std::nullopt;
}

LineQueue::Reports::Reports (const LineQueue& from) : queue (from)
{
    if (queue.infoOf (queue.resultStream) == nullptr)
        fail (ErrorCode::NotFound, "there is no such queue on this server yet. Submit a project first.",
              queue.resultStream);
    jsSubOptions options;
    jsSubOptions_Init (&options);
    options.Stream = queue.resultStream.c_str();
    options.Ordered = true;
    natsSubscription* made = nullptr;
    jsErrCode code {};
    const auto status = js_SubscribeSync (&made, queue.nats.stream(), (queue.resultSubjects + '*').c_str(),
                                          nullptr, &options, &code);
    queue.nats.check (status, "the results could not be read", code);
    subscription.reset (made);
}

void LineQueue::Reports::read (const std::function<void (Report)>& take)
{
    const auto info = queue.infoOf (queue.resultStream);
    const auto end = info != nullptr && info->State.Msgs > 0 ? info->State.LastSeq : 0;
    constexpr std::int64_t answerMs = 5'000;
    while (last < end)
    {
        natsMsg* received = nullptr;
        const auto status = natsSubscription_NextMsg (&received, subscription.get(), answerMs);
        const NatsHandle<natsMsg> message (received);
        if (status == NATS_TIMEOUT)
            return; // the server is away, or the rest was removed meanwhile
        queue.nats.check (status, "the results could not be read");
        jsMsgMetaData* data = nullptr;
        queue.nats.check (natsMsg_GetMetaData (&data, received), "the results could not be read");
        const NatsHandle<jsMsgMetaData> freed (data);
        last = data->Sequence.Stream;
        auto result = parseLineResult (textOf (received));
        if (result) // what is none is not ours
            take ({ keyOf (received), last,
                    static_cast<double> (data->Timestamp) / static_cast<double> (nanosecondsPerSecond),
                    std::move (*result) });
    }
}

std::uint64_t LineQueue::Reports::first() const
{
    const auto info = queue.infoOf (queue.resultStream);
    return info != nullptr ? info->State.FirstSeq : 0;
}
} // namespace tableread::engine
