# shellcheck shell=bash
# Processes by name: started, awaited, measured, ended by their pid. Sourced by compare.sh.

declare -A pids
ticks_per_second=$(getconf CLK_TCK)

accepts() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start NAME PORT COMMAND...: in the background, until PORT of 127.0.0.1 accepts (PORT 0: no wait).
# A port that accepts before is somebody else's, who would then be measured.
start() {
  local name=$1 port=$2
  shift 2
  ! accepts "$port" || fail "port $port is taken; --port chooses others"
  "$@" >"$work/$name.log" 2>&1 </dev/null &
  pids[$name]=$!
  [ "$port" = 0 ] || await_port "$name" "$port"
}

await_port() {
  local name=$1 port=$2 deadline=$((SECONDS + 30))
  until accepts "$port"; do
    kill -0 "${pids[$name]}" 2>/dev/null || fail_with "$work/$name.log" "$name did not start"
    [ "$SECONDS" -lt "$deadline" ] || fail_with "$work/$name.log" "$name does not listen on port $port"
    sleep 0.1
  done
}

# Asks it to end, and makes it after 30 seconds.
stop() {
  local name=$1 pid=${pids[$1]} deadline=$((SECONDS + 30))
  kill "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.05; done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  unset "pids[$name]"
}

stop_all() {
  local name
  for name in "${!pids[@]}"; do
    stop "$name"
  done
}

# The process and its workers.
family() { echo "${pids[$1]}"; pgrep -P "${pids[$1]}" || true; }

# CPU time that all threads of NAME and its workers have used, in ticks. The name in parentheses may hold anything.
cpu_ticks() {
  local pid
  for pid in $(family "$1"); do
    sed 's/^.*) //' "/proc/$pid/stat"
  done | awk '{ sum += $12 + $13 } END { print sum }'
}

# Memory of NAME and its workers in KiB. What is mapped from files, code above all, is left out: how much of it counts depends on
# who else has mapped it. What workers share is divided among them.
memory_kib() {
  local pid
  for pid in $(family "$1"); do
    cat "/proc/$pid/smaps_rollup"
  done | awk '/^(Pss|SwapPss):/ { sum += $2 } /^Pss_File:/ { sum -= $2 } END { print sum }'
}

must_live() { kill -0 "${pids[$1]}" 2>/dev/null || fail_with "$work/$1.log" "$1 has ended"; }
