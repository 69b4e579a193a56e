# SPDX-License-Identifier: Apache-2.0
# tableread_library(NAME SOURCES … [PUBLIC libs] [PRIVATE libs]): one static library per folder. What it links is
# what it may include: see the dependency rules in Assets/docs/Architecture.md.
function(tableread_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH parent)
    target_include_directories(${name} PUBLIC "${parent}")
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} tableread_warnings)
endfunction()
