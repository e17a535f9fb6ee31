#!/usr/bin/env bash
# What it costs to be watched: the Gateway sample with everything on (metrics sent by OTLP and fetched by Prometheus, every connection recorded in JSON, traces sampled out) beside
# the same with all of it off. Both run side by side and take turns, each round begins with another one; medians, and the median of the rounds' ratios, which is to be
# 0.95 at least. Both are started anew several times: how fast a process is depends by some percent on how it came to lie in memory.
#
#   benchmarks/telemetry.sh [STARTS] [ROUNDS] [SECONDS] [TRANSPORT]     prints a table; needs wrk, nginx, python3 and a build of samples/Gateway in Release
set -euo pipefail
cd "$(dirname "$0")/.."

starts=${1:-5} rounds=${2:-5} seconds=${3:-3} transport=${4:-Auto}
gateway=samples/Gateway/bin/Release/net10.0/Gateway.dll
folder=$(mktemp -d -p /dev/shm) backend=18201 collector=18202
declare -A port=([off]=18203 [on]=18204) pids

finish() {
  kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

await() { until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done; }

cat >"$folder/nginx.conf" <<NGINX
worker_processes auto;
daemon off;
pid $folder/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  server { listen 127.0.0.1:$backend backlog=4096 reuseport; location / { return 200 "hello"; } }
}
NGINX
nginx -c "$folder/nginx.conf" 2>"$folder/nginx.log" &
pids[backend]=$!

# It takes what is sent, and says so; nothing else is asked of a collector here.
python3 - "$collector" >/dev/null 2>&1 <<'PYTHON' &
import http.server, sys
class Taker(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Taker).serve_forever()
PYTHON
pids[collector]=$!

json() {
  cat <<JSON
{ $2
  "L4Proxy": {
    "Transport": "$transport", "AccessLog": { $3 },
    "Endpoints": { "in": { "Url": "tcp://127.0.0.1:${port[$1]}" } },
    "Routes": { "all": { "ClusterId": "out" } },
    "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:$backend" } } } }
  }
}
JSON
}

json off "" '"Enabled": false' >"$folder/off.json"
json on '"Gateway": { "Admin": "http://127.0.0.1:18205", "Prometheus": true }, "Logging": { "Console": { "FormatterName": "json" } },' '"MaxPerSecond": 1000' >"$folder/on.json"

start() {
  dotnet "$gateway" --config "$folder/off.json" >"$folder/off.log" 2>&1 &
  pids[off]=$!
  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$collector OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_METRIC_EXPORT_INTERVAL=5000 OTEL_TRACES_SAMPLER=always_off \
    dotnet "$gateway" --config "$folder/on.json" >"$folder/on.log" 2>&1 &
  pids[on]=$!
  for each in "$backend" "$collector" "${port[off]}" "${port[on]}"; do await "$each"; done
}

stop() {
  kill "${pids[off]}" "${pids[on]}"
  wait "${pids[off]}" "${pids[on]}" || true
  unset "pids[off]" "pids[on]"
}

# load WHO [OPTION...]: requests a second.
load() {
  wrk --threads "$(nproc)" --connections 64 --duration "${seconds}s" "${@:2}" "http://127.0.0.1:${port[$1]}/" | awk '/^Requests\/sec:/ { print $2 }'
}

# compare WHAT [OPTION...]: a round's two go to files side by side.
compare() {
  local what=$1 who round order
  for who in off on off on; do load "$who" "${@:2}" >/dev/null; done
  for round in $(seq "$rounds"); do
    order="off on"
    [ $((round % 2)) = 1 ] || order="on off"
    for who in $order; do
      load "$who" "${@:2}" >>"$folder/$what-$who"
      curl -sf -o /dev/null "http://127.0.0.1:18205/metrics"
    done
  done
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

for _ in $(seq "$starts"); do
  start
  compare kept
  compare new --header "Connection: close"
  stop
done

echo "| $starts starts, $rounds rounds of $seconds s each, $transport, load average $(cut -d' ' -f1 /proc/loadavg) | off | on | on / off |"
echo "|---|---|---|---|"
for what in kept new; do
  off=$(median <"$folder/$what-off") on=$(median <"$folder/$what-on")
  ratio=$(paste "$folder/$what-off" "$folder/$what-on" | awk '{ print $2 / $1 }' | median)
  awk -v what="$what" -v off="$off" -v on="$on" -v ratio="$ratio" 'BEGIN { printf "| requests a second, %s connections | %d | %d | %.3f |\n", what, off, on, ratio }'
done
