// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::test
{
/** A sanitizer watches: everything takes its time, and memory is kept in quarantine. */
#if defined(__has_feature) // clang
inline constexpr bool isInstrumented = __has_feature (address_sanitizer) || __has_feature (thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool isInstrumented = true;
#else
inline constexpr bool isInstrumented = false;
#endif
} // namespace tableread::test
