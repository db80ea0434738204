-- Requests of one route, for wrk: environment BENCH_KIND is `event` (a new one each time) or `entry` (of one known address).
-- A request is put together from three ready strings: what the client spends, the server does not have.
local thread_count = 0
function setup(thread)
  thread_count = thread_count + 1
  thread:set("id", thread_count)
end

local now = os.date("!%Y-%m-%dT%H:%M:%S") .. '.123Z'
-- Parts of a body: what stands before its id, and what after it, for the n-th of a thousand (always of one length).
local kinds = {
  event = {
    path = "/api/v1/ingest",
    before = '{"event_id":"',
    after = function(n)
      return string.format('","event_type":"behavioral","event_name":"screen_view","timestamp":"' .. now ..
        '","user_id":"user-%03d","session_id":"session-%03d","app_version":"1.4.0","sequence_number":7%03d' ..
        ',"properties":{"screen":"home","duration_ms":1%03d,"tags":{"provider":"p1"},"step":7}' ..
        ',"device_info":{"os":"iOS","os_version":"26.1","model":"iPhone 17","locale":"en_GB","carrier":"none"}}',
        n, (n * 7) % 1000, n, (n * 31) % 1000)
    end,
  },
  entry = {
    path = "/logs",
    before = '{"user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0 ',
    after = function(n)
      return string.format('","timestamp":"' .. now .. '","ip":"203.0.113.7","method":"GET","path":"/products/%03d"' ..
        ',"status":200,"latency_ms":1%03d.5}', n, (n * 31) % 1000)
    end,
  },
}

local head, ids, tails = "", "", {}
local n = 0
function init()
  math.randomseed(os.time() * 1000 + id)
  local kind = kinds[os.getenv("BENCH_KIND")]
  for i = 0, 999 do tails[i] = kind.after(i) end
  local run = kind == kinds.event and string.format("%02d%09d-%%09d", id, math.random(999999999)) or ""
  ids = run
  local length = #kind.before + #string.format(run, 0) + #tails[0]
  head = "POST " .. kind.path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-API-Key: " ..
    (os.getenv("BENCH_KEY") or "") .. "\r\nContent-Length: " .. length .. "\r\n\r\n" .. kind.before
end

function request()
  n = n + 1
  return head .. string.format(ids, n) .. tails[n % 1000]
end
