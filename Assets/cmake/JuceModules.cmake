# SPDX-License-Identifier: Apache-2.0
# tableread_juce: the JUCE modules, compiled once for the plugin, the app and the tests. Debian's package is found
# automatically; macOS and Windows use upstream JUCE with -DJUCE_DIR.
find_package(JUCE 7.0.5 CONFIG REQUIRED)
# Debian removes JUCE's copies of these libraries; upstream JUCE has its own.
pkg_check_modules(juce_codecs REQUIRED IMPORTED_TARGET flac vorbisenc vorbisfile vorbis ogg libpng libjpeg zlib)

add_library(tableread_juce STATIC)
target_link_libraries(tableread_juce
    PRIVATE juce::juce_audio_utils juce::juce_audio_processors juce::juce_gui_basics juce::juce_recommended_config_flags
    PUBLIC PkgConfig::juce_codecs)
target_compile_definitions(tableread_juce
    PUBLIC
        JUCE_WEB_BROWSER=0
        JUCE_USE_CURL=0
        JUCE_JACK=1
        JUCE_VST3_CAN_REPLACE_VST2=0
        JUCE_DISPLAY_SPLASH_SCREEN=0
        JUCE_REPORT_APP_USAGE=0
        JUCE_MODAL_LOOPS_PERMITTED=0
        JUCE_PLUGINHOST_VST3=1 # for the tests; the linker drops what the plugin does not call
        JUCE_PLUGINHOST_LV2=1
    INTERFACE $<TARGET_PROPERTY:tableread_juce,COMPILE_DEFINITIONS>)
# As system headers, so that warnings are about our own code only.
target_include_directories(tableread_juce SYSTEM INTERFACE $<TARGET_PROPERTY:tableread_juce,INCLUDE_DIRECTORIES>)
target_compile_options(tableread_juce PRIVATE -w -ffunction-sections -fdata-sections)
option(TABLEREAD_QUICK_JUCE "JUCE is not optimised in builds for tests, which have it do little work; not for tableread-editor-bench" ON)
if(TABLEREAD_SANITIZE OR (TABLEREAD_QUICK_JUCE AND CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo"))
    target_compile_options(tableread_juce PRIVATE -O0 -g0)
endif()
if(TABLEREAD_SANITIZE STREQUAL "address") # JUCE is not ours to check
    target_compile_options(tableread_juce PRIVATE -fno-sanitize=all)
endif()
set_target_properties(tableread_juce PROPERTIES VISIBILITY_INLINES_HIDDEN ON UNITY_BUILD OFF) # each module is one file as it is
