// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <fcntl.h>

extern "C" // glibc 2.36 does not say so itself
{
#include <sys/pidfd.h>
}
