# SPDX-License-Identifier: Apache-2.0
# LibTorch's functions for other processors: where the fingerprint is the same, so is every sample, also with its noise.
# Those for AVX2 and AVX-512 are the same; those of its library for other makers' processors need not be.
#   cmake -DPROGRAM=tableread-engine -DPLACE=FOLDER -P Fingerprint.cmake
set(folder "${PLACE}/fingerprint")
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
file(WRITE "${folder}/script.txt" "Anna: Good morning.\n")
foreach(processor A=0 ATEN_CPU_CAPABILITY=avx2 MKL_VML_DEBUG_CPU_TYPE=5)
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -E env ${processor} "${PROGRAM}" render script.txt --device cpu --max-seconds 0.4
            --rng torch --format f32 --json -o out.wav
        WORKING_DIRECTORY "${folder}" RESULT_VARIABLE code OUTPUT_VARIABLE report ERROR_VARIABLE said)
    if(code)
        message(FATAL_ERROR "with ${processor}: exit code ${code}, ${said}")
    endif()
    string(JSON fingerprint GET "${report}" fingerprint)
    file(SHA256 "${folder}/out.wav" samples)
    message(STATUS "${processor}: ${fingerprint}, samples ${samples}")
    if(NOT DEFINED first)
        set(first "${fingerprint}")
        set(first_samples "${samples}")
    elseif(fingerprint STREQUAL first AND NOT samples STREQUAL first_samples)
        message(FATAL_ERROR "with ${processor} the fingerprint is the same, and the samples are not")
    elseif(processor MATCHES "^ATEN" AND NOT fingerprint STREQUAL first)
        message(FATAL_ERROR "with ${processor} the fingerprint is another one")
    endif()
endforeach()
