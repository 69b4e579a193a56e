# SPDX-License-Identifier: Apache-2.0
# The libraries besides the driver that libtorch_cuda.so cannot be loaded without, from NVIDIA's wheels. They are put
# next to it, where its rpath ($ORIGIN) finds them. They are 1.7 GB to download (1.8 GB kept), so only on request:
# TABLEREAD_CUDA_RUNTIME or Assets/setup/speak --cuda. Of cuDNN only the library that loads the others is taken; nothing
# here calls those.
#
# Each library is renamed into place when it is complete.
set(tableread_cuda_runtime # wheel|what is taken from it
    "nvidia_cublas|nvidia/cu13/lib/libcublas.so.13" "nvidia_cublas|nvidia/cu13/lib/libcublasLt.so.13"
    "nvidia_cudnn_cu13|nvidia/cudnn/lib/libcudnn.so.9"
    "nvidia_cufft|nvidia/cu13/lib/libcufft.so.12"
    "nvidia_cufile|nvidia/cu13/lib/libcufile.so.0"
    "nvidia_curand|nvidia/cu13/lib/libcurand.so.10"
    "nvidia_cusparse|nvidia/cu13/lib/libcusparse.so.12"
    "nvidia_cusparselt_cu13|nvidia/cusparselt/lib/libcusparseLt.so.0"
    "nvidia_nccl_cu13|nvidia/nccl/lib/libnccl.so.2"
    "nvidia_nvjitlink|nvidia/cu13/lib/libnvJitLink.so.13"
    "nvidia_nvshmem_cu13|nvidia/nvshmem/lib/libnvshmem_host.so.3")
list(TRANSFORM tableread_cuda_runtime REPLACE ".*/" "" OUTPUT_VARIABLE tableread_cuda_runtime_names)

# @returns whether one of them is missing.
function(tableread_lacks_cuda_runtime result)
    set(${result} OFF PARENT_SCOPE)
    foreach(name IN LISTS tableread_cuda_runtime_names)
        if(NOT EXISTS "${TABLEREAD_TORCH_DIR}/lib/${name}")
            set(${result} ON PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

function(tableread_fetch_cuda_runtime)
    tableread_lock_cache()
    tableread_lacks_cuda_runtime(lacks)
    if(NOT lacks)
        return() # another build downloaded them while this one waited
    endif()
    message(STATUS "Downloading NVIDIA's libraries for LibTorch, once: 1.7 GB to download, 1.8 GB kept in "
        "${TABLEREAD_TORCH_DIR} (twice that while they are unpacked)")
    set(wheels "${TABLEREAD_CACHE}/wheels-cuda")
    set(staging "${TABLEREAD_TORCH_DIR}.runtime.part")
    tableread_download_wheels("${wheels}" cuda-runtime.txt "The set of NVIDIA libraries that LibTorch needs")
    file(REMOVE_RECURSE "${staging}")
    foreach(part IN LISTS tableread_cuda_runtime)
        string(REGEX MATCH "(.*)\\|(.*)" part "${part}")
        file(GLOB wheel "${wheels}/${CMAKE_MATCH_1}-*.whl")
        file(ARCHIVE_EXTRACT INPUT "${wheel}" DESTINATION "${staging}" PATTERNS "${CMAKE_MATCH_2}")
    endforeach()
    foreach(part name IN ZIP_LISTS tableread_cuda_runtime tableread_cuda_runtime_names)
        string(REGEX REPLACE ".*\\|" "" library "${part}")
        file(RENAME "${staging}/${library}" "${TABLEREAD_TORCH_DIR}/lib/${name}")
    endforeach()
    file(REMOVE_RECURSE "${staging}" "${wheels}")
endfunction()

tableread_lacks_cuda_runtime(tableread_lacks)
if(tableread_lacks)
    tableread_fetch_cuda_runtime()
endif()
list(APPEND TABLEREAD_TORCH_LIBRARIES libtorch_nvshmem.so ${tableread_cuda_runtime_names})
