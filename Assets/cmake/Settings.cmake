# SPDX-License-Identifier: Apache-2.0
# Language, warnings and compiler cache, for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_DEPEND=1;CCACHE_SLOPPINESS=time_macros,pch_defines,include_file_mtime,include_file_ctime;${CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_C_COMPILER_LAUNCHER}")
endif()

find_program(LLD ld.lld)
if(LLD AND CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo") # what is built for tests: quicker to link
    add_link_options(-fuse-ld=lld)
endif()

add_library(tableread_warnings INTERFACE)
target_compile_options(tableread_warnings INTERFACE
    "$<$<COMPILE_LANGUAGE:C,CXX>:-Wall;-Wextra;-Wconversion;-Wshadow>"
    "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wshadow>")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 warns about copies inside std::string that cannot happen ("a" + text): GCC bug 105651.
    target_compile_options(tableread_warnings INTERFACE
        "$<$<COMPILE_LANGUAGE:C,CXX>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds>")
endif()
if(CMAKE_UNITY_BUILD) # the names of another source, compiled together with this one, are no reason to warn
    target_compile_options(tableread_warnings INTERFACE "$<$<COMPILE_LANGUAGE:C,CXX>:-Wno-shadow>"
        "$<$<CXX_COMPILER_ID:GNU>:-Wshadow=local;-Wno-subobject-linkage>")
endif()
if(TABLEREAD_WERROR)
    target_compile_options(tableread_warnings INTERFACE
        "$<$<COMPILE_LANGUAGE:C,CXX>:-Werror>" "$<$<COMPILE_LANGUAGE:CUDA>:--Werror=all-warnings;-Xcompiler=-Werror>")
endif()

include(Sanitizers)
