# SPDX-License-Identifier: Apache-2.0
# Installs BUILD into PLACE, moves it elsewhere, and runs it from there: nothing in it may need the build folder, the
# cache or the place where it was first installed.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${PLACE}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PLACE}/first" OUTPUT_QUIET
    COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${PLACE}/first" "${PLACE}/moved")
set(prefix "${PLACE}/moved")

function(must_exist)
    foreach(path IN LISTS ARGN)
        if(NOT EXISTS "${prefix}/${path}")
            message(FATAL_ERROR "${path} was not installed.")
        endif()
    endforeach()
endfunction()

must_exist(share/doc/tableread/LICENSE share/tableread/demo/script.txt share/tableread/models/mini/config.json
    share/tableread/models/mini/voices/anna.flac share/tableread/deploy/haproxy.cfg share/tableread/deploy/README.md
    share/tableread/farm/commands.txt share/tableread/farm/openjd.yaml share/tableread/farm/slurm.sh
    share/systemd/user/tableread.socket share/systemd/user/tableread.service)
if(PLUGIN)
    must_exist(bin/TableRead bin/tableread-read-recording lib/vst3/TableRead.vst3/Contents lib/lv2/TableRead.lv2/manifest.ttl
        share/doc/tableread/LICENSE.plugin share/doc/tableread/LICENSE.font)
endif()
if(ENGINE)
    must_exist(bin/tableread-engine bin/tableread-torch bin/tableread-read-recording lib/tableread/libtorch_cpu.so)
    set(engine "${prefix}/bin/tableread-engine")
    find_program(READELF readelf REQUIRED)
    execute_process(COMMAND "${READELF}" -d "${prefix}/bin/tableread-torch" OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
    if(NOT dynamic MATCHES "R(UN)?PATH\\)[^\n]*\\[\\$ORIGIN/\\.\\./lib/tableread\\]")
        message(FATAL_ERROR "the installed engine does not look for its libraries next to itself:\n${dynamic}")
    endif()
    foreach(arguments IN ITEMS --version selftest)
        execute_process(COMMAND "${CMAKE_COMMAND}" -E env "HOME=${PLACE}" "${engine}" ${arguments}
            WORKING_DIRECTORY "${PLACE}" RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
        message(NOTICE "tableread-engine ${arguments}: ${said}")
        if(status)
            message(FATAL_ERROR "the installed tableread-engine ${arguments} ended with ${status}")
        endif()
    endforeach()
    # It must speak with the installed model: without it the same command has to fail.
    file(RENAME "${prefix}/share/tableread/models" "${PLACE}/models-aside")
    execute_process(COMMAND "${engine}" selftest WORKING_DIRECTORY "${PLACE}" RESULT_VARIABLE status
        OUTPUT_QUIET ERROR_QUIET)
    if(NOT status)
        message(FATAL_ERROR "with its model taken away the installed engine still passes: it reads another one")
    endif()
endif()
file(REMOVE_RECURSE "${PLACE}")
