# SPDX-License-Identifier: Apache-2.0
# tableread-engine alone, without LibTorch and the program that has it: what needs no model works, the rest says what is
# missing.
#   cmake -DPROGRAM=tableread-engine -DMODEL=FOLDER -DPLACE=FOLDER -P Programs.cmake
set(folder "${PLACE}/programs")
file(REMOVE_RECURSE "${folder}")
cmake_path(GET PROGRAM PARENT_PATH built)
file(COPY "${PROGRAM}" "${built}/tableread-read-recording" DESTINATION "${folder}/bin")
file(WRITE "${folder}/script.txt" "Anna: Good morning.\n")
file(MAKE_DIRECTORY "${folder}/takes")
set(ENV{TABLEREAD_MODEL} "${MODEL}")
set(engine "${folder}/bin/tableread-engine")
find_program(READELF readelf REQUIRED)
execute_process(COMMAND "${READELF}" -d "${engine}" OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
if(NOT dynamic MATCHES "NEEDED.*libstdc" OR dynamic MATCHES "libtorch|libc10|libcudart")
    message(FATAL_ERROR "it loads LibTorch, or nothing:\n${dynamic}")
endif()

function(expect code sentence)
    execute_process(COMMAND "${engine}" ${ARGN} WORKING_DIRECTORY "${folder}" RESULT_VARIABLE status
        OUTPUT_VARIABLE said ERROR_VARIABLE error)
    if(NOT status EQUAL code OR NOT "${said}${error}" MATCHES "${sentence}")
        message(FATAL_ERROR "${ARGN}: exit code ${status}\n${said}${error}")
    endif()
endfunction()
set(missing "bin/tableread-torch: the program that speaks cannot be started: No such file or directory. Install TableRead again.")
expect(0 "tableread-engine [0-9]" --version)
expect(0 "Examples:" render --help)
expect(0 "8 layers, hidden 448" inspect "${MODEL}")
expect(0 "" settings)
expect(0 "" project new script.txt -o scene.tableread)
expect(0 "Good morning" project show scene.tableread)
expect(75 "line 1, Anna" gather scene.tableread --store takes -o scene)
expect(2 "${missing}" render script.txt -o scene.wav)
expect(2 "${missing}" selftest)
expect(2 "worker 1 of 1 cannot be started: No such file or directory" batch scene.tableread
    --store takes --device cpu)
expect(2 "" render --no-such-option)
file(REMOVE_RECURSE "${folder}")
