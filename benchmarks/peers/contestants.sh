# shellcheck shell=bash
# Backends and contestants: their ports, their configurations and how they start. Sourced by compare.sh.

server_name=bench.example.com
cores=$(nproc)

declare -A first_port=([haproxy]=10 [nginx]=20 [managed]=30 [linux]=40 [plain]=50 [native]=56 [haproxy-spliced]=62)

# port_of CONTESTANT http|answer|names|datagrams|flows|tls
port_of() {
  local -A offset=([http]=0 [answer]=1 [names]=2 [datagrams]=3 [flows]=4 [tls]=5)
  echo $((port_base + first_port[$1] + offset[$2]))
}

# configure TEMPLATE CONTESTANT FILE [TRANSPORT]: writes FILE.
configure() {
  sed -e "s|@WORK@|$work|g; s|@CORES@|$cores|; s|@NOFILE@|$nofile|; s|@NAME@|$server_name|; s|@TRANSPORT@|${4-}|" \
    -e "s|@MAXCONN@|$(((nofile - 1000) / 2))|; s|@SPLICE@|$(splice_of "$2")|; s|@PIPESIZE@|$(pipe_size_of "$2")|" \
    -e "s|@STREAM_MODULE@|$([ ! -e "$stream_module" ] || echo "load_module $stream_module;")|" \
    -e "s|@HTTP@|$(port_of "$2" http)|; s|@ANSWER@|$(port_of "$2" answer)|" \
    -e "s|@NAMES@|$(port_of "$2" names)|; s|@DATAGRAMS@|$(port_of "$2" datagrams)|; s|@FLOWS@|$(port_of "$2" flows)|; s|@TLS@|$(port_of "$2" tls)|" \
    -e "s|@HTTP_BACKEND@|$port_base|; s|@ANSWER_BACKEND@|$((port_base + 1))|; s|@DATAGRAMS_BACKEND@|$((port_base + 2))|" \
    "$here/configurations/$1" >"$3"
}

# splice-auto splices what looks like a stream to HAProxy. haproxy-spliced is told to splice everything, through pipes as large
# as L4Proxy's: its best at bulk, which small requests pay for.
splice_of() { [ "$1" = haproxy ] && echo option splice-auto || echo 'option splice-request\n    option splice-response'; }
pipe_size_of() { [ "$1" = haproxy ] || echo tune.pipesize 262144; }

# For localhost, which is the name that wrk and h2load ask for.
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/openssl.log" || fail_with "$work/openssl.log" "no certificate"
}

start_backends() {
  mkdir -p "$work/files"
  head -c "$file_bytes" /dev/urandom >"$work/files/bulk"
  configure nginx-backend.conf plain "$work/nginx-backend.conf"
  start backend "$port_base" nginx -e "$work/nginx-backend.errors" -c "$work/nginx-backend.conf" -g 'daemon off;'
  start answer $((port_base + 1)) "$generator" answer "127.0.0.1:$((port_base + 1))"
  start datagrams 0 "$generator" datagrams "127.0.0.1:$((port_base + 2))"
}

# start_contestant CONTESTANT CONTEST
start_contestant() {
  case "$2/$1" in
    http-*/plain) start_plain shared-port.json ;;
    http-*/*) start_gateway "$1" shared-port.json ;;
    l7-*/plain) start_plain plain-https.json ;;
    l7-*/*)
      start_gateway "$1" l7.json
      await_port "$1" "$(port_of "$1" tls)" ;;
    */haproxy*)
      configure haproxy.cfg "$1" "$work/$1.cfg"
      start_on_port "$1" haproxy -db -q -f "$work/$1.cfg" ;;
    */nginx)
      configure nginx-stream.conf nginx "$work/nginx-stream.conf"
      start_on_port nginx nginx -e "$work/nginx-stream.errors" -c "$work/nginx-stream.conf" -g 'daemon off;' ;;
    */native)
      configure gateway.json native "$work/native/appsettings.json" Linux
      start_on_port native "$work/native/Worker" --contentRoot "$work/native" ;;
    *) start_gateway "$1" gateway.json ;;
  esac
}

# start_gateway CONTESTANT TEMPLATE
start_gateway() {
  configure "$2" "$1" "$work/$1.json" "${1^}"
  start_on_port "$1" "$(program samples/Gateway)" --config "$work/$1.json"
}

# start_plain TEMPLATE: Kestrel and YARP alone, which leave a section L4Proxy unread.
start_plain() {
  configure "$1" plain "$work/plain.json"
  start_on_port plain "$(program benchmarks/peers/PlainGateway)" "$work/plain.json"
}

start_on_port() { start "$1" "$(port_of "$1" http)" "${@:2}"; }

# The built program of a project, which is named after its folder.
program() { echo "$root/$1/bin/Release/net10.0/${1##*/}"; }
