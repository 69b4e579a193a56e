# SPDX-License-Identifier: Apache-2.0
# The top level holds what Assets/docs/Architecture.md names, and dot files.
include("${CMAKE_CURRENT_LIST_DIR}/Tree.cmake")
set(allowed CMakeLists.txt CMakePresets.json README.md LICENSE CHANGELOG.md Source Engine Plugin Assets Tests)

tree_files(files)
list(TRANSFORM files REPLACE "/.*" "")
list(REMOVE_DUPLICATES files)
foreach(name IN LISTS files)
    if(NOT name IN_LIST allowed AND NOT name MATCHES "^\\.")
        fault("${name}: does not belong on the top level. Put it into Source, Engine, Plugin, Assets or Tests.")
    endif()
endforeach()
finish()
