// SPDX-License-Identifier: Apache-2.0
// What the sanitizers ask each program at its start: their options and suppressions. Each suppression names whose
// code it is about and why nothing here can fix it.
#define TABLEREAD_EXPORT extern "C" __attribute__ ((visibility ("default"), used))

TABLEREAD_EXPORT const char* __asan_default_options();
TABLEREAD_EXPORT const char* __ubsan_default_options();
TABLEREAD_EXPORT const char* __lsan_default_suppressions();
TABLEREAD_EXPORT const char* __tsan_default_options();
TABLEREAD_EXPORT const char* __tsan_default_suppressions();

const char* __asan_default_options()
{
    // Memory that is refused is an error in words, which tests look at.
    return "strict_string_checks=1:detect_stack_use_after_return=1:allocator_may_return_null=1";
}

const char* __ubsan_default_options()
{
    return "print_stacktrace=1";
}

const char* __lsan_default_suppressions()
{
    // JUCE's copy of lilv, the library that finds LV2 plugins for a host, leaks what it held when it is told to look
    // in a second folder: the former search path, and each plugin class that it meets again. JUCE's LV2 host looks in
    // the usual folders first, always, and only then where the test says. An optimised build has no trace of who asked
    // for the former search path's copy.
    // libsndfile 1.2 forgets what the decoder had allocated for some Ogg files that it refuses.
    return "leak:lilv_world_set_option\n"
           "leak:lilv_plugin_class_new\n"
           "leak:lilv_strdup\n"
           "leak:libvorbis.so\n"
           "leak:libogg.so\n"
           "leak:libopus.so\n"
           "leak:libsndfile.so\n";
}

const char* __tsan_default_options()
{
    return "second_deadlock_stack=1";
}

const char* __tsan_default_suppressions()
{
    // spdlog makes its registry when a thread first logs, behind the lock of a function's static object. The
    // distribution's library is not compiled for this sanitizer, which so does not see the lock.
    // JUCE's LV2 wrapper reads a flag on whatever thread changes a parameter, which its block sets; JUCE's LV2 host reads the
    // values of parameters for a state while its block writes them.
    return "race:^spdlog::details::registry::registry\n"
           "race:^juce::lv2_client::ParameterStorage::audioProcessorParameterChanged\n"
           "race:^append_port_value\n"
           "race:^juce::lv2_host::ParameterValueCache::updateFromControlPorts\n";
}
