# SPDX-License-Identifier: Apache-2.0
# Shared by the checks. ROOT: the tree to check, a git checkout or a plain folder.
cmake_minimum_required(VERSION 3.25)
set(found_faults 0)

# All files that are tracked or would be: those that git does not ignore. A folder that is not a checkout (an unpacked
# archive, a planted tree) is taken whole, without its build folder and the link that configuring makes.
function(tree_files result)
    if(EXISTS "${ROOT}/.git")
        find_program(GIT git REQUIRED)
        execute_process(
            COMMAND "${GIT}" -c safe.directory=* -c core.quotePath=off ls-files --cached --others --exclude-standard
            WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
        string(STRIP "${text}" text)
        string(REPLACE "\n" ";" listed "${text}")
        foreach(file IN LISTS listed)
            if(EXISTS "${ROOT}/${file}") # if not, it was deleted, but not yet in the index
                list(APPEND files "${file}")
            endif()
        endforeach()
    else()
        file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${ROOT}" "${ROOT}/*" "${ROOT}/.*")
        list(FILTER files EXCLUDE REGEX "^(build/|compile_commands\\.json$)")
    endif()
    list(LENGTH files count)
    if(count EQUAL 0)
        message(FATAL_ERROR "${ROOT}: no file found, so nothing was checked.")
    endif()
    set(${result} "${files}" PARENT_SCOPE)
endfunction()

macro(fault)
    message(NOTICE ${ARGN})
    math(EXPR found_faults "${found_faults} + 1")
endmacro()

macro(finish)
    if(found_faults GREATER 0)
        message(FATAL_ERROR "${found_faults} found, see above.")
    endif()
endmacro()
