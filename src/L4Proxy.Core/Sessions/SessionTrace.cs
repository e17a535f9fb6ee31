using System.Diagnostics;
using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Diagnostics;
using L4Proxy.Tls;

namespace L4Proxy.Sessions;

/// <summary>
/// The trace of one connection or flow: an <see cref="Activity"/> of the source <c>L4Proxy</c> with an event for each station. There is none while nobody
/// listens, or wants this one. It is never <see cref="Activity.Current"/>: what begins on its way may outlive it, such as a look-up that others use, too.
/// </summary>
internal sealed class SessionTrace
{
    private static readonly ActivitySource s_source = new("L4Proxy");

    private readonly Activity _activity;

    private SessionTrace(Activity activity) => _activity = activity;

    /// <summary>What others link to.</summary>
    public ActivityContext Context => _activity.Context;

    /// <summary>Begins one, where somebody wants it.</summary>
    public static SessionTrace? Start(ISessionRecord session) => s_source.HasListeners() ? StartActivity(session) : null;

    public void Matched(ISessionRecord session) => Say("matched", ("l4proxy.route", session.Route?.Id));

    public void Secured(TlsFacts facts) => Say("secured", ("tls.protocol.version", facts.Version), ("tls.cipher", CipherName.Of(facts.CipherSuite)));

    public void Connected(ISessionRecord session, DestinationModel destination) =>
        Say("connected", ("l4proxy.destination", destination.Id), ("network.peer.address", session.UpstreamEndPoint?.ToString()), ("l4proxy.tries", session.Tries));

    public void End(ISessionRecord session)
    {
        Describe(session);
        _activity.Stop();
    }

    private static SessionTrace? StartActivity(ISessionRecord session)
    {
        var current = Activity.Current;
        // It is nobody's child: what is current here is whatever began to listen.
        Activity.Current = null;
        var activity = s_source.CreateActivity(session.Endpoint.IsUdp ? "l4proxy.flow" : "l4proxy.connection", ActivityKind.Server);
        // Some samplers want of what they drop its ids all the same, to pass them on: there is nobody to pass them to.
        if (activity is { IsAllDataRequested: false })
            activity = null;
        activity?.SetTag("l4proxy.connection.id", session.Id).SetTag("l4proxy.endpoint", session.Endpoint.Id).SetTag("network.transport", session.Endpoint.IsUdp ? "udp" : "tcp").Start();
        Activity.Current = current;
        return activity is null ? null : new(activity);
    }

    private void Say(string station, params ReadOnlySpan<(string Name, object? Value)> facts)
    {
        var tags = new ActivityTagsCollection();
        foreach (var (name, value) in facts)
            tags.Add(name, value);
        _activity.AddEvent(new ActivityEvent(station, tags: tags));
    }

    private void Describe(ISessionRecord session)
    {
        var side = EndSides.SideOf(session.EndReason);
        _activity.SetTag("client.address", (session.ClientEndPoint as IPEndPoint)?.Address.ToString() ?? session.ClientEndPoint?.ToString())
            .SetTag("client.port", (session.ClientEndPoint as IPEndPoint)?.Port).SetTag("tls.client.server_name", session.ServerName)
            .SetTag("l4proxy.route", session.Route?.Id).SetTag("l4proxy.cluster", session.Route?.Cluster?.Id).SetTag("l4proxy.destination", session.Destination?.Id)
            .SetTag("l4proxy.bytes.up", session.BytesUp).SetTag("l4proxy.bytes.down", session.BytesDown).SetTag("l4proxy.outcome", session.EndReason.ToString());
        // Of what a client does wrong it alone has the trouble.
        if (side is EndSide.Destination || session.EndReason == L4EndReason.InternalError)
            _activity.SetStatus(ActivityStatusCode.Error, session.Why).SetTag("error.type", session.EndReason.ToString());
    }
}
