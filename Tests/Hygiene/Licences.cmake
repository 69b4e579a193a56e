# SPDX-License-Identifier: Apache-2.0
# Each file of code states its licence in one of its first five lines: the plugin, its tests and those of both programs
# together GPL-3.0-or-later, because JUCE and the VST3 SDK are; everything else Apache-2.0.
include("${CMAKE_CURRENT_LIST_DIR}/Tree.cmake")

tree_files(files)
foreach(file IN LISTS files)
    if(NOT file MATCHES "\\.(h|cpp|cu|cuh|mm|cmake|py|sh|in)$|(^|/)CMakeLists\\.txt$|^\\.ci/|^Assets/setup/")
        continue()
    endif()
    if(file MATCHES "^(Plugin|Tests/Plugin|Tests/Hosts|Tests/System|Tests/Bench/Playback)/")
        set(wanted "GPL-3.0-or-later")
    else()
        set(wanted "Apache-2.0")
    endif()
    file(STRINGS "${ROOT}/${file}" top LIMIT_COUNT 5)
    if(NOT "${top};" MATCHES "SPDX-License-Identifier: ([^ ;]+)")
        fault("${file}: none of the first five lines says SPDX-License-Identifier: ${wanted}")
    elseif(NOT CMAKE_MATCH_1 STREQUAL wanted)
        fault("${file}: says ${CMAKE_MATCH_1}, its folder is ${wanted}")
    endif()
endforeach()
finish()
