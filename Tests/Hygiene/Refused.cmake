# SPDX-License-Identifier: Apache-2.0
# Gives the compiler one #include at a time and LIBRARY's include folders: it must find each of the library's headers,
# but not HEADER, which is in the tree and belongs to a library that LIBRARY does not link.
cmake_minimum_required(VERSION 3.25)
list(TRANSFORM FOLDERS PREPEND "-I")
set(source "${PLACE}/Tests/Hygiene/Refused-${LIBRARY}.cpp")

function(compile header result output)
    file(WRITE "${source}" "#if __has_include(\"${header}\")\n#else\n#error not found\n#endif\n")
    if(ARGN)
        file(WRITE "${source}" "#include \"${header}\"\n")
    endif()
    execute_process(COMMAND "${COMPILER}" -std=c++20 -fsyntax-only ${FOLDERS} "${source}"
        RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    set(${result} "${status}" PARENT_SCOPE)
    set(${output} "${said}" PARENT_SCOPE)
endfunction()

if(NOT EXISTS "${ROOT}/Source/${HEADER}" AND NOT EXISTS "${ROOT}/Engine/${HEADER}" AND NOT EXISTS "${ROOT}/Plugin/${HEADER}")
    message(FATAL_ERROR "${HEADER} is not in the tree, so refusing it proves nothing.")
endif()
compile("${HEADER}" status said as-include)
if(NOT status OR NOT said MATCHES "No such file|file not found")
    message(FATAL_ERROR "${LIBRARY} does not link what ${HEADER} belongs to, yet the compiler said: ${said}")
endif()

set(root "${PLACE}/include/${LIBRARY}")
file(GLOB_RECURSE headers RELATIVE "${root}" "${root}/*.h")
if(NOT headers)
    message(FATAL_ERROR "${LIBRARY} has no header in ${root}.")
endif()
foreach(header IN LISTS headers)
    compile("${header}" status said)
    if(status)
        message(FATAL_ERROR "${LIBRARY} does not see its own ${header}: ${said}")
    endif()
endforeach()
