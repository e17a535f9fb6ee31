#!/usr/bin/env bash
# Fuzzes the parsers, guided by coverage (SharpFuzz under AFL++), each for a time of its own, as many at once as there are cores, or JOBS.
#
#   fuzz/run.sh                 each for ten minutes
#   fuzz/run.sh 60              each for a minute
#   fuzz/run.sh 600 'quic|tls'  those whose name matches
#
# What it finds lies in fuzz/findings/TARGET/default/{crashes,hangs}; play one again with
#   dotnet fuzz/L4Proxy.Fuzz/bin/Release/net10.0/L4Proxy.Fuzz.dll TARGET play FILE
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-600} only=${2:-.}
work=$PWD/findings
built=$PWD/L4Proxy.Fuzz/bin/Release/net10.0/L4Proxy.Fuzz.dll

command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: apt-get install afl++" >&2; exit 2; }
export DOTNET_ROLL_FORWARD=Major DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tools"
dotnet build L4Proxy.Fuzz -c Release
rm -rf "$work/program"
cp -r L4Proxy.Fuzz/bin/Release/net10.0 "$work/program"
"$work/tools/sharpfuzz" "$work/program/L4Proxy.Core.dll"
"$work/tools/sharpfuzz" "$work/program/L4Proxy.Providers.dll"

# AFL looks at a native binary's instrumentation, at the CPU's governor and at core dumps: none of it is about us. With the tiers of the
# just-in-time compiler the same input would not always take the same way.
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 DOTNET_TieredCompilation=0

fuzz() {
  local target=$1 to=$work/$1
  rm -rf "$to" "$to.seeds"
  dotnet "$built" "$target" seeds "$to.seeds"
  afl-fuzz -i "$to.seeds" -o "$to" -V "$seconds" -t 5000 -m none -G 20000 -- dotnet "$work/program/L4Proxy.Fuzz.dll" "$target" >"$to.log" 2>&1 || true
}

value() { sed -n "s/^$2 *: *//p" "$work/$1/default/fuzzer_stats"; }

targets=$(dotnet "$built" list | grep -E "$only")
for target in $targets; do
  while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-$(nproc)}" ]; do wait -n || true; done
  fuzz "$target" &
done
wait

bad=0
printf '%-24s %12s %10s %8s %8s %8s\n' target runs runs/s edges crashes hangs
for target in $targets; do
  [ -f "$work/$target/default/fuzzer_stats" ] || { echo "$target did not run: $work/$target.log"; bad=1; continue; }
  printf '%-24s %12s %10s %8s %8s %8s\n' "$target" "$(value "$target" execs_done)" "$(value "$target" execs_per_sec)" \
    "$(value "$target" edges_found)" "$(value "$target" saved_crashes)" "$(value "$target" saved_hangs)"
  [ "$(value "$target" saved_crashes)$(value "$target" saved_hangs)" = 00 ] || bad=1
done
exit "$bad"
