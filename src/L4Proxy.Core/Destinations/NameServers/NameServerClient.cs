using System.Net;
using System.Net.Sockets;
using DnsClient;

namespace L4Proxy.Destinations.NameServers;

/// <summary>
/// Asks name servers one question: the next one is asked where one does not answer in its part of the time, refuses or fails. The one that answered last is asked
/// first. Nothing is remembered but that.
/// </summary>
internal sealed class NameServerClient
{
    // A datagram may be lost: one server alone is asked twice.
    private const int LeastTries = 2;

    private static readonly DnsQueryOptions s_datagrams = Options(isStream: false);
    private static readonly DnsQueryOptions s_streams = Options(isStream: true);

    private readonly NameServerList _list;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private volatile int _first;
    private volatile LookupClient? _client;

    /// <summary>Asks nobody yet.</summary>
    /// <param name="list">Who is asked.</param>
    /// <param name="timeout">How long one question may take in all.</param>
    /// <param name="time">The clock.</param>
    public NameServerClient(NameServerList list, TimeSpan timeout, TimeProvider time) => (_list, _timeout, _time) = (list, timeout, time);

    // Most never ask, and have nothing of it in memory.
    private LookupClient Client => _client ??= new(new LookupClientOptions { AutoResolveNameServers = false, UseCache = false });

    /// <summary>Asks.</summary>
    /// <param name="name">The whole name; no search list is applied.</param>
    /// <param name="type">What of it.</param>
    /// <returns>What a name server says of it: there may be nothing.</returns>
    /// <exception cref="NameServerException">None said anything of it.</exception>
    public async Task<NameServerAnswer> AskAsync(string name, QueryType type)
    {
        var servers = _list.Servers.Count > 0 ? _list.Servers : OfSystem();
        var question = new DnsQuestion(name, type);
        var tries = Math.Max(LeastTries, servers.Count);
        var first = _first;
        var failure = "";
        for (var i = 0; i < tries; i++)
        {
            var index = (first + i) % servers.Count;
            (var answer, failure) = await AskAsync(servers[index], question, _timeout / tries);
            if (answer is null)
                continue;
            _first = index;
            return answer;
        }
        throw new NameServerException(servers.Count == 1 ? failure : $"None of {servers.Count} name servers could tell. {failure}");
    }

    private async Task<(NameServerAnswer? Answer, string Failure)> AskAsync(IPEndPoint server, DnsQuestion question, TimeSpan timeout)
    {
        using var end = new CancellationTokenSource(timeout, _time);
        try
        {
            var response = await QueryAsync(server, question, end.Token);
            return NameServerAnswer.TryRead(response, question, out var answer, out var failure) ? (answer, "") : (null, $"The name server {server} {failure}.");
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            return (null, $"The name server {server} did not answer in time.");
        }
        catch (Exception e)
        {
            return (null, $"The name server {server} could not be asked, or its answer not be read: {e.GetBaseException().Message}");
        }
    }

    private async Task<IDnsQueryResponse> QueryAsync(IPEndPoint server, DnsQuestion question, CancellationToken end)
    {
        try
        {
            return await Client.QueryServerAsync([server], question, s_datagrams, end);
        }
        catch (DnsResponseException e) when (e is { Code: DnsResponseCode.Unassigned, InnerException: null })
        {
            return await QueryOverTcpAsync(server, question, end);
        }
    }

    /// <summary>The answer was cut short.</summary>
    private async Task<IDnsQueryResponse> QueryOverTcpAsync(IPEndPoint server, DnsQuestion question, CancellationToken end)
    {
        // DnsClient neither closes a socket that does not connect nor ends connecting: it is asked only where somebody listens.
        using (var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
            await socket.ConnectAsync(server, end);
        var client = Client;
        try
        {
            return await client.QueryServerAsync([server], question, s_streams, end);
        }
        catch (DnsResponseException) when (!end.IsCancellationRequested)
        {
            // It keeps connections, and does not see that the server has closed them: once more without them.
            _ = Interlocked.CompareExchange(ref _client, null, client);
            return await Client.QueryServerAsync([server], question, s_streams, end);
        }
    }

    private static DnsQueryOptions Options(bool isStream) => new()
    {
        UseTcpOnly = isStream,
        UseTcpFallback = false,
        UseCache = false,
        Retries = 0,
        ContinueOnDnsError = false,
        ContinueOnEmptyResponse = false,
        ThrowDnsErrors = false,
        Timeout = Timeout.InfiniteTimeSpan,
        // As the DNS flag day of 2020 says: less than any path's MTU, so that no answer comes in fragments.
        ExtendedDnsBufferSize = 1232,
    };

    /// <summary>Read anew each time: who looks services up with the system's name servers follows its changes. Never somebody else's instead.</summary>
    private static IPEndPoint[] OfSystem()
    {
        var servers = NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
            .Select(server => new IPEndPoint(IPAddress.Parse(server.Address), server.Port)).ToArray();
        return servers.Length > 0 ? servers : throw new NameServerException("The system has no name server.");
    }
}
