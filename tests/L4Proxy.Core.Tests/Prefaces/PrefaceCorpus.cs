using System.Text;
using L4Proxy.Core.Tests.Prefaces.Quic;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>
/// What clients send first, by protocol: captured on loopback from the programs of Debian 12 where the comment names one, else built by
/// the document that it names.
/// </summary>
internal static class PrefaceCorpus
{
    public static IReadOnlyList<FirstBytesOf> All { get; } =
    [
        Of("mqtt", "mosquitto_pub -V mqttv311", "102500044d51545404c2003c000973656e736f722d31370006706c616e74370006736563726574"),
        Of("mqtt", "mosquitto_pub -V mqttv5", "101000044d5154540502003c032100140000"),
        Text("http", "curl http:", "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"),
        Text("http", "curl -0", "GET /x/y?z=1 HTTP/1.0\r\nHost: a.example.com:40239\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"),
        Text("http", "curl -x http:", "GET http://a.example.com/x?z HTTP/1.1\r\nHost: a.example.com\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\nProxy-Connection: Keep-Alive\r\n\r\n"),
        Text("http", "curl -x http: -p", "CONNECT a.example.com:80 HTTP/1.1\r\nHost: a.example.com:80\r\nUser-Agent: curl/7.88.1\r\nProxy-Connection: Keep-Alive\r\n\r\n"),
        Text("http http2", "RFC 9113 section 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Of("http http2", "curl --http2-prior-knowledge", "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a00001204000000000000030000006400040200000000020000000000000408000000000001ff000100002a01050000000182048763cb1ebfcf700786418e1ae5f23a6ba0ab90f4dc65d009df7a8825b650c3abbcf2e153032a2f2a"),
        Of("http http2", "nginx 1.22 grpc_pass", "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a00001204000000000000010000000000020000000000047fffffff0000040800000000007fff000000003e0105000000018286448e62beb32fb8b677310ac682a673c900839ce84f8a9972f91d35d055c87a7f0087b505b161cc5a938825b650c3abbcf2e1008419085ad3032a2f2a"),
        Of("http http2", "SocketsHttpHandler of .NET 10", "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a00000c04000000000000020000000000040000ffff00000408000000000003ff000100002e01050000000182860112622e6578616d706c652e636f6d3a3830383004102f706174682f2543332541393f713d310f2b03782f31"),
        Text("ssh", "ssh, OpenSSH 9.2", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"),
        Of("postgres", "psql sslmode=prefer", "0000000804d2162f"),
        Of("postgres", "psql sslmode=disable", "00000038000300007573657200616c6963650064617461626173650073686f70006170706c69636174696f6e5f6e616d65007073716c0000"),
        Of("postgres", "psql, interrupted", "0000001004d2162e000004d2deadbeef"),
        Text("redis", "redis-cli ping", "*1\r\n$4\r\nping\r\n"),
        Text("redis", "redis-cli -3", "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"),
        Text("redis", "RESP specification, inline commands", "PING\r\n"),
        Of("rdp", "MS-RDPBCGR section 4.1.1", "0300002c27e00000000000436f6f6b69653a206d737473686173683d656c746f6e730d0a0100080000000000"),
        Of("rdp", "RDP 5, without cookie or negotiation", "0300000b06e00000000000"),
        Of("socks4", "curl -x socks4:", "04011f90c000020100"),
        Of("socks4", "curl -x socks4a:", "0401005000000001626f62006578616d706c652e636f6d00"),
        Of("socks5", "curl -x socks5:", "05020001"),
        Of("socks5", "RFC 1928 section 3", "050100"),
        Text("xmpp", "openssl s_client -starttls xmpp", "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' to='example.com' version='1.0'>"),
        Text("smtp", "curl smtp:, behind a greeting", "EHLO hostname\r\n"),
        Text("imap", "curl imap:, behind a greeting", "A001 CAPABILITY\r\n"),
        Text("imap", "openssl s_client -starttls imap, behind a greeting", ". CAPABILITY\r\n"),
        Text("pop3", "curl pop3:, behind a greeting", "CAPA\r\n"),
        Text("pop3", "openssl s_client -starttls pop3, behind a greeting", "STLS\r\n"),
        Of("ldap", "ldapsearch -x", "300c020101600702010304008000"),
        Of("ldap", "ldapsearch -ZZ", "301d02010177188016312e332e362e312e342e312e313436362e3230303337"),
        Of("dns", "dig +tcp", "0038ac1f0120000100000000000103777777076578616d706c6503636f6d000001000100002904d000000000000c000a000815d176a9a89150c7"),
        Of("dns", "dig AXFR", "0034febd00200001000000000001076578616d706c6503636f6d0000fc000100002904d000000000000c000a0008eaf05d00d1f45ed6"),
        Datagram("dns", "dig", "c7c10120000100000000000103777777076578616d706c6503636f6d00001c000100002904d000000000000c000a0008f7d75dd6255fa40c"),
        Datagram("dns", "dig +noedns", "453001200001000000000000074578616d706c65034f52470000410001"),
        Datagram("dns", "dig . NS", "b5ad01200001000000000001000002000100002904d000000000000c000a00088a1c553b01c2672e"),
        Datagram("dns", "host", "5aca01000001000000000000076578616d706c65036e65740000010001"),
        Datagram("stun", "turnutils_stunclient", "000100002112a442eda2ae1cb9875fe2fbf092fe"),
        Datagram("stun", "turnutils_uclient", "000300202112a4423fa0de95a6fa6e75ec9514400019000411000000000d000400000309001800018000000080280004f96c5357"),
        Of("stun", "turnutils_uclient -t", "000300202112a442192386435e1b0e29510decef0019000411000000000d0004000003090018000180000000802800046f3ac474"),
        Datagram("dtls", "openssl s_client -dtls1_2", "16feff000000000000000000d9010000cd00000000000000cdfefdf570a5f665fb489c24c4635d3d001f8303be12a875917cdf97c96de6c6ebd5eb00000038c02cc030009fcca9cca8ccaac02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d009c003d003c0035002f00ff0100006b00000015001300001064746c732e6578616d706c652e636f6d000b000403000102000a000c000a001d0017001e00190018002300000016000000170000000d002a0028040305030603080708080809080a080b080408050806040105010601030303010302040205020602"),
        Datagram("dtls", "openssl s_client -dtls1", "16feff000000000000000000880100007c000000000000007cfeff4bb7074395f88d231b95002bf7c880c053145574fbfbe8f58c3c880b25cd1ff20000002ec00ac0140039003800880087c019003a0089c009c0130033003200450044c0180034004600350084002f004100ff01000024000b000403000102000a000c000a001d0017001e00190018002300000016000000170000"),
        new("wireguard", "section 5.4.2 of its paper", [1, 0, 0, 0, .. Enumerable.Range(0x5a, 144).Select(i => (byte)i)], IsDatagram: true),
        new("wireguard", "section 5.4.6 of its paper, a keep-alive", [4, 0, 0, 0, .. Enumerable.Range(0x5a, 28).Select(i => (byte)i)], IsDatagram: true),
        Datagram("openvpn", "openvpn 2.6", "38dc4fe584c66b5e320000000000"),
        Of("openvpn", "openvpn 2.6 --proto tcp-client", "000e387c3796e115acf6d20000000000"),
        Datagram("openvpn", "openvpn 2.6 --tls-auth", "380f097b2bda7e280643bfb9e170e519a1dcea65167ae33551156c380e000000016b0b5ab40000000000"),
        Of("openvpn", "openvpn 2.6 --proto tcp-client --tls-auth", "002a38e1adaabc2984b9856c4642372cd6f2b7eca139816665b489775cbf7f000000016b0b5ab40000000000"),
        Datagram("openvpn", "openvpn 2.6 --tls-auth --auth SHA512", "38e468ddd572ae5197be9a665ccfcd2130d56e0b937cf1da004b6208f4b08e09c36a813226f1d566ee37af05e5975fd2b5dda6cd6efe9c02de197492ceea65cfe87a63f31371491691000000016b0b5ab40000000000"),
        Of("openvpn", "openvpn 2.6 --proto tcp-client --tls-auth --auth SHA512", "00563846c44342287541ff084a20567f9a0aa7d9c2ac650b602afc808cdba37e03058e682fafde37355284774cb88c5f643e0aa79ac0d94fb6cb985071d32d4b6bd267e7b204e1917ed3fa000000016b0b5ab40000000000"),
        Datagram("openvpn", "openvpn 2.6 --tls-crypt", "38c951d2feede2d4d2000000016b0b5ab4575560aeb1aea2c45793f9ffd5408f9288811cf4224575f0671682bc7979354d274495c560"),
        Of("openvpn", "openvpn 2.6 --proto tcp-client --tls-crypt", "0036386a6de511feda1524000000016b0b5ab45a1bd5fe1f59c32ad19783fcc62ac171f03dbeaf1b46cc47d23afcb8fd18a6976991725a45"),
        Datagram("openvpn", "openvpn 2.6 --tls-crypt-v2", "50a491e861f1b5bb9d0f0000016b0b5ab48908f6f1d3f5297f020e243af13e419aaf9503bed25411b206fb2a4580cef9de5258c1a014f6364d1afe7daac8f2ff60022c296933ffb860e6abe51b393e51206089eff7736d537d6adc5dfe5f152e5b6b24a92313e4c69ddb5e9b6d4ce1672f2ea634de4c26bdeb881a9bb6564bf03c3c9a4f3645e056def45d1f46558aa0fa52bc66c6b513f0498ff7ad56c3ee0d88fcb4f7c13746e97981508f8f45d974660aafe8e3a51e76c2734f262d930de55564ddcde1d2237e62acc25fd56a3edb4a3f9ad07d03d577907ce3cf451bc3c78a4f4100d051ff677d2617d55820b08af1947f0b0361e77779b6965c0fc6d3e884dc0ce486783b110c3f2b1ba0cde5e87195d89bd561b68ca90f4bc5ebcdfc97a87ccc288862ec776e9bdcf50e32d59e77c0703ec180a54850c131265ce7d4cb4f2b23d92501027b7856829a72f1df161a059e3c4de4e0a0d0a19bf4224011012b"),
        Of("openvpn", "openvpn 2.6 --proto tcp-client --tls-crypt-v2", "0161502097f23f58a8a42d0f0000016b0b5ab420a34c6734c2ae17ffc137b078e237242171eca1663b27865309f0129d338fa4a2f9570155f6364d1afe7daac8f2ff60022c296933ffb860e6abe51b393e51206089eff7736d537d6adc5dfe5f152e5b6b24a92313e4c69ddb5e9b6d4ce1672f2ea634de4c26bdeb881a9bb6564bf03c3c9a4f3645e056def45d1f46558aa0fa52bc66c6b513f0498ff7ad56c3ee0d88fcb4f7c13746e97981508f8f45d974660aafe8e3a51e76c2734f262d930de55564ddcde1d2237e62acc25fd56a3edb4a3f9ad07d03d577907ce3cf451bc3c78a4f4100d051ff677d2617d55820b08af1947f0b0361e77779b6965c0fc6d3e884dc0ce486783b110c3f2b1ba0cde5e87195d89bd561b68ca90f4bc5ebcdfc97a87ccc288862ec776e9bdcf50e32d59e77c0703ec180a54850c131265ce7d4cb4f2b23d92501027b7856829a72f1df161a059e3c4de4e0a0d0a19bf4224011012b"),
        .. QuicPackets.All.Select(file => new FirstBytesOf("quic", file, QuicPackets.Named(file), IsDatagram: true)),
        .. CapturedHello.All.Select(hello => new FirstBytesOf("tls", hello.File, hello.Bytes())),
    ];

    public static IEnumerable<FirstBytesOf> Streams => All.Where(one => !one.IsDatagram);

    public static IEnumerable<FirstBytesOf> Datagrams => All.Where(one => one.IsDatagram);

    /// <summary>Those of a protocol.</summary>
    public static IEnumerable<byte[]> Named(string protocol, bool isDatagram = false) =>
        All.Where(one => one.Protocols.Contains(protocol) && one.IsDatagram == isDatagram).Select(one => one.Bytes);

    private static FirstBytesOf Of(string protocol, string client, string hex) => new(protocol, client, Convert.FromHexString(hex));

    private static FirstBytesOf Datagram(string protocol, string client, string hex) => new(protocol, client, Convert.FromHexString(hex), IsDatagram: true);

    private static FirstBytesOf Text(string protocol, string client, string text) => new(protocol, client, Encoding.Latin1.GetBytes(text));
}
