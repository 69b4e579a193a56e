# SPDX-License-Identifier: Apache-2.0
# As a module: tableread_commit_header(TARGET) gives TARGET a header TableReadCommit.h with the commit, checked at each build
# and rewritten if it changed. As a script (-DSOURCE=… -DHEADER=…): writes the header.
if(CMAKE_SCRIPT_MODE_FILE)
    set(commit "")
    find_program(GIT git)
    if(GIT)
        execute_process(COMMAND "${GIT}" -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
            OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
    if(NOT commit)
        set(commit unknown)
    endif()
    file(CONFIGURE OUTPUT "${HEADER}" CONTENT "#define TABLEREAD_COMMIT \"${commit}\"\n")
    return()
endif()

function(tableread_commit_header target)
    set(header "${CMAKE_BINARY_DIR}/generated/TableReadCommit.h")
    if(NOT TARGET tableread_commit)
        add_custom_target(tableread_commit BYPRODUCTS "${header}" COMMENT ""
            COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DHEADER=${header}" -P
                "${CMAKE_CURRENT_FUNCTION_LIST_FILE}")
    endif()
    add_dependencies(${target} tableread_commit)
    target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/generated")
endfunction()
