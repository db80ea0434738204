-- One new event a request, of the size of bench/events.mjs.
local thread_count = 0
function setup(thread)
  thread_count = thread_count + 1
  thread:set("id", thread_count)
end

local n, run = 0, ""
function init()
  math.randomseed(os.time() * 1000 + id)
  run = id .. "-" .. os.time() .. "-" .. math.random(1e9)
end

local headers = { ["Content-Type"] = "application/json", ["X-API-Key"] = os.getenv("BENCH_KEY") or "" }
function request()
  n = n + 1
  return wrk.format("POST", "/api/v1/ingest", headers,
    '{"event_id":"' .. run .. '-' .. n .. '","event_type":"behavioral","event_name":"screen_view","timestamp":"' ..
    os.date("!%Y-%m-%dT%H:%M:%S") .. '.123Z","user_id":"user-' .. (n % 1000) .. '","session_id":"session-' .. (n % 5000) ..
    '","app_version":"1.4.0","sequence_number":' .. n ..
    ',"properties":{"screen":"home","duration_ms":182,"tags":{"provider":"p1"},"step":7}' ..
    ',"device_info":{"os":"iOS","os_version":"26.1","model":"iPhone 17","locale":"en_GB","carrier":"none"}}')
end
