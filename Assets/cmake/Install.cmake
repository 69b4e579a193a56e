# SPDX-License-Identifier: Apache-2.0
# cmake --install and cpack: what goes where below the prefix. The engine finds LibTorch by a path relative to itself, so
# the prefix may be moved anywhere. Parts that were not configured are left out.
#   bin                      tableread-engine with tableread-torch, TableRead (standalone), tableread-read-recording, which both
#                            and the plugin start
#   lib/tableread            the libraries of LibTorch that the engine needs, and the CUDA library
#   lib/vst3, lib/lv2        the plugin
#   share/tableread          models/mini (the embedded model with its voices), demo (a script to try), selftest
#   share/tableread/deploy   an HAProxy configuration, and how to use it and the units
#   share/tableread/farm     templates for schedulers
#   share/systemd/user       the units of systemd --user, which finds them there below /usr, /usr/local and ~/.local
#   share/doc/tableread      README, licences
install(FILES README.md LICENSE CHANGELOG.md DESTINATION share/doc/tableread)
install(DIRECTORY Assets/demo Assets/models Assets/selftest DESTINATION share/tableread)
install(FILES Assets/deploy/README.md Assets/deploy/haproxy.cfg DESTINATION share/tableread/deploy)
install(FILES Assets/farm/commands.txt Assets/farm/openjd.yaml DESTINATION share/tableread/farm)
install(PROGRAMS Assets/farm/slurm.sh DESTINATION share/tableread/farm)
install(FILES Assets/deploy/tableread.socket Assets/deploy/tableread.service DESTINATION share/systemd/user)

if(TARGET tableread-engine)
    set_target_properties(tableread-torch PROPERTIES INSTALL_RPATH "$ORIGIN/../lib/tableread")
    install(TARGETS tableread-engine tableread-torch RUNTIME DESTINATION bin)
    list(TRANSFORM TABLEREAD_TORCH_LIBRARIES PREPEND "${TABLEREAD_TORCH_DIR}/lib/" OUTPUT_VARIABLE torch_files)
    install(FILES ${torch_files} DESTINATION lib/tableread)
endif()
if(TARGET tableread-engine OR TARGET TableRead_Standalone)
    install(TARGETS tableread-read-recording RUNTIME DESTINATION bin)
endif()
if(TARGET tableread_cuda)
    set_target_properties(tableread_cuda PROPERTIES INSTALL_RPATH "$ORIGIN")
    install(TARGETS tableread_cuda LIBRARY DESTINATION lib/tableread)
endif()
if(TARGET TableRead_Standalone)
    install(TARGETS TableRead_Standalone RUNTIME DESTINATION bin)
    install(FILES Plugin/LICENSE DESTINATION share/doc/tableread RENAME LICENSE.plugin)
    install(FILES Assets/fonts/LICENSE DESTINATION share/doc/tableread RENAME LICENSE.font)
endif()
foreach(format VST3 LV2)
    if(TARGET TableRead_${format})
        string(TOLOWER ${format} folder)
        get_target_property(bundle TableRead_${format} JUCE_PLUGIN_ARTEFACT_FILE)
        install(DIRECTORY "${bundle}" DESTINATION lib/${folder} USE_SOURCE_PERMISSIONS)
    endif()
endforeach()

set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_NAME tableread)
set(CPACK_PACKAGE_VENDOR "TableRead")
set(CPACK_PACKAGE_CONTACT "The TableRead developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION_FILE "${CMAKE_SOURCE_DIR}/README.md")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/LICENSE")
set(CPACK_THREADS 0)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${CPACK_PACKAGE_CONTACT}")
set(CPACK_DEBIAN_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "script and voices in, VibeVoice speech on the timeline out")
# dpkg-shlibdeps finds the packages of Debian's libraries; LibTorch's libraries are included.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(TARGET tableread-engine)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${TABLEREAD_TORCH_DIR}/lib")
endif()
include(CPack)
