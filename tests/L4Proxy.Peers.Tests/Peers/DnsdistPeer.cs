using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>
/// dnsdist, which wants a PROXY header in front of every datagram and every connection. It answers each query for an address
/// with that of the client, and logs what else the header says.
/// </summary>
internal sealed class DnsdistPeer : Peer
{
    private DnsdistPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    /// <summary><c>told of ADDRESS:PORT with TYPE=LENGTH …</c>, a line for each query.</summary>
    public OutputLines Log => Program.Output;

    public static async Task<DnsdistPeer> StartAsync(CancellationToken cancellation)
    {
        Installed.Require("dnsdist");
        var directory = new TempDirectory();
        var port = FreePorts.Next();
        var configuration = directory.Write("dnsdist.conf", Configuration(port));
        var program = await StartAsync("dnsdist", ["--supervised", "--disable-syslog", "-C", configuration], port, cancellation);
        return new(directory, program, port);
    }

    private static string Configuration(int port) =>
        $$"""
        setSecurityPollSuffix("")
        setLocal("127.0.0.1:{{port}}")
        setProxyProtocolACL({"127.0.0.0/8"})
        addAction(AllRule(), LuaAction(function(dq)
          local line = "told of " .. dq.remoteaddr:toStringWithPort() .. " with"
          for type, value in pairs(dq:getProxyProtocolValues()) do
            line = line .. " " .. type .. "=" .. #value
          end
          infolog(line)
          return DNSAction.Spoof, dq.remoteaddr:toString()
        end))
        """;
}
