# SPDX-License-Identifier: Apache-2.0
# With any of standard input, output and error closed, a render gives the same file, and --stdout needs an output.
#   cmake -DPROGRAM=tableread-engine -DPLACE=FOLDER -P Streams.cmake
set(folder "${PLACE}/streams")
file(REMOVE_RECURSE "${folder}")
file(MAKE_DIRECTORY "${folder}")
file(WRITE "${folder}/script.txt" "Anna: Good morning.\n")
foreach(closed "" "<&-" ">&-" "<&- >&-" "2>&-" "<&- 2>&-" ">&- 2>&-" "<&- >&- 2>&-")
    execute_process(COMMAND sh -c "exec \"$0\" render script.txt --device cpu --max-seconds 0.4 -o out.wav ${closed}" "${PROGRAM}"
        WORKING_DIRECTORY "${folder}" RESULT_VARIABLE code OUTPUT_QUIET ERROR_QUIET)
    if(code)
        message(FATAL_ERROR "with ${closed}: exit code ${code}")
    endif()
    file(SHA256 "${folder}/out.wav" hash)
    if(NOT closed)
        set(first "${hash}")
    elseif(NOT hash STREQUAL first)
        message(FATAL_ERROR "with ${closed} the file differs")
    endif()
endforeach()
execute_process(COMMAND sh -c "exec \"$0\" render script.txt --stdout >&-" "${PROGRAM}"
    WORKING_DIRECTORY "${folder}" RESULT_VARIABLE code ERROR_VARIABLE said)
if(NOT code EQUAL 2 OR NOT said MATCHES "--stdout needs a standard output")
    message(FATAL_ERROR "--stdout without a standard output: exit code ${code}, ${said}")
endif()
execute_process(COMMAND sh -c "exec \"$0\" render - --device cpu -o out.wav < ." "${PROGRAM}"
    WORKING_DIRECTORY "${folder}" RESULT_VARIABLE code ERROR_VARIABLE said)
if(NOT code EQUAL 2 OR NOT said MATCHES "cannot be read: Is a directory")
    message(FATAL_ERROR "a folder as standard input: exit code ${code}, ${said}")
endif()
file(GLOB left RELATIVE "${folder}" "${folder}/*")
if(NOT left STREQUAL "out.wav;script.txt")
    message(FATAL_ERROR "files: ${left}")
endif()
