# SPDX-License-Identifier: Apache-2.0
# SIGINT, SIGTERM and SIGHUP end a render within a second, with the signal's exit code, whatever it is doing.
#   cmake -DPROGRAM=tableread-engine -DPLACE=FOLDER -P Stopping.cmake
cmake_minimum_required(VERSION 3.25)
set(folder "${PLACE}/stopping")
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
string(REPEAT "Anna: This goes on for as long as it has to.\n" 50 script)
file(WRITE "${folder}/script.txt" "${script}")

# Sends a signal to "sh -c COMMAND" after some seconds, and SIGKILL, whose code is 137, a second later.
function(stopped signal seconds code command)
    execute_process(
        COMMAND timeout --preserve-status --signal=${signal} --kill-after=1 ${seconds} sh -c "exec ${command}" "${PROGRAM}"
        WORKING_DIRECTORY "${folder}" RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_QUIET)
    if(NOT result EQUAL code)
        message(FATAL_ERROR "${signal} after ${seconds} s, ${command}: ${result} in place of ${code}: ${said}")
    endif()
endfunction()

# The same once speech is in the file, however long that takes.
function(stopped_speaking signal code)
    execute_process(
        COMMAND sh -c [[
            (
                i=0
                while [ $i -lt 1200 ] && kill -0 $$ && ! [ "$(stat -c %s speaks.wav.1.part)" -gt 10000 ]; do
                    sleep 0.1
                    i=$((i + 1))
                done
                kill -s "$1" $$ && sleep 1 && kill -s KILL $$
            ) > /dev/null 2>&1 &
            exec "$0" render script.txt --device cpu -o speaks.wav]] "${PROGRAM}" ${signal}
        WORKING_DIRECTORY "${folder}" RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_QUIET)
    if(NOT result EQUAL code)
        message(FATAL_ERROR "${signal} while it speaks: ${result} in place of ${code}: ${said}")
    endif()
endfunction()

execute_process(COMMAND mkfifo "${folder}/pipe")
stopped(TERM 10 2 "\"$0\" render - --device cpu -o endless.wav < /dev/zero") # refused: more than a script may have

foreach(signal_code INT:130 TERM:143 HUP:129)
    string(REPLACE ":" ";" signal_code "${signal_code}")
    list(GET signal_code 0 signal)
    list(GET signal_code 1 code)
    stopped(${signal} 0.3 ${code} "\"$0\" render - --device cpu -o waits.wav 0<> pipe") # nobody writes to it
    stopped(${signal} 0.1 ${code} "\"$0\" render script.txt --device cpu -o loads.wav")
    stopped_speaking(${signal} ${code})
endforeach()
file(GLOB left RELATIVE "${folder}" "${folder}/*")
foreach(name IN LISTS left)
    if(NOT name MATCHES "^(pipe|script\\.txt|speaks\\.partial(-[23])?\\.wav)$")
        message(FATAL_ERROR "files: ${left}")
    endif()
endforeach()
if(NOT "speaks.partial-3.wav" IN_LIST left)
    message(FATAL_ERROR "what was spoken is not kept: ${left}")
endif()
