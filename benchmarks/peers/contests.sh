# shellcheck shell=bash
# The contests. Each load prints one line "units= seconds= errors="; what that cost a proxy is measured round it. Sourced by compare.sh.

contestants_of() {
  case "$1" in
    udp | flows) echo nginx managed linux $with ;;
    http-* | l7-*) echo plain managed linux ;;
    bulk | upload) echo haproxy haproxy-spliced nginx managed linux $with ;;
    *) echo haproxy nginx managed linux $with ;;
  esac
}

# load CONTEST CONTESTANT SECONDS
load() {
  local contestant=$2 seconds=$3 url
  url=$(url_of "$1" "$2")
  case "$1" in
    tcp | http-kept | l7-*-h1) wrk_load "$url" "$seconds" ;;
    http-new | l7-*-new) wrk_load "$url" "$seconds" --header "Connection: close" ;;
    l7-*-h2) h2load_load "$url" "$seconds" ;;
    sni) "$generator" connect "127.0.0.1:$(port_of "$contestant" names)" "$seconds" 64 "$server_name" ;;
    bulk) "$generator" download "127.0.0.1:$(port_of "$contestant" http)" "$seconds" 4 /bulk ;;
    upload) "$generator" upload "127.0.0.1:$(port_of "$contestant" answer)" "$seconds" 4 ;;
    udp) dnsperf_load "$(port_of "$contestant" datagrams)" "$seconds" ;;
    flows) dnsperf_load "$(port_of "$contestant" flows)" "$seconds" ;;
  esac
}

# url_of CONTEST CONTESTANT: plain has one port alone, which is like L4Proxy's shared one and like its own one.
url_of() {
  case "$1/$2" in
    l7-own-*/plain | l7-shared-*) echo "https://localhost:$(port_of "$2" http)/" ;;
    l7-own-*) echo "https://localhost:$(port_of "$2" tls)/" ;;
    *) echo "http://127.0.0.1:$(port_of "$2" http)/" ;;
  esac
}

# wrk_load URL SECONDS [OPTION...]
wrk_load() {
  local url=$1 seconds=$2
  shift 2
  wrk --threads "$cores" --connections 64 --duration "${seconds}s" "$@" "$url" | awk '
    / requests in / { units = $1; seconds = to_seconds($4) }
    /Socket errors:/ { gsub(/[^0-9 ]/, ""); errors += $1 + $2 + $3 + $4 }
    /Non-2xx or 3xx responses:/ { errors += $NF }
    function to_seconds(text) { return text ~ /m,$/ ? text * 60 : text + 0 }
    END { printf "units=%d seconds=%s errors=%d\n", units, seconds, errors }'
}

# h2load_load URL SECONDS: as many requests wait for an answer as with wrk, 8 on each connection. What is not HTTP/2 is an error.
h2load_load() {
  h2load --threads "$cores" --clients 8 --max-concurrent-streams 8 --duration "$2" "$1" | awk '
    /^Application protocol: h2$/ { is_http2 = 1 }
    /^finished in / { seconds = to_seconds($3) }
    /^requests: / { errors += $10 + $12 + $14 }
    /^status codes: / { units = $3; errors += $5 + $7 + $9 }
    function to_seconds(text) { return text ~ /ms,$/ ? text / 1000 : text + 0 }
    END { printf "units=%d seconds=%s errors=%d\n", units, seconds, errors + !is_http2 }'
}

# dnsperf_load PORT SECONDS: at most 100 queries wait for an answer at any time; one that does not come within a second is lost.
dnsperf_load() {
  echo "$server_name A" >"$work/queries"
  dnsperf -s 127.0.0.1 -p "$1" -d "$work/queries" -c 50 -q 100 -t 1 -l "$2" 2>&1 | awk '
    /Queries completed:/ { units = $3 }
    /Queries lost:/ { errors = $3 }
    /Run time \(s\):/ { seconds = $4 }
    END { printf "units=%d seconds=%s errors=%d\n", units, seconds, errors }'
}

