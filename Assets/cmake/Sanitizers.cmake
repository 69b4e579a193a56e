# SPDX-License-Identifier: Apache-2.0
# TABLEREAD_SANITIZE: address (with undefined) or thread, for everything compiled here. Every program is linked with
# Tests/Support/SanitizerDefaults.cpp, so options and suppressions apply however it is started.
if(TABLEREAD_SANITIZE STREQUAL "address")
    set(flags -fsanitize=address,undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
elseif(TABLEREAD_SANITIZE STREQUAL "thread")
    set(flags -fsanitize=thread)
elseif(TABLEREAD_SANITIZE)
    message(FATAL_ERROR "TABLEREAD_SANITIZE is \"${TABLEREAD_SANITIZE}\"; use address, thread or nothing.")
else()
    return()
endif()
add_compile_options(${flags} -fno-omit-frame-pointer)
add_link_options(${flags})

add_library(tableread_sanitizer_defaults INTERFACE)
target_sources(tableread_sanitizer_defaults INTERFACE
    "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${CMAKE_SOURCE_DIR}/Tests/Support/SanitizerDefaults.cpp>")
link_libraries(tableread_sanitizer_defaults)
