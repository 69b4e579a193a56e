# SPDX-License-Identifier: Apache-2.0
# LibTorch for the CPU: the PyPI wheel torch 2.11.0 without its dependencies (no Python runs it), plus the two small
# CUDA libraries that libtorch_cpu.so itself names. Fetched once, checked by checksum, unpacked into a cache folder
# outside of the source tree: $TABLEREAD_CACHE or ~/.cache/tableread. Later runs touch no network.
set(TABLEREAD_TORCH_VERSION 2.11.0)
if(DEFINED ENV{TABLEREAD_CACHE})
    set(tableread_cache_default "$ENV{TABLEREAD_CACHE}")
else()
    set(tableread_cache_default "$ENV{HOME}/.cache/tableread")
endif()
set(TABLEREAD_CACHE "${tableread_cache_default}" CACHE PATH "Where LibTorch is kept")
set(TABLEREAD_TORCH_DIR "${TABLEREAD_CACHE}/libtorch-${TABLEREAD_TORCH_VERSION}-cpu")

function(tableread_fetch_libtorch)
    set(wheels "${TABLEREAD_CACHE}/wheels")
    file(MAKE_DIRECTORY "${wheels}")
    find_program(TABLEREAD_PYTHON python3 REQUIRED)
    message(STATUS "Fetching LibTorch ${TABLEREAD_TORCH_VERSION}: 544 MB to download, 540 MB kept in ${TABLEREAD_CACHE}")
    execute_process(
        COMMAND "${TABLEREAD_PYTHON}" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes
            --only-binary=:all: --implementation cp --python-version 3.11 --abi cp311
            --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64
            --platform manylinux2014_x86_64
            -d "${wheels}" -r "${CMAKE_SOURCE_DIR}/Assets/cmake/libtorch-cpu.txt"
        RESULT_VARIABLE result)
    if(result)
        message(FATAL_ERROR "LibTorch could not be fetched. Check the network and run the same command again; "
            "or configure with -DTABLEREAD_ENGINE=OFF to build the plugin alone.")
    endif()
    set(staging "${TABLEREAD_TORCH_DIR}.part")
    file(REMOVE_RECURSE "${staging}")
    foreach(part IN ITEMS # wheel|what is taken from it
            "torch-*|torch/include/*;torch/lib/libtorch_cpu.so;torch/lib/libc10.so;torch/lib/libgomp.so.1"
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
    file(REMOVE_RECURSE "${staging}/unpacked" "${wheels}")
    file(RENAME "${staging}" "${TABLEREAD_TORCH_DIR}")
endfunction()

if(NOT EXISTS "${TABLEREAD_TORCH_DIR}/lib/libtorch_cpu.so")
    tableread_fetch_libtorch()
endif()

add_library(tableread_torch INTERFACE)
target_include_directories(tableread_torch SYSTEM INTERFACE "${TABLEREAD_TORCH_DIR}/include")
target_compile_options(tableread_torch INTERFACE -fopenmp)
target_link_libraries(tableread_torch INTERFACE
    "${TABLEREAD_TORCH_DIR}/lib/libtorch_cpu.so" "${TABLEREAD_TORCH_DIR}/lib/libc10.so"
    "${TABLEREAD_TORCH_DIR}/lib/libgomp.so.1")
# libtorch_cpu.so finds libcudart and libcupti beside itself ($ORIGIN in its own rpath).
target_link_options(tableread_torch INTERFACE "LINKER:--allow-shlib-undefined")
