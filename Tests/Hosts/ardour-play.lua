-- SPDX-License-Identifier: GPL-3.0-or-later
-- Opens an Ardour session, plays its start in real time, and saves it: ardour7-lua ardour-play.lua FOLDER
local folder = arg[1]

local session = load_session (folder, "scene")
assert (session, "no session can be opened in " .. folder)
local meter = session:master_out():peak_meter()
local function loudest()
    return meter:meter_level (0, ARDOUR.MeterType.MeterPeak)
end
assert (loudest() < -100, "something sounds while the transport stands: " .. loudest() .. " dB")
session:request_roll (ARDOUR.TransportRequestSource.TRS_UI)
local heard = -200
for _ = 1, 100 do
    ARDOUR.LuaAPI.usleep (50000)
    heard = math.max (heard, loudest())
    if heard > -40 and session:transport_sample() > 24000 then
        break
    end
end
assert (session:transport_sample() > 24000, "the transport does not move")
assert (heard > -40, "nothing is heard: " .. heard .. " dB")
session:request_stop (false, false, ARDOUR.TransportRequestSource.TRS_UI)
ARDOUR.LuaAPI.usleep (500000)
session:save_state ("")
close_session()
