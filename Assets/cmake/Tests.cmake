# SPDX-License-Identifier: Apache-2.0
# tableread_tests(NAME SOURCES … LINK …): one Catch2 binary, its cases known to ctest by label: unit (everything
# without a hidden tag), slow and gpu. A tag [.slow], [.gpu] or [!benchmark] hides a case from a plain run; any other
# hidden tag hides it from ctest too. One more test runs the unit cases in one process and in random order, which shows
# a case that leans on another.
include(CTest)
include(Catch)

add_library(tableread_catch_main STATIC ${CMAKE_SOURCE_DIR}/Tests/Support/CatchMain.cpp)
target_link_libraries(tableread_catch_main PUBLIC Catch2::Catch2)

function(tableread_tests name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/Tests)
    target_compile_definitions(${name} PRIVATE TABLEREAD_ROOT="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${ARG_LINK} tableread_catch_main tableread_warnings)
    if(TABLEREAD_CUDA) # a program looks for it beside itself
        set(cuda_library libtableread-cuda.so)
        file(CREATE_LINK "${CMAKE_BINARY_DIR}/bin/${cuda_library}" "${CMAKE_CURRENT_BINARY_DIR}/${cuda_library}" SYMBOLIC)
    endif()
    set(unit "~[slow]~[gpu]~[!benchmark]~[.]")
    catch_discover_tests(${name} TEST_SPEC "${unit}" TEST_PREFIX "${name}: " PROPERTIES LABELS unit)
    add_test(NAME "${name}: all in random order" COMMAND ${name} --order rand --rng-seed time "${unit}")
    set_tests_properties("${name}: all in random order" PROPERTIES LABELS unit)
    set(spec_slow "[slow]~[gpu]")
    set(spec_gpu "[gpu]")
    foreach(kind IN ITEMS slow gpu)
        foreach(source IN LISTS ARG_SOURCES)
            file(STRINGS "${source}" tagged REGEX "\\[\\.?${kind}\\]" LIMIT_COUNT 1)
            if(tagged)
                catch_discover_tests(${name} TEST_SPEC "${spec_${kind}}" TEST_PREFIX "${name} ${kind}: "
                    TEST_LIST ${name}_${kind} PROPERTIES LABELS ${kind})
                break()
            endif()
        endforeach()
    endforeach()
endfunction()
