# SPDX-License-Identifier: Apache-2.0
# LibTorch: the PyPI wheel torch 2.11.0 without its dependencies (no Python runs it), plus the two small CUDA libraries that
# libtorch_cpu.so itself needs; with TABLEREAD_CUDA also its CUDA part, in a folder of its own. Downloaded once, verified by
# checksum, and unpacked into a cache folder outside the source tree: $TABLEREAD_CACHE or ~/.cache/tableread. Later runs use
# no network.
#
# The folder is renamed into place when it is complete. Interrupted unpacking restarts from the wheels, which pip verifies
# again; an interrupted download restarts. A lock lets several builds configure at once while one of them downloads.
set(TABLEREAD_TORCH_VERSION 2.11.0)
if(DEFINED ENV{TABLEREAD_CACHE})
    set(tableread_cache_default "$ENV{TABLEREAD_CACHE}")
else()
    set(tableread_cache_default "$ENV{HOME}/.cache/tableread")
endif()
set(TABLEREAD_CACHE "${tableread_cache_default}" CACHE PATH "Where LibTorch is kept")
set(TABLEREAD_TORCH_LIBRARIES libtorch_cpu.so libc10.so libgomp.so.1)
set(tableread_torch_variant cpu)
set(tableread_torch_kept "500 MB")
if(TABLEREAD_CUDA)
    list(APPEND TABLEREAD_TORCH_LIBRARIES libtorch_cuda.so libc10_cuda.so)
    set(tableread_torch_variant cuda)
    set(tableread_torch_kept "950 MB")
endif()
set(TABLEREAD_TORCH_DIR "${TABLEREAD_CACHE}/libtorch-${TABLEREAD_TORCH_VERSION}-${tableread_torch_variant}")

