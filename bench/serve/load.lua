-- Asks YALU_PATH, with each line of the file YALU_QUERIES behind it in turn where it has any.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init()
  queries = {}
  for line in io.lines(os.getenv("YALU_QUERIES")) do
    table.insert(queries, line)
  end
  -- Each thread begins elsewhere, so that they don't ask the same at the same time.
  at = math.floor(number * #queries / 2)
end

function request()
  local path = os.getenv("YALU_PATH")
  if #queries > 0 then
    at = at + 1
    path = path .. queries[(at - 1) % #queries + 1]
  end
  return wrk.format("GET", path)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    "figures: %.1f answers a second (%d in all), p50 %.1f ms, p99 %.1f ms, longest %.1f ms\n",
    summary.requests / (summary.duration / 1e6), summary.requests,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
  io.write(string.format(
    "figures: errors: %d connections, %d reads, %d writes, %d statuses from 400 on, %d later than 30 s\n",
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
