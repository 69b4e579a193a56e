# SPDX-License-Identifier: Apache-2.0
# tableread_tests(NAME SOURCES … LINK … [PRECOMPILED TARGET]): one Catch2 binary, its cases known to ctest by label:
# unit (everything without a hidden tag), slow and gpu. A tag [.slow], [.gpu] or [!benchmark] hides a case from a
# plain run; any other hidden tag hides it from ctest too. A slow case with the tag [serial] measures: nothing runs
# beside it. One more test runs the unit cases in one process and in random order, which shows whether a case depends
# on another: the only one with a sanitizer, and of the soak without. PRECOMPILED: the tests whose precompiled header
# it shares, tableread_core_tests by default; NONE where JUCE is linked, whose definitions differ. PARTS: tags whose
# cases run beside the others with a sanitizer, in the longest programs.
include(CTest)
include(Catch)

# Most of a test's build would go into optimising Catch2's expressions. Tests that compute a lot keep the preset's level.
set(tableread_quick_to_build $<$<CONFIG:RelWithDebInfo>:-O0>)

add_library(tableread_catch_main STATIC ${CMAKE_SOURCE_DIR}/Tests/Support/CatchMain.cpp)
target_compile_options(tableread_catch_main PRIVATE ${tableread_quick_to_build})
target_link_libraries(tableread_catch_main PUBLIC Catch2::Catch2)

function(tableread_tests name)
    cmake_parse_arguments(ARG "" "PRECOMPILED" "SOURCES;LINK;PARTS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/Tests)
    target_compile_definitions(${name} PRIVATE TABLEREAD_ROOT="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${ARG_LINK} tableread_catch_main tableread_warnings)
    if(NOT ARG_PRECOMPILED)
        set(ARG_PRECOMPILED tableread_core_tests)
    endif()
    if(NOT ARG_PRECOMPILED STREQUAL "tableread_kernels_tests")
        target_compile_options(${name} PRIVATE ${tableread_quick_to_build})
    endif()
    if(NOT ARG_PRECOMPILED MATCHES "^(${name}|NONE)$")
        target_precompile_headers(${name} REUSE_FROM ${ARG_PRECOMPILED})
    endif()
    if(TABLEREAD_CUDA) # a program looks for it next to itself
        set(cuda_library libtableread-cuda.so)
        file(CREATE_LINK "${CMAKE_BINARY_DIR}/bin/${cuda_library}" "${CMAKE_CURRENT_BINARY_DIR}/${cuda_library}" SYMBOLIC)
    endif()
    set(unit "~[slow]~[gpu]~[!benchmark]~[.]")
    set(parts "")
    if(TABLEREAD_SANITIZE)
        set(parts ${ARG_PARTS})
    endif()
    set(rest "${unit}")
    foreach(tag IN LISTS parts) # side by side
        add_test(NAME "${name}: [${tag}] in random order" COMMAND ${name} --order rand --rng-seed time "${rest}[${tag}]")
        set_tests_properties("${name}: [${tag}] in random order" PROPERTIES LABELS unit COST 100)
        string(APPEND rest "~[${tag}]")
    endforeach()
    add_test(NAME "${name}: all in random order" COMMAND ${name} --order rand --rng-seed time "${rest}")
    if(TABLEREAD_SANITIZE) # starting a process for each case would take most of the time
        set_tests_properties("${name}: all in random order" PROPERTIES LABELS unit)
        if(parts)
            set_tests_properties("${name}: all in random order" PROPERTIES COST 100) # the first to start
        endif()
    else()
        catch_discover_tests(${name} TEST_SPEC "${unit}" TEST_PREFIX "${name}: " PROPERTIES LABELS unit)
        set_tests_properties("${name}: all in random order" PROPERTIES LABELS soak)
    endif()
    set(spec_slow "[slow]~[serial]~[gpu]")
    set(spec_serial "[slow][serial]~[gpu]")
    set(spec_gpu "[gpu]")
    foreach(kind IN ITEMS slow serial gpu)
        foreach(source IN LISTS ARG_SOURCES)
            file(STRINGS "${source}" tagged REGEX "\\[\\.?${kind}\\]" LIMIT_COUNT 1)
            if(tagged)
                set(properties LABELS ${kind})
                if(kind STREQUAL "serial")
                    set(properties LABELS slow RUN_SERIAL ON)
                endif()
                catch_discover_tests(${name} TEST_SPEC "${spec_${kind}}" TEST_PREFIX "${name} ${kind}: "
                    TEST_LIST ${name}_${kind} PROPERTIES ${properties})
                break()
            endif()
        endforeach()
    endforeach()
endfunction()
