# SPDX-License-Identifier: Apache-2.0
# The program itself profiles the embedded model on the CPU: -DPROGRAM=… -DPLACE=folder for what it writes.
set(trace_file "${PLACE}/profile-trace.json")
execute_process(COMMAND "${PROGRAM}" profile --device cpu --frames 4 --threads 2 --json --trace "${trace_file}"
    OUTPUT_VARIABLE report ERROR_VARIABLE complaints RESULT_VARIABLE code)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "exit code ${code}: ${complaints}")
endif()

function(expect what wanted)
    string(JSON found GET "${report}" ${what})
    if(NOT found STREQUAL wanted)
        message(FATAL_ERROR "${what} is ${found}, expected ${wanted}: ${report}")
    endif()
endfunction()
expect("frames" 4)
expect("on_gpu" OFF)
expect("rows;0;part" "language model")
expect("rows;3;part" "semantic encoder")
expect("rows;4;what" "exposed wait")
expect("rows;4;share" 0.0)
expect("copies;bytes_per_frame" 0.0)
foreach(row RANGE 3)
    string(JSON least GET "${report}" rows ${row} ms_per_frame min)
    if(NOT least GREATER 0)
        message(FATAL_ERROR "row ${row} took no time: ${report}")
    endif()
endforeach()

# The rows of the prompt, and one without it for the guidance, each times the weights of 8 layers; attention: scores and values
# of 448 numbers a layer for each position that a row sees.
string(JSON products GET "${report}" prompt matrix_products multiply_adds)
math(EXPR rows "${products} / (8 * 448 * (3 * 448 + 448 + 3 * 1216))")
math(EXPR multiply_adds "${rows} * 8 * 448 * (3 * 448 + 448 + 3 * 1216)")
expect("prompt;matrix_products;multiply_adds" ${multiply_adds})
math(EXPR multiply_adds "2 * 8 * 448 * ((${rows} - 1) * ${rows} / 2 + 1)")
expect("prompt;attention;multiply_adds" ${multiply_adds})

# Of each frame, warm-up included: the frame and four parts; and the prompt and the step that ends the speech. Of each layer
# in the prompt and in each frame: attention, and products before and after it.
file(READ "${trace_file}" trace)
string(JSON count LENGTH "${trace}" traceEvents)
math(EXPR events "3 + 5 * (8 + 4) + 2 + 3 * 8 * (8 + 4 + 1)") # three name the tracks
if(NOT count EQUAL events)
    message(FATAL_ERROR "${count} events in the trace, expected ${events}")
endif()
