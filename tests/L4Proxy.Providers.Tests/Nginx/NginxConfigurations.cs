namespace L4Proxy.Providers.Tests.Nginx;

/// <summary>Configurations of nginx's stream block as people publish them, and what each becomes.</summary>
internal static class NginxConfigurations
{
    public static IReadOnlyDictionary<string, NginxCase> All { get; } = new Dictionary<string, NginxCase>
    {
        ["MQTT brokers"] = new(
            """
            load_module modules/ngx_stream_module.so;
            events { worker_connections 1024; }
            stream {
                log_format mqtt '$remote_addr [$time_local] $protocol $status';
                upstream brokers {
                    least_conn;
                    zone tcp_mem 64k;
                    server 192.0.2.11:1883 max_fails=3 fail_timeout=5s;
                    server 192.0.2.12:1883 max_fails=3 fail_timeout=5s;
                }
                server {
                    listen 1883;
                    proxy_pass brokers;
                    proxy_connect_timeout 1s;
                    access_log /var/log/nginx/mqtt.log mqtt;
                }
            }
            """,
            ["tcp://0.0.0.0:1883 -> 192.0.2.11:1883 192.0.2.12:1883"], []),
        ["PostgreSQL with a standby"] = new(
            """
            stream {
                upstream postgres {
                    server 10.0.0.5:5432;
                    server 10.0.0.6:5432 backup;
                }
                server {
                    listen 5432 so_keepalive=on;
                    proxy_pass postgres;
                    proxy_timeout 3h;
                    proxy_connect_timeout 5s;
                    proxy_socket_keepalive on;
                    allow 10.0.0.0/8;
                    deny all;
                }
            }
            """,
            ["tcp://0.0.0.0:5432 -> 10.0.0.5:5432 10.0.0.6:5432(backup)"], []),
        ["names on port 443"] = new(
            """
            stream {
                map $ssl_preread_server_name $target {
                    hostnames;
                    shop.example.com  shop;
                    .example.org      org;
                    *.apps.example.com apps;
                    ~^mail\d*\.       mail;
                    default           web;
                }
                upstream shop { server 10.1.0.1:443; }
                upstream org  { server 10.1.0.2:443; }
                upstream apps { server 10.1.0.3:443; }
                upstream mail { server 10.1.0.4:443; }
                upstream web  { server 127.0.0.1:8443; }
                server {
                    listen 443;
                    ssl_preread on;
                    proxy_pass $target;
                }
            }
            """,
            [
                """tcp://0.0.0.0:443 {"Sni":["shop.example.com"],"Protocols":["tls"]} -> 10.1.0.1:443""",
                """tcp://0.0.0.0:443 {"Sni":["example.org"],"Protocols":["tls"]} -> 10.1.0.2:443""",
                """tcp://0.0.0.0:443 {"Sni":["*.apps.example.com"],"Protocols":["tls"]} -> 10.1.0.3:443""",
                """tcp://0.0.0.0:443 {"Sni":["*.example.org"],"Protocols":["tls"]} -> 10.1.0.2:443""",
                """tcp://0.0.0.0:443 {"SniRegex":["mail\\d*\\..*"],"Protocols":["tls"]} -> 10.1.0.4:443""",
                "tcp://0.0.0.0:443 -> 127.0.0.1:8443",
            ], []),
        ["SSH and HTTPS on one port"] = new(
            """
            stream {
                upstream ssh { server 127.0.0.1:22; }
                upstream https { server 127.0.0.1:8443; }
                map $ssl_preread_protocol $upstream {
                    ""        ssh;
                    "TLSv1.2" https;
                    "TLSv1.3" https;
                    default   https;
                }
                server {
                    listen 443;
                    ssl_preread on;
                    preread_timeout 5s;
                    proxy_pass $upstream;
                }
            }
            """,
            [
                """tcp://0.0.0.0:443 {"Not":{"Protocols":["tls"]}} -> 127.0.0.1:22""",
                "tcp://0.0.0.0:443 -> 127.0.0.1:8443",
            ], []),
        ["name servers over UDP"] = new(
            """
            stream {
                upstream dns_servers {
                    server 192.0.2.53:53 fail_timeout=10s;
                    server 198.51.100.53:53;
                }
                server {
                    listen 53 udp reuseport;
                    listen 53;
                    proxy_pass dns_servers;
                    proxy_responses 1;
                    proxy_timeout 1s;
                    error_log /var/log/nginx/dns.log;
                }
            }
            """,
            ["udp://0.0.0.0:53 -> 192.0.2.53:53 198.51.100.53:53", "tcp://0.0.0.0:53 -> 192.0.2.53:53 198.51.100.53:53"], []),
        ["mail servers"] = new(
            """
            user www-data;
            worker_processes auto;
            include /etc/nginx/modules-enabled/*.conf;
            http { server { listen 80; } }
            stream {
                proxy_timeout 10m;
                server { listen 25;  proxy_pass 10.2.0.25:25;  proxy_protocol on; }
                server { listen 993; proxy_pass 10.2.0.25:993; }
                server { listen 465 ssl; proxy_pass mail.internal:25; ssl_certificate /etc/ssl/mail.pem; ssl_certificate_key /etc/ssl/mail.key; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:m:1m; }
            }
            """,
            ["tcp://0.0.0.0:25 -> 10.2.0.25:25", "tcp://0.0.0.0:993 -> 10.2.0.25:993", "tls://0.0.0.0:465 -> mail.internal:25"], ["include"]),
        ["Galera"] = new(
            """
            stream {
                upstream galera {
                    zone galera 64k;
                    hash $remote_addr consistent;
                    server 10.3.0.1:3306 weight=5;
                    server 10.3.0.2:3306;
                    server 10.3.0.3:3306 down;
                }
                server { listen 127.0.0.1:3306; proxy_pass galera; proxy_connect_timeout 2s; proxy_next_upstream_tries 2; tcp_nodelay on; }
            }
            """,
            ["tcp://127.0.0.1:3306 -> 10.3.0.1:3306*5 10.3.0.2:3306 10.3.0.3:3306(down)"], []),
        ["remote desktops"] = new(
            """
            stream {
                limit_conn_zone $binary_remote_addr zone=peer:10m;
                server {
                    listen 3389;
                    limit_conn peer 2;
                    deny 203.0.113.9;
                    allow 192.0.2.0/24;
                    deny all;
                    proxy_pass 10.4.0.7:3389;
                    proxy_download_rate 2m;
                    proxy_upload_rate 512k;
                }
            }
            """,
            ["tcp://0.0.0.0:3389 -> 10.4.0.7:3389"], []),
        ["Redis over TLS"] = new(
            """
            stream {
                upstream redis { server unix:/run/redis/redis.sock; }
                server {
                    listen [::]:6380 ssl ipv6only=off;
                    ssl_certificate     /etc/ssl/redis.pem;
                    ssl_certificate_key /etc/ssl/redis.pem;
                    ssl_client_certificate /etc/ssl/clients.pem;
                    ssl_verify_client on;
                    ssl_ciphers HIGH:!aNULL;
                    proxy_pass redis;
                }
            }
            """,
            ["tls://[::]:6380 -> unix:/run/redis/redis.sock"], ["stream.server[line 3].ssl_ciphers"]),
        ["a chain of PROXY headers"] = new(
            """
            stream {
                server {
                    listen 9443 proxy_protocol;
                    set_real_ip_from 10.0.0.0/8;
                    proxy_pass backend.internal:443;
                    proxy_protocol on;
                    proxy_bind 10.0.0.4;
                }
            }
            """,
            ["tcp://0.0.0.0:9443 -> backend.internal:443"], []),
        ["syslog over UDP"] = new(
            """
            stream {
                upstream syslog { server 10.5.0.1:514; server 10.5.0.2:514; server 10.5.0.3:514; }
                server { listen 514 udp; proxy_pass syslog; proxy_responses 0; proxy_timeout 1s; proxy_bind $remote_addr transparent; }
            }
            """,
            ["udp://0.0.0.0:514 -> 10.5.0.1:514 10.5.0.2:514 10.5.0.3:514"], ["stream.server[line 3].proxy_bind"]),
        ["application protocols"] = new(
            """
            stream {
                map $ssl_preread_alpn_protocols $proxy {
                    ~\bh2\b           127.0.0.1:8001;
                    ~\bhttp/1.1\b     127.0.0.1:8002;
                    ~\bxmpp-client\b  127.0.0.1:8003;
                }
                server { listen 9000; ssl_preread on; proxy_pass $proxy; }
            }
            """,
            [
                """tcp://0.0.0.0:9000 {"Alpn":["h2"],"Protocols":["tls"]} -> 127.0.0.1:8001""",
                """tcp://0.0.0.0:9000 {"Alpn":["http/1.1"],"Protocols":["tls"]} -> 127.0.0.1:8002""",
                """tcp://0.0.0.0:9000 {"Alpn":["xmpp-client"],"Protocols":["tls"]} -> 127.0.0.1:8003""",
            ], []),
        ["tenants by name"] = new(
            """
            stream {
                resolver 10.6.0.53 valid=10s ipv6=off;
                map $ssl_preread_server_name $backend {
                    ~^(?<tenant>[a-z0-9]+)\.db\.example\.com$  $tenant.internal:5432;
                    default                                    "";
                }
                server { listen 5432; ssl_preread on; proxy_pass $backend; }
                server { listen 8443; ssl_preread on; proxy_pass $ssl_preread_server_name:443; }
                server { listen 10000-10009; proxy_pass 10.6.0.1:$server_port; }
            }
            """,
            [
                """tcp://0.0.0.0:5432 {"SniRegex":["(?<tenant>[a-z0-9]+)\\.db\\.example\\.com"],"Protocols":["tls"]} -> {tenant}.internal:5432""",
                """tcp://0.0.0.0:8443 {"SniRegex":["(?<sni>.+)"],"Protocols":["tls"]} -> {sni}:443""",
                "tcp://0.0.0.0:10000-10009 -> 10.6.0.1:{port}",
            ], ["stream.server[line 7].resolver", "stream.server[line 8].resolver"]),
        ["virtual servers"] = new(
            """
            stream {
                server { listen 443 default_server; ssl_preread on; proxy_pass 10.7.0.1:443; }
                server { listen 443; server_name *.example.com; ssl_preread on; proxy_pass 10.7.0.2:443; }
                server { listen 443; server_name a.example.com b.example.net; ssl_preread on; proxy_pass 10.7.0.3:443; deny 203.0.113.0/24; }
            }
            """,
            [
                """tcp://0.0.0.0:443 {"Sni":["a.example.com","b.example.net"],"Protocols":["tls"]} -> 10.7.0.3:443""",
                """tcp://0.0.0.0:443 {"Sni":["*.example.com"],"Protocols":["tls"]} -> 10.7.0.2:443""",
                "tcp://0.0.0.0:443 -> 10.7.0.1:443",
            ], []),
        ["clients by address"] = new(
            """
            stream {
                geo $pool {
                    default      10.8.0.1:80;
                    192.0.2.0/24 10.8.0.2:80;
                    192.0.2.7    10.8.0.3:80;
                }
                server { listen 8080; proxy_pass $pool; allow 192.0.2.1; deny 192.0.2.0/25; allow all; }
            }
            """,
            [
                """tcp://0.0.0.0:8080 {"ClientAddresses":["192.0.2.0/25"],"Not":{"ClientAddresses":["192.0.2.1"]}} -> Close""",
                """tcp://0.0.0.0:8080 {"ClientAddresses":["192.0.2.7"]} -> 10.8.0.3:80""",
                """tcp://0.0.0.0:8080 {"ClientAddresses":["192.0.2.0/24"]} -> 10.8.0.2:80""",
                "tcp://0.0.0.0:8080 -> 10.8.0.1:80",
            ], []),
    };

    /// <summary>A configuration.</summary>
    /// <param name="Text">It.</param>
    /// <param name="Routes">Its routes.</param>
    /// <param name="Lost">What is lost, and where.</param>
    public sealed record NginxCase(string Text, string[] Routes, string[] Lost);
}
