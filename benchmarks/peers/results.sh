# shellcheck shell=bash
# The report: the machine, the versions, the command, and the tables of report.awk. Sourced by compare.sh.

write_results() {
  cat <<EOF
# L4Proxy beside HAProxy and nginx

Written by \`$command_line\`; benchmarks/README.md says what is measured and how.
What metrics, records and traces cost is in RESULTS-telemetry.md (0.95 of the same without them is wanted).
The machine is shared, with its neighbours and with the loads and backends themselves. **Only ratios within one run mean something.**

| | |
|---|---|
| date | $(date -u '+%Y-%m-%d %H:%M UTC') |
| commit | $(commit) |
| machine | $(cpu_model), $cores cores, $(awk '/^MemTotal:/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo) |
| system | $(. /etc/os-release && echo "$PRETTY_NAME"), $(uname -srm) |
| load average | $load_before before, $(cut -d' ' -f1-3 /proc/loadavg) after |
| open files | $nofile for each process; $pairs idle pairs |
| HAProxy | $(haproxy -v | sed -n '1s/^HAProxy version \([^ ]*\).*/\1/p'), $cores threads, splice-auto; haproxy-spliced: splice-request, splice-response, pipes of 256 KiB |
| nginx | $(nginx -v 2>&1 | sed 's/.*nginx\///'), $cores workers, reuseport, ssl_preread |
| .NET | $(dotnet --list-runtimes | sed -n 's/^Microsoft.AspNetCore.App \(10[^ ]*\).*/\1/p' | tail -n 1), $cores reactors with the Linux transport |
| loads | wrk $(wrk -v 2>&1 | sed -n '1s/^wrk \([^ ]*\).*/\1/p'), h2load $(h2load --version | sed 's/.*\///'), dnsperf $(dnsperf -h 2>&1 | sed -n 's/^Version //p'), LoadGenerator |
| rounds | $rounds of $seconds_per_round s after $warm_up s of warm-up; median (lowest to highest) |

EOF
  awk -v figures="$here/figures.txt" -f "$here/report.awk" "$here/figures.txt" "$work/samples"
}

commit() {
  local id
  id=$(git -C "$root" rev-parse --short HEAD 2>/dev/null) || { echo unknown; return; }
  git -C "$root" diff --quiet HEAD && echo "$id" || echo "$id with uncommitted changes"
}

cpu_model() { sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1 | grep . || uname -m; }
