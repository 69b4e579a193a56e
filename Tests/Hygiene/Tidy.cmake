# SPDX-License-Identifier: Apache-2.0
# Runs Tests/Scripts/tidy over small trees in PLACE: planted faults are named, a clean tree passes, and only sources
# that have not changed since they were clean come from the cache.
cmake_minimum_required(VERSION 3.25)
set(apart "${PLACE}/Source/Apart")

function(tidy expected_status expected)
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -E env "XDG_CACHE_HOME=${PLACE}/cache"
            "${ROOT}/Tests/Scripts/tidy" "${PLACE}/build" --root "${PLACE}" ${ARGN}
        RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT status EQUAL expected_status OR NOT said MATCHES "${expected}")
        message(FATAL_ERROR "status ${status}, not ${expected_status} with \"${expected}\":\n${said}")
    endif()
endfunction()

file(REMOVE_RECURSE "${PLACE}")
file(MAKE_DIRECTORY "${PLACE}/build")
file(COPY_FILE "${ROOT}/.clang-tidy" "${PLACE}/.clang-tidy")
set(entries "")
foreach(name IN ITEMS One Two)
    file(WRITE "${apart}/${name}.cpp" "#include \"Twice.h\"\nstatic int helper (int a)\n{\n    return twice (a);\n}\n"
        "int use${name}()\n{\n    return helper (1);\n}\n") # two helpers of one name cannot be compiled together
    list(APPEND entries "{\"directory\": \"${PLACE}/build\", \"file\": \"${apart}/${name}.cpp\", \"command\":
        \"clang++-14 -std=c++20 -Wall -Werror -o ${name}.o -c ${apart}/${name}.cpp\"}")
endforeach()
list(JOIN entries "," entries)
file(WRITE "${PLACE}/build/compile_commands.json" "[${entries}]")
set(header "#pragma once\ninline int twice (int a)\n{\n    return 2 * a;\n}\n")

file(WRITE "${apart}/Twice.h" "${header}")
tidy(0 "2 sources, 0 of them known from before; 0 findings")
tidy(0 "2 sources, 2 of them known from before; 0 findings")

file(WRITE "${apart}/Twice.h" "${header}inline long wide (int a)\n{\n    return a * 1000;\n}\n")
foreach(run RANGE 1 2) # sources with findings are read again
    tidy(1 "Source/Apart/Twice.h:8:12: error: .*bugprone-implicit-widening.* 0 of them known from before; 1 findings")
endforeach()
file(WRITE "${apart}/Twice.h" "${header}")
tidy(0 "2 of them known from before; 0 findings")

file(APPEND "${apart}/Two.cpp" "int Wrong_Name = 0;\n")
tidy(1 "Source/Apart/Two.cpp:10:5: error: .*readability-identifier-naming.* 1 of them known from before; 1 findings")
file(WRITE "${apart}/Two.cpp" "int two() { return }\n")
tidy(1 "Source/Apart/Two.cpp:1:20: error: .*clang-diagnostic-error")
file(WRITE "${apart}/Two.cpp" "int two();\n")
file(APPEND "${PLACE}/.clang-tidy" "# other checks\n")
tidy(0 "2 sources, 0 of them known from before; 0 findings")

tidy(1 "nothing was checked" --torch)

# Headers in a CMake build: a library's headers are found through links, and each must compile alone.
file(REMOVE_RECURSE "${PLACE}")
file(MAKE_DIRECTORY "${PLACE}")
file(COPY_FILE "${ROOT}/.clang-tidy" "${PLACE}/.clang-tidy")
file(WRITE "${PLACE}/CMakeLists.txt" "cmake_minimum_required(VERSION 3.25)\nproject(Planted LANGUAGES CXX)\n"
    "add_library(tableread_warnings INTERFACE)\ninclude(\"${ROOT}/Assets/cmake/Targets.cmake\")\n"
    "add_subdirectory(Source/Apart)\n")
file(WRITE "${apart}/CMakeLists.txt" "tableread_library(apart SOURCES One.cpp)\n")
file(WRITE "${apart}/One.cpp" "#include \"Apart/Twice.h\"\nint one()\n{\n    return twice (1);\n}\n")
file(WRITE "${apart}/Twice.h" "${header}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${PLACE}" -B "${PLACE}/build" -G Ninja
    -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_VERIFY_INTERFACE_HEADER_SETS=ON
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
tidy(0 "1 headers, each compiled alone.*1 sources, 0 of them known from before; 0 findings")
file(WRITE "${apart}/Twice.h" "${header}inline long wide (int a)\n{\n    return a * 1000;\n}\n")
tidy(1 "\nSource/Apart/Twice.h:8:12: error: .*bugprone-implicit-widening.* 1 findings")
file(WRITE "${apart}/Twice.h" "${header}inline std::size_t size()\n{\n    return 2;\n}\n")
file(WRITE "${apart}/One.cpp" "#include <cstddef>\n\n#include \"Apart/Twice.h\"\n")
tidy(1 "Twice.h:6:8: error: use of undeclared identifier 'std'.* 0 findings")
