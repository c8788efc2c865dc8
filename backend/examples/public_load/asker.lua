-- What `wrk` asks. Without arguments the address it was called with; with a file of lookups, each of them once, from an address of its
-- own: a puzzle is good once. With a pause, in ms, as many people as there are connections, who each wait about that long between two.

local lookups, pause = {}, 0
local nth = 0

function init(arguments)
  if not arguments[1] then
    return
  end
  for line in io.lines(arguments[1]) do
    lookups[#lookups + 1] = line
  end
  pause = tonumber(arguments[2])
  request = ask_for_next
  if pause > 0 then
    delay = wait
  end
end

function ask_for_next()
  nth = nth + 1
  local body = lookups[nth]
  if not body then
    error("more was asked than prepared")
  end
  local headers = {
    ["content-type"] = "application/x-www-form-urlencoded",
    ["x-forwarded-for"] = string.format("10.%d.%d.%d", nth / 65536 % 256, nth / 256 % 256, nth % 256),
  }
  for name, value in pairs(wrk.headers) do
    headers[name] = value
  end
  return wrk.format("POST", nil, headers, body)
end

-- As people come who know nothing of each other.
function wait()
  return -math.log(1 - math.random()) * pause
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "measured %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
