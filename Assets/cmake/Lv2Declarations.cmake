# SPDX-License-Identifier: Apache-2.0
# cmake -DFILE=dsp.ttl -P Lv2Declarations.cmake: mends what JUCE 7.0.5 declares in an LV2's file.
file(READ "${FILE}" text)
function(mend declared meant why)
    string(REPLACE "${declared}" "${meant}" mended "${text}")
    if(mended STREQUAL text)
        message(FATAL_ERROR "${FILE} is not as JUCE 7.0.5 writes it: ${why}.")
    endif()
    set(text "${mended}" PARENT_SCOPE)
endfunction()

# The wrapper was built as of an effect (Plugin/CMakeLists.txt says why).
mend("\ta lv2:Plugin ;" "\ta lv2:InstrumentPlugin , lv2:Plugin ;" "it declares no lv2:Plugin")

# The values of choices, from 0 to 1 where the parameter's range is 0 to 2.
mend("\"Always\" ;\n\t\trdf:value 0.5 ;" "\"Always\" ;\n\t\trdf:value 1 ;" "\"Always\" is not 0.5")
mend("\"Never\" ;\n\t\trdf:value 1 ;" "\"Never\" ;\n\t\trdf:value 2 ;" "\"Never\" is not 1")
file(WRITE "${FILE}" "${text}")