function(tableread_download_wheels folder list what)
    find_program(TABLEREAD_PYTHON python3)
    set(result 1)
    if(TABLEREAD_PYTHON)
        execute_process(COMMAND "${TABLEREAD_PYTHON}" -m pip --version RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
    endif()
    if(result)
        message(FATAL_ERROR "${what} is downloaded by pip, but there is no python3 with pip here. "
            "Install both (Debian: apt-get install python3-pip) and configure again.")
    endif()
    execute_process(
        COMMAND "${TABLEREAD_PYTHON}" -m pip download --disable-pip-version-check --no-deps --require-hashes
            --no-cache-dir --retries 3
            --only-binary=:all: --implementation cp --python-version 3.11 --abi cp311
            --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64
            --platform manylinux_2_18_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64
            -d "${folder}" -r "${CMAKE_SOURCE_DIR}/Assets/cmake/${list}"
        RESULT_VARIABLE result)
    if(result)
        message(FATAL_ERROR "${what} could not be downloaded: see pip's message above. "
            "If this machine is offline, connect it and run the same command again, or copy the folder "
            "${TABLEREAD_TORCH_DIR} from a machine that has it. "
            "The plugin alone needs no LibTorch: cmake --workflow --preset plugin.")
    endif()
endfunction()

# Held until the calling function returns.
macro(tableread_lock_cache)
    file(MAKE_DIRECTORY "${TABLEREAD_CACHE}")
    file(LOCK "${TABLEREAD_CACHE}/fetch.lock" GUARD FUNCTION TIMEOUT 3600 RESULT_VARIABLE result)
    if(result)
        message(FATAL_ERROR "${TABLEREAD_CACHE}/fetch.lock could not be locked (${result}): another build has been "
            "downloading LibTorch for an hour, or the folder is not writable. Set TABLEREAD_CACHE to a writable folder.")
    endif()
endmacro()

function(tableread_fetch_libtorch)
    if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        message(FATAL_ERROR "The LibTorch that is downloaded runs on x86_64 Linux; this is ${CMAKE_SYSTEM_PROCESSOR} "
            "${CMAKE_SYSTEM_NAME}. The plugin alone needs none: cmake --workflow --preset plugin.")
    endif()
    tableread_lock_cache()
    if(EXISTS "${TABLEREAD_TORCH_DIR}")
        return() # another build downloaded it while this one waited
    endif()

    message(STATUS "Downloading LibTorch ${TABLEREAD_TORCH_VERSION}, once: 544 MB to download, "
        "${tableread_torch_kept} kept in ${TABLEREAD_CACHE} (twice that while it is unpacked)")
    set(libraries ${TABLEREAD_TORCH_LIBRARIES})
    if(TABLEREAD_CUDA)
        list(APPEND libraries libtorch_nvshmem.so) # only CudaRuntime.cmake asks for it
    endif()
    list(TRANSFORM libraries PREPEND torch/lib/)
    set(wheels "${TABLEREAD_CACHE}/wheels")
    tableread_download_wheels("${wheels}" libtorch-cpu.txt "LibTorch ${TABLEREAD_TORCH_VERSION}")
    set(staging "${TABLEREAD_TORCH_DIR}.part")
    file(REMOVE_RECURSE "${staging}")
    foreach(part IN ITEMS # wheel|what is taken from it
            "torch-${TABLEREAD_TORCH_VERSION}-*|torch/include/*;${libraries}"
            "nvidia_cuda_runtime-*|nvidia/cu13/lib/libcudart.so.13"
            "nvidia_cuda_cupti-*|nvidia/cu13/lib/libcupti.so.13")
        string(REPLACE "|" ";" part "${part}")
        list(POP_FRONT part name)
        file(GLOB wheel "${wheels}/${name}.whl")
        file(ARCHIVE_EXTRACT INPUT "${wheel}" DESTINATION "${staging}/unpacked" PATTERNS ${part})
    endforeach()
    file(RENAME "${staging}/unpacked/torch/include" "${staging}/include")
    file(RENAME "${staging}/unpacked/torch/lib" "${staging}/lib")
    foreach(library libcudart.so.13 libcupti.so.13)
        file(RENAME "${staging}/unpacked/nvidia/cu13/lib/${library}" "${staging}/lib/${library}")
    endforeach()
    file(REMOVE_RECURSE "${staging}/unpacked")
    file(RENAME "${staging}" "${TABLEREAD_TORCH_DIR}")
    file(REMOVE_RECURSE "${wheels}")
endfunction()

if(NOT EXISTS "${TABLEREAD_TORCH_DIR}")
    tableread_fetch_libtorch()
endif()
list(APPEND TABLEREAD_TORCH_LIBRARIES libcudart.so.13 libcupti.so.13)
if(TABLEREAD_CUDA AND TABLEREAD_CUDA_RUNTIME)
    include(CudaRuntime)
endif()
foreach(library IN LISTS TABLEREAD_TORCH_LIBRARIES)
    if(NOT EXISTS "${TABLEREAD_TORCH_DIR}/lib/${library}")
        message(FATAL_ERROR "${TABLEREAD_TORCH_DIR}/lib lacks ${library}: the folder was changed. "
            "Delete it and configure again, and LibTorch is downloaded again.")
    endif()
endforeach()

add_library(tableread_torch INTERFACE)
target_include_directories(tableread_torch SYSTEM INTERFACE "${TABLEREAD_TORCH_DIR}/include")
target_compile_options(tableread_torch INTERFACE -fopenmp)
target_link_libraries(tableread_torch INTERFACE
    "${TABLEREAD_TORCH_DIR}/lib/libtorch_cpu.so" "${TABLEREAD_TORCH_DIR}/lib/libc10.so"
    "${TABLEREAD_TORCH_DIR}/lib/libgomp.so.1")
# libtorch_cpu.so finds libcudart and libcupti next to itself ($ORIGIN in its rpath).
target_link_options(tableread_torch INTERFACE "LINKER:--allow-shlib-undefined")

if(TABLEREAD_CUDA)
    # Its code registers itself when it is loaded: the linker must keep it although no symbol of it is used.
    add_library(tableread_torch_cuda INTERFACE)
    target_link_libraries(tableread_torch_cuda INTERFACE tableread_torch "-Wl,--no-as-needed"
        "${TABLEREAD_TORCH_DIR}/lib/libtorch_cuda.so" "${TABLEREAD_TORCH_DIR}/lib/libc10_cuda.so")
endif()
