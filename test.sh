#!/usr/bin/env bash
# Restores, builds with warnings as errors, packs, and runs every test, over the Linux transport and over the managed one. The last
# line alone says how it went: "N passed, N failed, N skipped", summed over the test projects and the transports.
#
#   ./test.sh          everything, in bounded versions
#   ./test.sh --soak   the long versions too, and everything over both transports
#   ./test.sh --aot    the Worker sample as one native file, too
#   ./test.sh --arm64  the Worker sample for arm64 in an emulator, too
#
# As root on Debian it first installs the real programs that tests talk to (nginx, mosquitto, ...) where they are missing.
# Without them the tests that need one are skipped by name, with the reason.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

usage() { sed -n '2,11s/^# \{0,1\}//p' "$0"; }

published=
for argument in "$@"; do
  case "$argument" in
    --soak) export L4PROXY_SOAK=1 ;;
    --aot | --arm64) published+=" ${argument#--}" ;;
    -h | --help) usage; exit 0 ;;
    *) echo "unknown argument: $argument" >&2; usage >&2; exit 2 ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
peers="nginx libnginx-mod-stream mosquitto mosquitto-clients postgresql mariadb-server mariadb-client redis-server
  redis-tools dnsmasq-base dnsutils dnsperf iperf3 openssh-server openssh-client chromium curl openssl iproute2 haproxy dnsdist
  caddy tshark slapd ldap-utils postfix dovecot-imapd dovecot-pop3d pebble certbot lego nftables
  docker.io busybox-static"
[[ $published != *aot* ]] || peers+=" gcc libc6-dev"
[[ $published != *arm64* ]] || peers+=" qemu-user-static"
# Nothing of these depends on the transport.
once='L4Proxy\.(Aspire|Dashboard|Providers|Storage)\.Tests\.csproj$'
results=$PWD/TestResults
failures=
passed=0 failed=0 skipped=0

missing_peers() {
  for package in $peers; do
    case "$(dpkg-query --show --showformat '${db:Status-Abbrev}' "$package" 2>/dev/null)" in
      ii*) ;;
      *) echo "$package" ;;
    esac
  done
}

install_peers() {
  [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null || return 0
  local missing package policy=/usr/sbin/policy-rc.d made_policy=
  missing=$(missing_peers)
  [ -n "$missing" ] || return 0

  echo "== installing:" $missing
  # Installing a Debian server starts it; the tests start their own on ports of their own.
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=yes
  fi
  timeout 300 apt-get update -q || true
  install_packages $missing || for package in $missing; do
    install_packages "$package" || echo "== could not install $package: its tests are skipped"
  done
  [ -z "$made_policy" ] || rm -f "$policy"
}

install_packages() { DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -qy --no-install-recommends "$@"; }

finish() {
  [ -z "$failures" ] || printf '== failed:%s\n' "$failures"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
  exit
}

# A step that is no test project counts only when it fails.
step() {
  echo "== $1"
  "$@" && return
  failed=$((failed + 1)) failures+=$'\n'"$1"
  return 1
}

build() { dotnet build L4Proxy.sln -c Release -warnaserror -warnnotaserror:NU1603; }

# Every library under src becomes a package with its symbols and its page.
pack() {
  local packages=$results/packages project name
  dotnet pack L4Proxy.sln -c Release --no-build -o "$packages" || return 1
  for project in src/*/*.csproj; do
    name=$(basename "$project" .csproj)
    ls "$packages/$name".[0-9]*.nupkg "$packages/$name".[0-9]*.snupkg >/dev/null || return 1
  done
}

# The Gateway as it is best deployed, compiled ahead: it starts in two thirds of the time. The tests find it by the variable.
publish_gateway() {
  local to=$results/gateway
  echo "== publish_gateway"
  dotnet publish samples/Gateway -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -warnaserror -warnnotaserror:NU1603 -o "$to" || return 1
  export L4PROXY_GATEWAY=$to/Gateway.dll
}

# The Worker sample as one native file, which the compiler makes without a warning. The tests find it by the variable.
publish_aot() {
  local to=$results/linux-x64
  dotnet publish samples/Worker -c Release -r linux-x64 -p:PublishAot=true -warnaserror -warnnotaserror:NU1603 -o "$to" || return 1
  export L4PROXY_NATIVE=$to/Worker
}

# The same for arm64, with its runtime, and a script that runs it here.
publish_arm64() {
  local to=$results/linux-arm64 libraries=$results/debian-arm64
  dotnet publish samples/Worker -c Release -r linux-arm64 --self-contained -warnaserror -warnnotaserror:NU1603 -o "$to" || return 1
  unpack_arm64 "$libraries" libc6 libstdc++6 libssl3 libicu72 zlib1g libgssapi-krb5-2 || return 1
  printf '#!/bin/sh\nexec qemu-aarch64-static -L "%s" "%s/Worker" "$@"\n' "$libraries" "$to" >"$to.sh"
  chmod +x "$to.sh"
  export L4PROXY_ARM64=$to.sh
}

# Unpacks Debian's packages for arm64 and all that they need into $1. The machine gets no second architecture by this: apt is
# told that it is one where nothing is installed yet.
unpack_arm64() {
  local to=$1 state=$1.apt package
  local apt=(timeout 600 apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root
    -o "Dir::State=$state" -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache")
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : >"$state/status"
  "${apt[@]}" update
  "${apt[@]}" install -y --download-only --no-install-recommends "${@:2}" || return 1
  for package in "$state"/cache/archives/*.deb; do
    dpkg-deb --extract "$package" "$to" || return 1
  done
}

# What failed, and why, once more, of the TRX file $1: the line that counts is the last thing seen of a long log.
failed_tests() {
  awk '/<UnitTestResult / { bad = /outcome="Failed"/; if (bad) { sub(/.*testName="/, ""); sub(/" .*/, ""); print "  " $0 } }
    bad && /<Message>/ { said = 1 }
    bad && said { line = $0; gsub(/ *<[^>]*>/, "", line); print "      " line }
    /<\/Message>/ { said = 0 }' "$1"
}

