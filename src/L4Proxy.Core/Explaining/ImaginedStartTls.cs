using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Routing.Explaining;
using L4Proxy.Snapshot;
using L4Proxy.StartTls;
using L4Proxy.Tcp;

namespace L4Proxy.Explaining;

/// <summary>What of an imagined client's first bytes would be answered in plaintext, as <see cref="StartTlsAnswerer"/> answers a real one's, and what would follow.</summary>
internal static class ImaginedStartTls
{
    private const byte Handshake = 22;

    /// <summary>The facts of a connection, once what is asked before TLS was answered and taken off its first bytes.</summary>
    /// <param name="endpoint">The endpoint that it comes to.</param>
    /// <param name="facts">What is known of it, its first bytes among that.</param>
    public static ConnectionFacts Answer(EndpointModel endpoint, in ConnectionFacts facts)
    {
        var state = endpoint.Greeting is { } greeting && StartTlsAnswerer.HelloMayDecide(endpoint.Routes, facts, greeting) ? new StartTlsState(greeting) : null;
        var rest = facts.Bytes;
        var now = Inspected(state, facts, rest, endpoint.Protocols);
        while (StartTlsAnswerer.Asks(state, rest.Span) && TableExplainer.Waits(endpoint.Routes, now))
        {
            state ??= new(StartTlsAnswerer.ProtocolOf(state, rest.Span)!);
            var ask = state.Protocol.Read(rest.Span, out var length);
            if (!state.TryAsk(ask))
                break;
            state.IsAgreed = ask == StartTlsAsk.Tls && StartTlsAnswerer.HelloMayDecide(endpoint.Routes, now, state.Protocol);
            rest = rest[length..];
            // A capture may be of a client that was given the other answer: what this one would say is not known then.
            if (ask == StartTlsAsk.Tls && !rest.IsEmpty && (rest.Span[0] == Handshake) != state.IsAgreed)
                rest = default;
            now = Inspected(state, facts, rest, endpoint.Protocols);
        }
        return now;
    }

    private static ConnectionFacts Inspected(StartTlsState? state, in ConnectionFacts facts, ReadOnlyMemory<byte> rest, ProtocolSet wanted) => facts with
    {
        Preface = !rest.IsEmpty ? StartTlsAnswerer.Inspect(state, rest.Span, wanted)
            : state is null ? default
            : state.IsAgreed ? StartTlsAnswerer.OnlyTls(default, state.Protocol.Protocol)
            : StartTlsAnswerer.Undecided(default, state.Protocol.Protocol, state.MayAgree),
    };
}
