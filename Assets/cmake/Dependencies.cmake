# SPDX-License-Identifier: Apache-2.0
# Every library that is not ours, from Debian's packages (Assets/setup/packages) and, for the engine, one wheel.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)
if(TABLEREAD_TESTS)
    find_package(Catch2 2.13 REQUIRED)
endif()
if(TABLEREAD_ENGINE)
    include(LibTorch)
endif()
