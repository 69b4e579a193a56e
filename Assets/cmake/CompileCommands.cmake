# SPDX-License-Identifier: Apache-2.0
# compile_commands.json at the top level, for clangd and clang-tidy: a link to the one of preset dev. Git ignores it.
# There is none if the tree cannot be written.
set(link "${CMAKE_SOURCE_DIR}/compile_commands.json")
if(CMAKE_BINARY_DIR STREQUAL "${CMAKE_SOURCE_DIR}/build/dev" AND (IS_SYMLINK "${link}" OR NOT EXISTS "${link}"))
    file(CREATE_LINK build/dev/compile_commands.json "${link}" RESULT ignored SYMBOLIC)
endif()
