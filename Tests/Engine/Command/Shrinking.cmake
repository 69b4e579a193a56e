# SPDX-License-Identifier: Apache-2.0
# A model's file that shrinks while it is in use ends a render with code 75 and a sentence; what was finished stays.
#   cmake -DPROGRAM=tableread-engine -DMODEL=FOLDER -DPLACE=FOLDER -P Shrinking.cmake
cmake_minimum_required(VERSION 3.25)
set(folder "${PLACE}/shrinking")
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
file(COPY "${MODEL}/" DESTINATION "${folder}/model")
string(REPEAT "Anna: This goes on for as long as it has to.\n" 50 script)
file(WRITE "${folder}/script.txt" "Anna: Yes.\n${script}")

execute_process(
    COMMAND sh -c [[
        "$0" render script.txt --model model --device cpu --stems takes -o scene.wav &
        i=0
        while [ $i -lt 600 ] && ! [ -e takes/001_Anna.wav ]; do
            sleep 0.1
            i=$((i + 1))
        done
        truncate -s 4096 model/model-00001-of-00002.safetensors
        wait $!]] "${PROGRAM}"
    WORKING_DIRECTORY "${folder}" RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_QUIET)
if(NOT result EQUAL 75)
    message(FATAL_ERROR "exit code ${result} in place of 75: ${said}")
endif()
if(NOT said MATCHES "model-00001-of-00002\\.safetensors: had [0-9]+ bytes when it was opened, and has 4096 now")
    message(FATAL_ERROR "it does not say why: ${said}")
endif()
file(GLOB left RELATIVE "${folder}" "${folder}/scene*" "${folder}/takes/*")
if(NOT "scene.partial.wav" IN_LIST left OR NOT "takes/001_Anna.wav" IN_LIST left OR left MATCHES "part;|part$")
    message(FATAL_ERROR "what was spoken is not kept: ${left}")
endif()
