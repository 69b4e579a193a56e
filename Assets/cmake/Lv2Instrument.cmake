# SPDX-License-Identifier: Apache-2.0
# cmake -DFILE=dsp.ttl -P Lv2Instrument.cmake: declares the plugin in an LV2's file, which JUCE has written, an instrument.
file(READ "${FILE}" text)
string(REPLACE "\ta lv2:Plugin ;" "\ta lv2:InstrumentPlugin , lv2:Plugin ;" declared "${text}")
if(declared STREQUAL text)
    message(FATAL_ERROR "${FILE} declares no lv2:Plugin as JUCE 7.0.5 writes it.")
endif()
file(WRITE "${FILE}" "${declared}")
