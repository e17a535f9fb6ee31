# shellcheck shell=bash
# Backends and contestants: their ports, their configurations and how they start. Sourced by compare.sh.

server_name=bench.example.com
cores=$(nproc)

declare -A first_port=([haproxy]=10 [nginx]=20 [managed]=30 [linux]=40 [plain]=50 [native]=55 [haproxy-spliced]=60)

# port_of CONTESTANT http|answer|names|datagrams|flows
port_of() {
  local -A offset=([http]=0 [answer]=1 [names]=2 [datagrams]=3 [flows]=4)
  echo $((port_base + first_port[$1] + offset[$2]))
}

# configure TEMPLATE CONTESTANT FILE [TRANSPORT]: writes FILE.
configure() {
  sed -e "s|@WORK@|$work|; s|@CORES@|$cores|; s|@NOFILE@|$nofile|; s|@NAME@|$server_name|; s|@TRANSPORT@|${4-}|" \
    -e "s|@MAXCONN@|$(((nofile - 1000) / 2))|; s|@SPLICE@|$(splice_of "$2")|; s|@PIPESIZE@|$(pipe_size_of "$2")|" \
    -e "s|@STREAM_MODULE@|$([ ! -e "$stream_module" ] || echo "load_module $stream_module;")|" \
    -e "s|@HTTP@|$(port_of "$2" http)|; s|@ANSWER@|$(port_of "$2" answer)|" \
    -e "s|@NAMES@|$(port_of "$2" names)|; s|@DATAGRAMS@|$(port_of "$2" datagrams)|; s|@FLOWS@|$(port_of "$2" flows)|" \
    -e "s|@HTTP_BACKEND@|$port_base|; s|@ANSWER_BACKEND@|$((port_base + 1))|; s|@DATAGRAMS_BACKEND@|$((port_base + 2))|" \
    "$here/configurations/$1" >"$3"
}

# splice-auto splices what looks like a stream to HAProxy. haproxy-spliced is told to splice everything, through pipes as large
# as L4Proxy's: its best at bulk, which small requests pay for.
splice_of() { [ "$1" = haproxy ] && echo option splice-auto || echo 'option splice-request\n    option splice-response'; }
pipe_size_of() { [ "$1" = haproxy ] || echo tune.pipesize 262144; }

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
    http-*/plain)
      configure shared-port.json plain "$work/plain.json"
      start_on_port plain "$(program benchmarks/peers/PlainGateway)" "$work/plain.json" ;;
    http-*/*)
      configure shared-port.json "$1" "$work/$1.json" "${1^}"
      start_on_port "$1" "$(program samples/Gateway)" --config "$work/$1.json" ;;
    */haproxy*)
      configure haproxy.cfg "$1" "$work/$1.cfg"
      start_on_port "$1" haproxy -db -q -f "$work/$1.cfg" ;;
    */nginx)
      configure nginx-stream.conf nginx "$work/nginx-stream.conf"
      start_on_port nginx nginx -e "$work/nginx-stream.errors" -c "$work/nginx-stream.conf" -g 'daemon off;' ;;
    */native)
      configure gateway.json native "$work/native/appsettings.json" Linux
      start_on_port native "$work/native/Worker" --contentRoot "$work/native" ;;
    *)
      configure gateway.json "$1" "$work/$1.json" "${1^}"
      start_on_port "$1" "$(program samples/Gateway)" --config "$work/$1.json" ;;
  esac
}

start_on_port() { start "$1" "$(port_of "$1" http)" "${@:2}"; }

# The built program of a project, which is named after its folder.
program() { echo "$root/$1/bin/Release/net10.0/${1##*/}"; }
