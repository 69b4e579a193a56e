-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes an Ardour session with the plugin: ardour7-lua ardour-make.lua FOLDER RATE FORMAT PLACE
-- FORMAT: VST3 or LV2. PLACE: track (an audio track), bus (an audio bus) or midi (a MIDI track).
local folder, rate, format, place = arg[1], tonumber (arg[2]), arg[3], arg[4]
local names = { VST3 = "TableRead", LV2 = "https://tableread.invalid/plugins/tableread" }

local session = create_session (folder, "scene", rate)
assert (session, "no session can be made in " .. folder)
local last, normal = ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal
local route
if place == "track" then
    route = session:new_audio_track (1, 2, nil, 1, "voice", last, normal, true):front()
elseif place == "bus" then
    route = session:new_audio_route (1, 2, nil, 1, "voice", ARDOUR.PresentationInfo.Flag.AudioBus, last):front()
else
    route = session:new_midi_track (ARDOUR.ChanCount (ARDOUR.DataType ("midi"), 1),
                                    ARDOUR.ChanCount (ARDOUR.DataType ("audio"), 2), true, ARDOUR.PluginInfo(),
                                    nil, nil, 1, "voice", last, normal, true):front()
end
local plugin = ARDOUR.LuaAPI.new_plugin (session, names[format], ARDOUR.PluginType[format], "")
assert (not plugin:isnil(), "Ardour does not find the " .. format)
assert (route:add_processor_by_index (plugin, 0, nil, true) == 0, "the plugin cannot be added")
local channels = plugin:to_insert():natural_output_streams():n_audio()
assert (channels == 2, "the plugin has " .. channels .. " channels")

-- Ardour makes a route's outputs on a thread of its own, and does not connect them to the master everywhere.
for channel = 0, 1 do
    local out, master = nil, session:master_out():input():audio (channel):name()
    for _ = 1, 200 do
        out = route:output():audio (channel)
        if not out:isnil() then
            break
        end
        ARDOUR.LuaAPI.usleep (50000)
    end
    assert (out:connected_to (master) or out:connect (master) == 0, "the new route cannot be connected to the master")
end
channels = route:output():n_ports():n_audio()
assert (channels == 2, "the route has " .. channels .. " channels")
session:save_state ("")
close_session()
