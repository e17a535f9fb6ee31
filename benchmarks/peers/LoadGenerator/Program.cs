using System.Globalization;
using System.Net;
using L4Proxy.LoadGenerator;

switch (args)
{
    case ["connect", var proxy, var seconds, var clients, var serverName]:
        new ConnectLoad(Address(proxy), CapturedHello.For(serverName), NewLoad(seconds, clients)).Run();
        return 0;
    case ["download", var proxy, var seconds, var clients, var path]:
        new DownloadLoad(Address(proxy), path, NewLoad(seconds, clients)).Run();
        return 0;
    case ["upload", var proxy, var seconds, var clients]:
        new UploadLoad(Address(proxy), NewLoad(seconds, clients)).Run();
        return 0;
    case ["idle", var proxy, var count]:
        IdleLoad.Run(Address(proxy), int.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    case ["answer", var local]:
        AnswerServer.Run(IPEndPoint.Parse(local));
        return 0;
    case ["datagrams", var local]:
        DatagramServer.Run(IPEndPoint.Parse(local));
        return 0;
    default:
        Console.Error.WriteLine("""
            LoadGenerator connect   ADDRESS:PORT SECONDS CLIENTS NAME   connect, ClientHello for NAME, one byte, close
            LoadGenerator download  ADDRESS:PORT SECONDS CLIENTS PATH   GET PATH on kept connections
            LoadGenerator upload    ADDRESS:PORT SECONDS CLIENTS        bytes to an "answer" backend
            LoadGenerator idle      ADDRESS:PORT COUNT                  connections held until standard input ends
            LoadGenerator answer    ADDRESS:PORT                        TCP backend: one byte for the first bytes
            LoadGenerator datagrams ADDRESS:PORT                        UDP backend: every query is its own answer
            """);
        return 2;
}

static InternetAddress Address(string text) => new(IPEndPoint.Parse(text));

static Load NewLoad(string seconds, string clients) =>
    new(double.Parse(seconds, CultureInfo.InvariantCulture), int.Parse(clients, CultureInfo.InvariantCulture));