# The attribute $2 of the only <Counters> of the TRX file $1.
counter() { sed -n "s/.*<Counters[^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

run_tests() {
  local project=$1 name trx status total executed ok bad filter=()
  export L4PROXY_TRANSPORT=$2
  # Each store once.
  [ "$2" = Linux ] && export L4PROXY_API_STORE=sqlite || export L4PROXY_API_STORE=postgres
  name=$(basename "$project" .csproj).$2
  trx=$results/$name.trx
  echo "== $name"
  # What does not depend on the transport, such as reading other people's configuration, runs over one of them; and where a test is
  # played in many ways, a part of them.
  if [ -z "${L4PROXY_SOAK:-}" ]; then
    [ "$2" = Linux ] && filter=(--filter "Runs!=Soak") || filter=(--filter "Runs!=Once&Runs!=Soak")
  fi
  dotnet test "$project" -c Release --no-build --results-directory "$results" "${filter[@]}" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" \
    --blame-hang-timeout 5m --blame-hang-dump-type none
  status=$?

  total=0 executed=0 ok=0
  if [ -s "$trx" ]; then
    total=$(counter "$trx" total) executed=$(counter "$trx" executed) ok=$(counter "$trx" passed)
  fi
  bad=$((executed - ok))
  if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ ! -s "$trx" ]; }; then
    failures+=$'\n'"$name ended with $status$([ -s "$trx" ] || echo ' and left no results')"
    bad=1
  elif [ "$bad" != 0 ]; then
    failures+=$'\n'"$name"$'\n'$(failed_tests "$trx")
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
}

rm -rf "$results"
mkdir -p "$results"
# Beside each other: the one waits for the network, the other computes.
install_peers >"$results/peers.log" 2>&1 &
installing=$!
step build || finish
wait "$installing"
grep '^== ' "$results/peers.log"
step pack
[ "$(uname -m)" != x86_64 ] || publish_gateway || echo "== not compiled ahead: the tests run the Gateway as it was built"
for build in $published; do
  step "publish_$build"
done
for transport in Linux Managed; do
  for project in tests/*/*.csproj; do
    [[ $transport = Managed && $project =~ $once ]] && continue
    run_tests "$project" "$transport"
  done
done
finish
