#!/usr/bin/env bash
# L4Proxy (Managed and Linux transport) beside HAProxy and nginx stream, in one run on one machine, over loopback.
#
#   benchmarks/peers/compare.sh [--rounds 5] [--seconds 5] [--only LIST] [--with native] [--output FILE]
#
#   --rounds N        how often each contestant is measured; they take turns
#   --seconds S       how long each time, in whole seconds
#   --warm-up S       how long each contestant runs before its first round (default 12: .NET compiles what is hot for ten)
#   --only LIST       these contests only, of tcp,sni,bulk,upload,udp,flows,idle,http,l7
#   --with native     one more contestant: samples/Worker as a native file, over the Linux transport; not in http and l7
#   --pairs N         idle pairs; by default as many as the descriptor limit allows, at most 20000
#   --port N          first of 70 free ports (default 18100)
#   --output FILE     default benchmarks/RESULTS.md
#
# As root on Debian it installs what is missing; else it says what is.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
command_line="benchmarks/peers/compare.sh${*:+ $*}"
rounds=5 seconds_per_round=5 warm_up=12 settle=5 pairs='' port_base=18100 output=$root/benchmarks/RESULTS.md
with=''
all_contests=tcp,sni,bulk,upload,udp,flows,idle,http,l7 only=$all_contests
file_bytes=$((256 * 1024 * 1024))
generator=$here/LoadGenerator/bin/Release/net10.0/LoadGenerator

usage() { sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
fail() { echo "$*" >&2; exit 1; }
fail_with() { cat "$1" >&2; fail "$2"; }

while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --rounds | --seconds | --warm-up | --only | --with | --pairs | --port | --output) [ $# -gt 1 ] || fail "$1 needs a value" ;;&
    --rounds) rounds=$2 ;;
    --seconds) seconds_per_round=$2 ;;
    --warm-up) warm_up=$2 ;;
    --only) only=$2 ;;
    --with) with=$2 ;;
    --pairs) pairs=$2 ;;
    --port) port_base=$2 ;;
    --output) output=$(realpath -m "$2") ;;
    *) usage >&2; exit 2 ;;
  esac
  shift 2
done
for contest in ${only//,/ }; do
  [[ ",$all_contests," == *,"$contest",* ]] || fail "no such contest: $contest"
done

[[ -z $with || $with == native ]] || fail "no such contestant: $with"

# Proxy, backend and load each have this limit of their own; a pair takes two of the proxy's.
ulimit -n "$(ulimit -Hn)"
nofile=$(ulimit -n)
[ "$nofile" != unlimited ] || nofile=1048576
pairs=${pairs:-$(((nofile - 2000) / 2 < 20000 ? (nofile - 2000) / 2 : 20000))}

# shellcheck source-path=SCRIPTDIR
. "$here/setup.sh"
. "$here/processes.sh"
. "$here/contestants.sh"
. "$here/contests.sh"
. "$here/results.sh"

work=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")/l4proxy-compare.XXXXXX")
chmod 755 "$work" # nginx's workers read the files as another user
trap 'stop_all; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

install_missing
build
load_before=$(cut -d' ' -f1-3 /proc/loadavg)
start_backends
for contest in ${only//,/ }; do
  case "$contest" in
    idle) run_idle ;;
    http) run_contest http-kept; run_contest http-new ;;
    l7) run_l7 ;;
    *) run_contest "$contest" ;;
  esac
done
write_results >"$work/results.md"
cp "$work/results.md" "$output"
sed -n '/^## Against/,/^## [^A]/p' "$output" | sed '$d'
echo "written: $output"
