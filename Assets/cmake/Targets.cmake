# SPDX-License-Identifier: Apache-2.0
# Libraries that see only what they link; see the dependency rules in Assets/docs/Architecture.md.

# tableread_headers(TARGET headers …): gives the target an include root of its own, a folder of links to these headers.
# A header is included by its path below Source, Engine or Plugin, such as "Offload/Plan/MemoryPlan.h". Headers compile
# alone: the target all_verify_interface_header_sets checks it.
function(tableread_headers target)
    set(root "${CMAKE_BINARY_DIR}/include/${target}")
    string(REGEX MATCH "^${CMAKE_SOURCE_DIR}/[^/]+" area "${CMAKE_CURRENT_SOURCE_DIR}")
    set(wanted "")
    foreach(header IN LISTS ARGN)
        cmake_path(ABSOLUTE_PATH header NORMALIZE)
        cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${area}" OUTPUT_VARIABLE path)
        list(APPEND wanted "${root}/${path}")
        cmake_path(GET path PARENT_PATH folder)
        file(MAKE_DIRECTORY "${root}/${folder}")
        file(CREATE_LINK "${header}" "${root}/${path}" SYMBOLIC)
    endforeach()
    file(GLOB_RECURSE stale "${root}/*")
    list(REMOVE_ITEM stale ${wanted})
    if(stale)
        file(REMOVE ${stale})
    endif()
    get_target_property(type ${target} TYPE)
    set(scope PUBLIC)
    if(type STREQUAL INTERFACE_LIBRARY)
        set(scope INTERFACE)
    endif()
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${root}" FILES ${wanted})
endfunction()

# tableread_library(NAME SOURCES … [HEADERS …] [PUBLIC libs] [PRIVATE libs]): one static library for each folder. Without
# HEADERS all headers of the folder are its headers, and those of the folders that SOURCES come from.
function(tableread_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
    if(NOT ARG_HEADERS)
        set(folders "")
        foreach(source IN LISTS ARG_SOURCES)
            cmake_path(GET source PARENT_PATH folder)
            list(APPEND folders "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
        endforeach()
        list(REMOVE_DUPLICATES folders)
        list(TRANSFORM folders APPEND "/*.h")
        file(GLOB ARG_HEADERS CONFIGURE_DEPENDS ${folders})
    endif()
    add_library(${name} STATIC ${ARG_SOURCES})
    tableread_headers(${name} ${ARG_HEADERS})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} tableread_warnings)
endfunction()
