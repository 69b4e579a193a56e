# SPDX-License-Identifier: Apache-2.0
# The preset plugin where LibTorch is neither there nor to be had: an empty cache, and no index for pip. It is configured in
# PLACE and must know VST3, LV2 and the app, and nothing of Torch. With BUILDS its workflow runs in ROOT as well, and the app that it
# built says in plain words that there is no engine.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${PLACE}")
file(MAKE_DIRECTORY "${PLACE}/cache" "${PLACE}/home" "${PLACE}/takes")
set(without_torch "${CMAKE_COMMAND}" -E env "TABLEREAD_CACHE=${PLACE}/cache" PIP_NO_INDEX=1)

function(must_be_without_torch build)
    file(STRINGS "${build}/build.ninja" torch REGEX "[Ll]ib[Tt]orch|tableread_torch|tableread-engine:")
    file(GLOB kept "${PLACE}/cache/*")
    if(torch OR kept)
        message(FATAL_ERROR "the preset plugin has to do with LibTorch: ${torch} ${kept}")
    endif()
endfunction()

if(NOT BUILDS)
    execute_process(COMMAND ${without_torch} "${CMAKE_COMMAND}" --preset plugin -B "${PLACE}/build"
        WORKING_DIRECTORY "${ROOT}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    must_be_without_torch("${PLACE}/build")
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${PLACE}/build" --target help OUTPUT_VARIABLE targets
        COMMAND_ERROR_IS_FATAL ANY)
    foreach(format VST3 LV2 Standalone)
        if(NOT targets MATCHES "TableRead_${format}: phony")
            message(FATAL_ERROR "the preset plugin builds no ${format}: ${targets}")
        endif()
    endforeach()
    file(REMOVE_RECURSE "${PLACE}")
    return()
endif()

execute_process(COMMAND ${without_torch} "${CMAKE_COMMAND}" --workflow --preset plugin WORKING_DIRECTORY "${ROOT}"
    COMMAND_ERROR_IS_FATAL ANY)
must_be_without_torch("${ROOT}/build/plugin")
set(artefacts "${ROOT}/build/plugin/Plugin/TableRead_artefacts/Release")
set(app "${artefacts}/Standalone/TableRead")
foreach(file VST3/TableRead.vst3/Contents LV2/TableRead.lv2/manifest.ttl Standalone/TableRead)
    if(NOT EXISTS "${artefacts}/${file}")
        message(FATAL_ERROR "${artefacts}/${file} was not built")
    endif()
endforeach()

file(WRITE "${PLACE}/scene.txt" "Anna: Good evening.\n")
execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env --unset=DISPLAY --unset=TABLEREAD_ENGINE "HOME=${PLACE}/home" PATH=/nowhere
        "TABLEREAD_SOCKET=${PLACE}/engine.sock" "TABLEREAD_TAKES=${PLACE}/takes" TABLEREAD_SETTINGS=/dev/null
        "${app}" --bounce scene.txt -o scene.wav
    WORKING_DIRECTORY "${PLACE}" RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(NOT status EQUAL 4 OR NOT said MATCHES "line 1, Anna: .*tableread-engine is not installed. Choose it" OR
   NOT EXISTS "${PLACE}/scene.wav")
    message(FATAL_ERROR "without an engine the app ended with ${status}: ${said}")
endif()
file(REMOVE_RECURSE "${PLACE}")