# sample CONTEST CONTESTANT ROUND
sample() {
  local contest=$1 contestant=$2 round=$3 before after line units=0 seconds=0 errors=1
  before=$(cpu_ticks "$contestant")
  line=$(load "$contest" "$contestant" "$seconds_per_round") || line="errors=1 # the load failed"
  must_live "$contestant"
  after=$(cpu_ticks "$contestant")
  printf '%-13s round %s  %-8s %s\n' "$contest" "$round" "$contestant" "$line"
  eval "$line" # three numbers
  awk -v contest="$contest" -v round="$round" -v contestant="$contestant" -v units="$units" -v seconds="$seconds" \
    -v errors="$errors" -v cpu="$(((after - before) * 1000000 / ticks_per_second))" '
    function record(metric, value) { print contest, metric, round, contestant, value }
    BEGIN {
      bytes = contest == "bulk" || contest == "upload"
      record("errors", units > 0 ? errors : errors + 1)
      if (units > 0 && seconds > 0) {
        record("rate", bytes ? units / seconds / 1e9 : units / seconds)
        record("cpu", bytes ? cpu / 1e6 / (units / 1e9) : cpu / units)
      }
    }' >>"$work/samples"
}

# All contestants run side by side, are warmed up once, and take turns: each round starts with another one.
run_contest() {
  local contest=$1 round i contestant
  local -a contestants
  read -ra contestants < <(contestants_of "$contest")
  for contestant in "${contestants[@]}"; do
    start_contestant "$contestant" "$contest"
    load "$contest" "$contestant" "$warm_up" >/dev/null || true
    must_live "$contestant"
  done
  for ((round = 1; round <= rounds; round++)); do
    for ((i = 0; i < ${#contestants[@]}; i++)); do
      sample "$contest" "${contestants[(round + i) % ${#contestants[@]}]}" "$round"
    done
  done
  for contestant in "${contestants[@]}"; do
    stop "$contestant"
  done
}

run_l7() {
  local port load
  make_certificate
  for port in own shared; do
    for load in h1 h2 new; do
      run_contest "l7-$port-$load"
    done
  done
}

# Each contestant is alone and fresh. A few pairs come and go first, so that code and first buffers are not counted as pairs;
# not many, or what they leave to be collected would hide what the pairs take.
run_idle() {
  local round contestant
  for ((round = 1; round <= rounds; round++)); do
    for contestant in $(contestants_of idle); do
      start_contestant "$contestant" idle
      "$generator" idle "127.0.0.1:$(port_of "$contestant" answer)" 100 </dev/null >/dev/null
      sleep "$settle"
      sample_idle "$contestant" "$round"
      stop "$contestant"
    done
  done
}

sample_idle() {
  local contestant=$1 round=$2 before held after units=0 errors=1 hold=$work/hold answer=$work/held
  before=$(memory_kib "$contestant")
  rm -f "$hold" "$answer" && mkfifo "$hold"
  "$generator" idle "127.0.0.1:$(port_of "$contestant" answer)" "$pairs" <"$hold" >"$answer" &
  pids[idle]=$!
  exec 9>"$hold"
  while [ ! -s "$answer" ] && kill -0 "${pids[idle]}" 2>/dev/null; do sleep 0.1; done
  sleep "$settle"
  held=$(memory_kib "$contestant")
  exec 9>&-
  wait "${pids[idle]}" || true
  unset 'pids[idle]'
  sleep "$settle"
  after=$(memory_kib "$contestant")

  printf '%-10s round %s  %-8s %s before=%s held=%s after=%s KiB\n' idle "$round" "$contestant" "$(cat "$answer")" "$before" "$held" "$after"
  eval "$(cat "$answer")"
  {
    echo "idle errors $round $contestant $errors"
    echo "idle growth $round $contestant $(awk "BEGIN { print ($held - $before) / ($units > 0 ? $units : 1) }")"
    echo "idle before $round $contestant $before"
    echo "idle held $round $contestant $held"
    echo "idle after $round $contestant $after"
  } >>"$work/samples"
}
