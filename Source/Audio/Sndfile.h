// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "Audio/Format.h"

struct sf_private_tag;

/** What everything shares that lets libsndfile write mono speech. */
namespace tableread
{
/** libsndfile's number for a format. */
int sndfileFormat (const AudioFormat& format);

/** libsndfile's message, without the text that it puts around the system's message. */
std::string trimmedMessage (std::string text);

/** Before the first sample of a WAV is written. */
void setBroadcastNote (sf_private_tag* handle, const BroadcastNote& note);

/** Writes samples as SampleType says. @returns how many were written: fewer than there are if it failed. */
std::int64_t writeSamples (sf_private_tag* handle, SampleType type, std::span<const float> samples);
} // namespace tableread
