# SPDX-License-Identifier: Apache-2.0
# No function is longer than 80 lines without saying why, and none has more than four parameters; see functions.py.
include("${CMAKE_CURRENT_LIST_DIR}/Tree.cmake")
find_program(PYTHON python3 REQUIRED)

tree_files(files)
list(FILTER files INCLUDE REGEX "^(Source|Engine|Plugin)/.*\\.(h|cpp|cu|cuh|mm)$")
execute_process(
    COMMAND "${PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/functions.py" "${ROOT}" ${files}
    COMMAND_ERROR_IS_FATAL ANY)
