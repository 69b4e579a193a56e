// SPDX-License-Identifier: Apache-2.0
#include "Playback/Player.h"

#include <algorithm>
#include <string>
#include <utility>

#include "Playback/BounceReport.h"
#include "Project/Casting.h"
#include "Project/Requests.h"

namespace tableread::playback
{
namespace
{
using project::TakeRecord;

TakeRecord recordOf (const FinishedTake& finished)
{
    TakeRecord record;
    record.line = { finished.line };
    record.request = finished.name;
    record.seed = finished.request.seed;
    record.fingerprint = finished.take->fingerprint();
    return record;
}
} // namespace

Player::Player (project::Project& played, Stage::Options options,
                std::function<void (const GapReport&)> bounced)
    : source (played)
    , tellBounced (std::move (bounced))
    , platform (std::move (options), *this)
    , listening (source.listen ([this] (const auto&, const auto&) { play(); }))
{
    play();
}

Player::~Player() = default;

/** The newest document at the time when the stage gets to it. */
void Player::play()
{
    const std::lock_guard lock (mutex);
    platform.play ([opened = source.opened(), now = beat, why = refused] {
        auto score = why ? scoreOfNone (*why) : scoreOf (*opened.document, now);
        score.opening = opened.opening;
        return score;
    });
}

void Player::refuse (std::optional<Error> why)
{
    {
        const std::lock_guard lock (mutex);
        const auto words = [] (const auto& error) { return error ? error->text() : std::string(); };
        if (words (why) == words (refused))
            return;
        refused = std::move (why);
    }
    play();
}

void Player::renderAll()
{
    source.giveVoices (voices());
    platform.renderAll();
}

std::vector<std::string> Player::voices() const
{
    return platform.engine().voices.value_or (project::embeddedVoices());
}

void Player::setBeat (double quartersAMinute, HostBeat now)
{
    {
        const std::lock_guard lock (mutex);
        if (now == std::exchange (beat, now) && quartersAMinute == source.document()->tempo)
            return;
    }
    source.setTempo (quartersAMinute);
    play();
}

DragSource Player::dragSource() const
{
    DragSource drag { source.document(), platform.view(), platform.hostRate() };
    const std::lock_guard lock (mutex);
    drag.beat = beat;
    return drag;
}

Player::Report Player::lastBounce() const
{
    const std::lock_guard lock (mutex);
    return bounceReport;
}

Player::Report Player::lastPlayed() const
{
    const std::lock_guard lock (mutex);
    return playedReport;
}

void Player::forgetReports()
{
    platform.forgetGaps();
    const std::lock_guard lock (mutex);
    bounceReport = playedReport = nullptr;
    damage.clear();
}

std::optional<Error> Player::storeProblem() const
{
    const std::lock_guard lock (mutex);
    return loss;
}

std::vector<std::string> Player::damagedTakes() const
{
    const std::lock_guard lock (mutex);
    return damage;
}

void Player::bounceEnded (const BounceEnd& bounce)
{
    tell (bounceReport, reportOf (bounce, *source.document()));
}

void Player::playedEnded (const Played::Report& time)
{
    tell (playedReport, reportOf (time, *source.document()));
}

void Player::tell (Report& last, GapReport made)
{
    const auto shared = std::make_shared<const GapReport> (std::move (made));
    {
        const std::lock_guard lock (mutex);
        last = shared;
    }
    if (tellBounced)
        tellBounced (*shared);
}

void Player::takeKept (const KeptTake& kept)
{
    {
        const std::lock_guard lock (mutex);
        loss = kept.loss;
    }
    auto record = recordOf (kept.finished);
    const auto& take = *kept.finished.take;
    record.state =
        take.ending() == Take::Ending::CutOff ? TakeRecord::State::CutOff : TakeRecord::State::Done;
    record.length = { take.audio().rendered() };
    record.audio = kept.audio;
    source.putTake (std::move (record), kept.finished.opening);
}

void Player::takeFailed (const FinishedTake& failed)
{
    if (failed.take->fault() == Take::Fault::Engine || failed.take->error().code == ErrorCode::OutOfRange)
        return; // may be otherwise elsewhere, with another model, or later
    auto record = recordOf (failed);
    record.state = TakeRecord::State::Failed;
    record.failure = whyItFailed (*failed.take);
    source.putTake (std::move (record), failed.opening);
}

void Player::takeDamaged (const Error& what)
{
    const std::lock_guard lock (mutex);
    if (auto sentence = what.text(); std::find (damage.begin(), damage.end(), sentence) == damage.end())
        damage.push_back (std::move (sentence));
}
} // namespace tableread::playback
