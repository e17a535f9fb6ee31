#!/usr/bin/env bash
# How long the admin API takes among 10 000 routes and clusters: the Gateway sample with SQLite, each call until its answer, which comes when the
# configuration is in force. And from the PUT of an endpoint to the first connection that it accepts.
#
#   benchmarks/control-plane.sh [ROUTES] [GATEWAY.dll]     prints a table; needs curl and a build in Release
set -euo pipefail
cd "$(dirname "$0")/.."

routes=${1:-10000} gateway=${2:-samples/Gateway/bin/Release/net10.0/Gateway.dll}
folder=$(mktemp -d) port=18190 in=18191
api=http://127.0.0.1:$port/l4proxy/v1

finish() { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$folder"; }
trap finish EXIT

cat >"$folder/gateway.json" <<JSON
{ "Gateway": { "Admin": "http://127.0.0.1:$port", "Store": "sqlite:$folder/routes.db" },
  "L4Proxy": { "AccessLog": { "Enabled": false }, "Endpoints": { "in": { "Url": "tcp://127.0.0.1:$in" } } } }
JSON
dotnet "$gateway" --config "$folder/gateway.json" >"$folder/log" 2>&1 &
pid=$!
until curl -sf "$api/status" >/dev/null; do sleep 0.2; done

# An owner's whole state: names and addresses differ from turn to turn.
state() {
  awk -v n="$routes" -v turn="$1" 'BEGIN {
    printf "{\"routes\":{"
    for (i = 0; i < n; i++) printf "%s\"r%d\":{\"clusterId\":\"c%d\",\"match\":{\"sni\":[\"n%d.of%d.example.com\"]}}", i ? "," : "", i, i, i, turn
    printf "},\"clusters\":{"
    for (i = 0; i < n; i++) printf "%s\"c%d\":{\"destinations\":{\"a\":{\"address\":\"127.0.0.1:%d\"}}}", i ? "," : "", i, 20000 + turn + i % 1000
    printf "}}" }' >"$folder/state.json"
}

# One call: its milliseconds on a line.
call() { curl -sf -o /dev/null -w '%{time_total}\n' -X "$1" -H 'Content-Type: application/json' "$api/$2" "${@:3}" | awk '{ printf "%.1f\n", $1 * 1000 }'; }

summary() { sort -n | awk -v what="$1" '{ all[NR] = $1 } END { printf "| %s | %.1f | %.1f | %.1f |\n", what, all[1], all[int((NR + 1) / 2)], all[int(NR * 0.9 + 0.9)] }'; }

# The first calls are those of a runtime that still compiles.
warm() { for i in $(seq 300); do call PUT "routes/warm$i?owner=o" -d "{\"clusterId\":\"c$i\",\"match\":{\"sni\":[\"warm$i.example.com\"]}}" >/dev/null; done; }

echo "| $routes routes and clusters, ms | least | median | 9 of 10 |"
echo "|---|---|---|---|"
for turn in 1 2 3 4 5 6 7; do state "$turn"; call PUT owners/o/state -d "@$folder/state.json"; done | tail -n 5 | summary "all of them replaced"
warm
for i in $(seq 60); do call PUT "routes/new$i?owner=o" -d "{\"clusterId\":\"c$i\",\"match\":{\"sni\":[\"new$i.example.com\"]}}"; done | summary "one route added"
for i in $(seq 60); do call PUT "clusters/c$i?owner=o" -d "{\"destinations\":{\"a\":{\"address\":\"127.0.0.1:$((30000 + i))\"}}}"; done | summary "one cluster changed"
for i in $(seq 60); do call DELETE "routes/new$i?owner=o"; done | summary "one route deleted"

# Its own gateway has few routes: those of the others are counted above.
call PUT owners/o/state -d '{}' >/dev/null
for i in $(seq 60); do
  begun=$(date +%s%N)
  call PUT "endpoints/e$i?owner=o" -d "{\"url\":\"tcp://127.0.0.1:$((18200 + i))\"}" >/dev/null
  exec 9<>"/dev/tcp/127.0.0.1/$((18200 + i))" && exec 9>&-
  echo $((($(date +%s%N) - begun) / 1000)) | awk '{ print $1 / 1000 }'
done | summary "from the PUT of an endpoint to its first connection, curl's start included"
