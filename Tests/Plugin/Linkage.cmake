# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DFILES="…" -P Linkage.cmake: nothing that the plugin links, directly or not, names Torch or CUDA:
# a fault in those must stay in the engine's process.
foreach(file IN LISTS FILES)
    execute_process(COMMAND ldd "${file}" OUTPUT_VARIABLE libraries ERROR_VARIABLE problem RESULT_VARIABLE result)
    if(result OR NOT libraries MATCHES "libc\\.so")
        message(FATAL_ERROR "${file}: ldd says nothing useful: ${libraries}${problem}")
    endif()
    if(libraries MATCHES "(libtorch|libc10|libcuda|libcudart|libcublas|libcudnn|libnv)[^\n]*")
        message(SEND_ERROR "${file} is linked with ${CMAKE_MATCH_0}")
    endif()
    if(libraries MATCHES "[^\n]*not found")
        message(SEND_ERROR "${file}: ${CMAKE_MATCH_0}")
    endif()
endforeach()
