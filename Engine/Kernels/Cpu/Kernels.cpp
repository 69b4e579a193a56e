// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"

#include <initializer_list>

#include "Core/Error.h"

namespace tableread::engine::kernels
{
#define TABLEREAD_DECLARE_SET(level)                                                                         \
    namespace level                                                                                          \
    {                                                                                                        \
    void addLinear (CpuKernels&);                                                                            \
    void addRows (CpuKernels&);                                                                              \
    void addAttention (CpuKernels&);                                                                         \
    void addCodec (CpuKernels&);                                                                             \
    }

TABLEREAD_DECLARE_SET (v3)
TABLEREAD_DECLARE_SET (v4)

namespace
{
bool runsAvx512()
{
    return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl") &&
           __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512dq") &&
           __builtin_cpu_supports ("avx512cd");
}

bool runsAvx2()
{
    return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

using AddKernels = void (*) (CpuKernels&);

CpuKernels make (const char* name, std::initializer_list<AddKernels> parts)
{
    CpuKernels table {};
    table.name = name;
    for (const auto add : parts)
        add (table);
    return table;
}
} // namespace

const CpuKernels* kernelSet (std::string_view name)
{
    static const auto avx512 =
        make ("avx512", { v4::addLinear, v4::addRows, v4::addAttention, v4::addCodec });
    static const auto avx2 = make ("avx2", { v3::addLinear, v3::addRows, v3::addAttention, v3::addCodec });
    if (name == avx512.name && runsAvx512())
        return &avx512;
    if (name == avx2.name && runsAvx2())
        return &avx2;
    return nullptr;
}

const CpuKernels& cpu()
{
    static const auto* best = kernelSet ("avx512") != nullptr ? kernelSet ("avx512") : kernelSet ("avx2");
    if (best == nullptr)
        fail (ErrorCode::Unsupported,
              "This processor has no AVX2 and FMA instructions, which the engine needs on a CPU. "
              "Use a processor from 2013 or later.");
    return *best;
}
} // namespace tableread::engine::kernels
