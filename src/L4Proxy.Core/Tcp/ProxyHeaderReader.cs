using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.ProxyProtocol;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// Station peek: takes a PROXY header off the front of what a trusted peer sends, and with it learns who the real client
/// is. What follows the header stays as the client's first bytes.
/// </summary>
internal sealed class ProxyHeaderReader(PerSecondLimit warnings, ILogger<ProxyHeaderReader> log)
{
    /// <summary>Reads a header, where the endpoint wants one; <see cref="TcpSession.ProxyHeader"/> is it.</summary>
    /// <returns>None, or why the connection ends.</returns>
    public async ValueTask<L4EndReason> ReadAsync(TcpSession session)
    {
        var policy = session.Endpoint.ProxyProtocol;
        if (policy.Mode == L4ProxyProtocolMode.Off)
            return L4EndReason.None;
        var isRequired = policy.Mode == L4ProxyProtocolMode.Required;
        if (!policy.Trusts(session.ClientEndPoint))
            return isRequired ? L4EndReason.ProxyHeaderUntrusted : L4EndReason.None;
        session.Deadline.StartPreface(session.Endpoint.PrefaceTimeout);
        var end = await ReadHeaderAsync(session);
        session.Deadline.Stop();
        if (isRequired || ProxyHeaderParser.HasSignature(session.Preface.Bytes.Span))
            return end == L4EndReason.PrefaceTimeout ? L4EndReason.ProxyHeaderTimeout : end;
        // Optional, and what came is no header: it is data, and so is nothing at all.
        return end is L4EndReason.ProxyHeaderMissing or L4EndReason.PrefaceTimeout or L4EndReason.ClientClosedEarly ? L4EndReason.None : end;
    }

    private async ValueTask<L4EndReason> ReadHeaderAsync(TcpSession session)
    {
        for (;;)
        {
            var end = FirstBytes.EndOf(session, await session.Client.WaitAsync());
            if (end == L4EndReason.None)
                end = await FirstBytes.TakeAsync(session, ProxyHeaderParser.MaxLength);
            if (end != L4EndReason.None)
                return end;
            var result = ProxyHeaderParser.Parse(session.Preface.Bytes.Span);
            switch (result.Status)
            {
                case ProxyHeaderStatus.Found:
                    session.ProxyHeader = result.Header;
                    session.Preface.Drop(result.Length);
                    return L4EndReason.None;
                case ProxyHeaderStatus.Invalid:
                    if (warnings.TryTake())
                        log.ProxyHeaderInvalid(session.Id, session.ClientEndPoint, session.Endpoint.Id, result.Error!);
                    return L4EndReason.ProxyHeaderInvalid;
                case ProxyHeaderStatus.NotMine:
                    return L4EndReason.ProxyHeaderMissing;
            }
        }
    }
}
