# shellcheck shell=bash
# What must be there before anything can be measured. Sourced by compare.sh.

tools="haproxy nginx wrk h2load openssl dnsperf dotnet pgrep"
packages="haproxy nginx libnginx-mod-stream wrk nghttp2-client openssl dnsperf procps"
stream_module=/usr/lib/nginx/modules/ngx_stream_module.so

missing_tools() {
  local tool
  for tool in $tools; do
    command -v "$tool" >/dev/null || echo "$tool"
  done
  [ -e "$stream_module" ] || nginx -V 2>&1 | grep -q -- '--with-stream ' || echo "nginx's stream module"
}

install_missing() {
  [ -n "$(missing_tools)" ] || return 0
  if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null; then
    install_packages
  fi
  [ -z "$(missing_tools)" ] || fail "missing: $(missing_tools | sort -u | paste -sd, -); on Debian: apt-get install $packages"
}

# Installing a Debian server starts it; these are started here, on ports of their own.
install_packages() {
  local policy=/usr/sbin/policy-rc.d made_policy=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=yes
  fi
  apt-get update -q >&2 || true
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $packages >&2 || true
  [ -z "$made_policy" ] || rm -f "$policy"
}

build() {
  local project
  for project in samples/Gateway benchmarks/peers/LoadGenerator benchmarks/peers/PlainGateway; do
    echo "building $project"
    dotnet build "$root/$project" -c Release -v quiet -nologo >"$work/build.log" 2>&1 || fail_with "$work/build.log" "$project does not build"
  done
  [ "$with" != native ] || publish_native
}

publish_native() {
  echo "publishing samples/Worker"
  dotnet publish "$root/samples/Worker" -c Release -r linux-x64 -p:PublishAot=true -o "$work/native" -v quiet -nologo >"$work/build.log" 2>&1 ||
    fail_with "$work/build.log" "samples/Worker cannot be published as a native file: clang or gcc must be there"
  rm "$work/native/"*.dbg
}
