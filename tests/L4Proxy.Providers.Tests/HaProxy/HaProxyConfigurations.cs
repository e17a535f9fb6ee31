namespace L4Proxy.Providers.Tests.HaProxy;

/// <summary>Configurations of HAProxy's TCP mode as people publish them, and what each becomes.</summary>
internal static class HaProxyConfigurations
{
    private const string Defaults =
        """
        global
            log /dev/log local0
            chroot /var/lib/haproxy
            user haproxy
            daemon
            maxconn 20000
        defaults
            log global
            mode tcp
            option tcplog
            option dontlognull
            retries 3
            timeout connect 5s
            timeout client 1m
            timeout server 1m

        """;

    public static IReadOnlyDictionary<string, HaProxyCase> All { get; } = new Dictionary<string, HaProxyCase>
    {
        ["MQTT brokers"] = new(Defaults +
            """
            listen mqtt
                bind *:1883
                bind *:8883 ssl crt /etc/haproxy/mqtt.pem
                balance leastconn
                timeout client 3h
                timeout server 3h
                server emqx1 192.0.2.11:1883 check inter 10s fall 3 rise 2 send-proxy-v2
                server emqx2 192.0.2.12:1883 check inter 10s fall 3 rise 2 send-proxy-v2
            """,
            ["tcp://0.0.0.0:1883 tls://0.0.0.0:8883 -> 192.0.2.11:1883 192.0.2.12:1883"], []),
        ["PostgreSQL with a standby"] = new(Defaults +
            """
            listen postgres
                bind 10.0.0.4:5432
                option tcp-check
                default-server inter 3s fall 3 rise 2 on-marked-down shutdown-sessions
                server pg1 10.0.0.5:5432 maxconn 100 check port 8008
                server pg2 10.0.0.6:5432 maxconn 100 check port 8008 backup
            """,
            ["tcp://10.0.0.4:5432 -> 10.0.0.5:5432 10.0.0.6:5432(backup)"], []),
        ["names on port 443"] = new(Defaults +
            """
            frontend https
                bind :443
                tcp-request inspect-delay 5s
                tcp-request content accept if { req_ssl_hello_type 1 }
                acl is_shop req.ssl_sni -i shop.example.com www.shop.example.com
                acl is_apps req_ssl_sni -m end .apps.example.com
                acl is_mail req.ssl_sni -m reg ^mail[0-9]+\\.
                use_backend shop if is_shop
                use_backend apps if is_apps || is_mail
                default_backend web
            backend shop
                server s1 10.1.0.1:443 check
            backend apps
                server a1 10.1.0.2:443
            backend web
                server w1 127.0.0.1:8443 send-proxy
            """,
            [
                """tcp://0.0.0.0:443 {"Sni":["shop.example.com","www.shop.example.com"],"Protocols":["tls"]} -> 10.1.0.1:443""",
                """tcp://0.0.0.0:443 {"AnyOf":[{"Sni":["*.apps.example.com"],"Protocols":["tls"]},{"SniRegex":["mail[0-9]+\\..*"],"Protocols":["tls"]}]} -> 10.1.0.2:443""",
                "tcp://0.0.0.0:443 -> 127.0.0.1:8443",
            ], []),
        ["SSH and HTTPS on one port"] = new(Defaults +
            """
            frontend ssl
                bind 192.0.2.1:443
                tcp-request inspect-delay 3s
                acl client_attempts_ssh req.payload(0,7) -m bin 5353482d322e30
                tcp-request content accept if { req.ssl_hello_type 1 }
                tcp-request content accept if client_attempts_ssh
                use_backend ssh if client_attempts_ssh
                use_backend ssh if !{ req.ssl_hello_type 1 }
                use_backend web if { req.ssl_hello_type 1 }
            backend ssh
                timeout server 2h
                server ssh 127.0.0.1:22
            backend web
                server web 127.0.0.1:8443
            """,
            [
                """tcp://192.0.2.1:443 {"Bytes":[{"Hex":"5353482d322e30"}]} -> 127.0.0.1:22""",
                """tcp://192.0.2.1:443 {"Not":{"Protocols":["tls"]}} -> 127.0.0.1:22""",
                """tcp://192.0.2.1:443 {"Protocols":["tls"]} -> 127.0.0.1:8443""",
            ], []),
        ["Galera"] = new(Defaults +
            """
            listen galera
                bind 127.0.0.1:3306
                balance source
                option mysql-check user haproxy
                server node1 10.3.0.1:3306 check weight 2
                server node2 10.3.0.2:3306 check
                server node3 10.3.0.3:3306 check disabled
            """,
            ["tcp://127.0.0.1:3306 -> 10.3.0.1:3306*2 10.3.0.2:3306 10.3.0.3:3306(down)"], ["listen galera.option[line 19]"]),
        ["Redis with a look for the master"] = new(Defaults +
            """
            frontend redis
                bind :6379 name redis
                default_backend redis_master
            backend redis_master
                option tcp-check
                tcp-check connect
                tcp-check send info\ replication\r\n
                tcp-check expect string role:master
                server r1 10.5.0.1:6379 check inter 1s
                server r2 10.5.0.2:6379 check inter 1s
            """,
            ["tcp://0.0.0.0:6379 -> 10.5.0.1:6379 10.5.0.2:6379"], []),
        ["remote desktops"] = new(Defaults +
            """
            frontend rdp
                bind :3389
                tcp-request inspect-delay 5s
                tcp-request content accept if RDP_COOKIE
                default_backend hosts
            backend hosts
                balance rdp-cookie
                option redispatch
                stick-table type ip size 100k expire 8h
                stick on src
                server h1 10.4.0.1:3389 check
                server h2 10.4.0.2:3389 check
            """,
            ["tcp://0.0.0.0:3389 -> 10.4.0.1:3389 10.4.0.2:3389"],
            ["backend hosts.stick-table[line 24]", "backend hosts.stick[line 25]", "backend hosts.balance[line 22]"]),
        ["mail servers with a chain of PROXY headers"] = new(Defaults +
            """
            listen smtp
                bind 192.0.2.1:25,192.0.2.2:25 accept-proxy
                no option tcplog
                server mta 10.2.0.25:10025 send-proxy
            listen imaps
                bind :::993 v4v6
                timeout tunnel 30m
                server mailbox 10.2.0.26
            """,
            ["tcp://192.0.2.1:25 tcp://192.0.2.2:25 -> 10.2.0.25:10025", "tcp://*:993 -> 10.2.0.26:{port}"], []),
        ["who may connect"] = new(Defaults +
            """
            frontend office
                bind :8000-8009
                acl local src 10.0.0.0/8 192.168.0.0/16
                acl guests src 10.9.0.0/16
                tcp-request connection accept if { src 10.9.0.1 }
                tcp-request connection reject if guests
                tcp-request connection reject unless local
                use_backend second if { dst_port 8005:8009 } local
                default_backend first
            backend first
                server a 10.6.0.1:+1000
            backend second
                server a 10.6.0.2:80
            """,
            [
                """tcp://0.0.0.0:8000-8009 {"Not":{"ClientAddresses":["10.9.0.1"]},"AnyOf":[{"ClientAddresses":["10.9.0.0/16"]},{"Not":{"ClientAddresses":["10.0.0.0/8","192.168.0.0/16"]}}]} -> Reset""",
                """tcp://0.0.0.0:8000-8009 {"ClientAddresses":["10.0.0.0/8","192.168.0.0/16"],"LocalPorts":["8005-8009"]} -> 10.6.0.2:80""",
                "tcp://0.0.0.0:8000-8009 -> 10.6.0.1:{port+1000}",
            ], []),
        ["TLS ends here and begins again"] = new(Defaults +
            """
            frontend ldaps
                bind [::]:636 ssl crt /etc/haproxy/ldap.pem ca-file /etc/haproxy/ca.pem verify optional ssl-min-ver TLSv1.2
                use_backend people if { ssl_fc_sni -i people.example.com }
            backend people
                server l1 10.7.0.1:636 ssl verify required ca-file /etc/haproxy/internal.pem sni str(ldap.internal) check
                server l2 10.7.0.2:636 ssl verify required ca-file /etc/haproxy/internal.pem sni str(ldap.internal) check
            """,
            ["""tls://[::]:636 {"Sni":["people.example.com"],"Protocols":["tls"]} -> 10.7.0.1:636 10.7.0.2:636"""], []),
        ["only TLS gets in, beside a web site"] = new(
            """
            defaults web
                mode http
                timeout client 30s
            defaults tcp
                mode tcp
                timeout connect 5s
                timeout client 50000
                timeout server 50000
                timeout client-fin 30s
            frontend www from web
                bind :80
                default_backend site
            backend site from web
                server s 10.8.0.1:80
            frontend tls from tcp
                bind :8443 # of the office
                tcp-request inspect-delay 2s
                tcp-request content accept if { req.ssl_hello_type 1 } { req.ssl_sni -m found }
                tcp-request content reject
                default_backend broker
            backend broker from tcp
                balance first
                server "b1" "${BROKER}:8883"
                server b2 10.8.0.3:8883 check
                server b3 10.8.0.4:8883 check inter 5s
            """,
            [
                """tcp://0.0.0.0:8443 {"Not":{"Sni":["*"],"Protocols":["tls"]}} -> Close""",
                "tcp://0.0.0.0:8443 -> 10.8.0.3:8883 10.8.0.4:8883",
            ], ["[line 23]", "backend broker.server[line 25]"]),
        ["a rule that cannot be said"] = new(Defaults +
            """
            frontend limited
                bind :7000
                stick-table type ip size 100k expire 30s store conn_rate(3s)
                tcp-request connection track-sc0 src
                tcp-request connection reject if { sc0_conn_rate gt 20 }
                default_backend game
            backend game
                server g 10.9.0.1:7000
            """,
            [], ["frontend limited.tcp-request[line 19]", "frontend limited.tcp-request[line 20]", "frontend limited.stick-table[line 18]"]),
    };

    /// <summary>A configuration.</summary>
    /// <param name="Text">It.</param>
    /// <param name="Routes">Its routes.</param>
    /// <param name="Lost">What is lost, and where.</param>
    public sealed record HaProxyCase(string Text, string[] Routes, string[] Lost);
}
