// SPDX-License-Identifier: Apache-2.0
#include "Kernels/CpuKernels.h"

#include "Core/Error.h"

namespace tableread::engine::kernels
{
#define TABLEREAD_DECLARE_SET(level)                                                                                   \
    namespace level                                                                                                    \
    {                                                                                                                  \
    void addLinear (CpuKernels&);                                                                                      \
    void addRows (CpuKernels&);                                                                                        \
    void addAttention (CpuKernels&);                                                                                   \
    void addCodec (CpuKernels&);                                                                                       \
    }

TABLEREAD_DECLARE_SET (v3)
TABLEREAD_DECLARE_SET (v4)

namespace
{
CpuKernels choose()
{
    CpuKernels table {};
    if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512bw")
        && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512cd"))
    {
        table.name = "avx512";
        v4::addLinear (table);
        v4::addRows (table);
        v4::addAttention (table);
        v4::addCodec (table);
    }
    else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    {
        table.name = "avx2";
        v3::addLinear (table);
        v3::addRows (table);
        v3::addAttention (table);
        v3::addCodec (table);
    }
    else
        fail (ErrorCode::Unsupported, "This processor has no AVX2 and FMA instructions, which the engine needs on a CPU. "
                                      "Use a processor from 2013 or later.");
    return table;
}
} // namespace

const CpuKernels& cpu()
{
    static const CpuKernels table = choose();
    return table;
}
} // namespace tableread::engine::kernels
