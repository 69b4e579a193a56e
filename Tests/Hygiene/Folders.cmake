# SPDX-License-Identifier: Apache-2.0
# In Source, Engine and Plugin no folder directly holds more than 30 files, and in the folders named here no file
# repeats the folder's name: Kernels/Cuda/Ring.h, not Kernels/Cuda/CudaRing.h.
include("${CMAKE_CURRENT_LIST_DIR}/Tree.cmake")
set(max_files 30)
set(no_prefix Cpu Gpu Cuda Frame Loop Measure Command Device)
set(words FrameNetwork) # technical terms that begin like their folder

tree_files(files)
list(FILTER files INCLUDE REGEX "^(Source|Engine|Plugin)/")
set(folders "")
foreach(file IN LISTS files)
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET folder FILENAME own)
    cmake_path(GET file STEM name)
    list(APPEND folders "${folder}")
    list(APPEND files_of_${folder} "${file}")
    if(own IN_LIST no_prefix AND name MATCHES "^${own}[A-Z]" AND NOT name IN_LIST words)
        fault("${file}: repeats its folder's name. Call it without \"${own}\".")
    endif()
endforeach()
list(REMOVE_DUPLICATES folders)
foreach(folder IN LISTS folders)
    list(LENGTH files_of_${folder} count)
    if(count GREATER max_files)
        fault("${folder}: ${count} files, ${max_files} are allowed. Divide it by what changes together.")
    endif()
endforeach()
finish()
