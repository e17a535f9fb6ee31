using System.Diagnostics;
using L4Proxy.Api;
using L4Proxy.Configuration;
using L4Proxy.Kestrel;
using L4Proxy.Limits;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Requests;
using L4Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Yarp.ReverseProxy.Forwarder;

namespace L4Proxy.Http;

/// <summary>
/// Around everything that serves requests: finds the route of a request, and answers where no destination did. A request for a name that another connection would
/// lead elsewhere is misdirected (RFC 9110 section 15.5.20), as of a browser that uses one connection for two names of a certificate.
/// </summary>
internal sealed class HttpRouteMiddleware(RequestDelegate next, HttpRoutes routes, HttpEndpoints endpoints, YarpEndpoints yarp, ApiListeners api)
{
    // As nginx calls it: nobody sees it but who counts.
    private const int ClientClosedRequest = 499;

    // What such a request's endpoint is called, where it came to none of L4Proxy's.
    private const string NoEndpoint = "kestrel";

    public Task InvokeAsync(HttpContext context)
    {
        var published = routes.Current;
        var came = endpoints.Of(context);
        if (came?.Trace is { } trace)
            Activity.Current?.AddLink(new ActivityLink(trace));
        if (came is null || !published.Indexes.TryGetValue(came.EndpointId, out var index))
            return published.OnKestrel is null ? next(context) : ServeOnKestrelAsync(context, published.OnKestrel, NoEndpoint);
        var asked = AskedHost.Of(context.Request);
        var host = AskedHost.NameOf(asked);
        var isOfOtherName = came.Hello is { } hello && !host.Equals(hello.ServerName, StringComparison.OrdinalIgnoreCase);
        if (index.IsEmpty && !index.IsAllThereIs && !isOfOtherName && published.OnKestrel is null)
            return next(context);
        var facts = isOfOtherName || index.AsksOfConnection ? FactsOf(context, came.Hello) : default;
        if (isOfOtherName && IsMisdirected(published.Snapshot.Endpoints[came.EndpointId].Routes, came, host, facts))
            return SayAsync(context, StatusCodes.Status421MisdirectedRequest);
        if (index.Find(host, context.Request.Path.Value ?? "", context.Request.IsHttps, facts, came.HasEndedTls) is not { } route)
        {
            return index.IsAllThereIs ? SayAsync(context, StatusCodes.Status404NotFound)
                : index.IsShared && published.OnKestrel is { } onKestrel ? ServeOnKestrelAsync(context, onKestrel, came.EndpointId) : next(context);
        }
        // The connection may have come by another route.
        if (route.Firewall != Firewall.Open && !route.Firewall.Admits(ClientAddress.Of(context.Connection)))
            return SayAsync(context, StatusCodes.Status403Forbidden);
        return route.Requests is { } rules ? ServeAsync(context, route, rules, new(published, index), came.EndpointId, asked) : ServeAsync(new HttpCall(context, route, came.EndpointId, asked));
    }

    /// <summary>What a route says of its requests itself comes before its cluster.</summary>
    private Task ServeAsync(HttpContext context, RouteModel route, RequestRules rules, RedirectChain chain, string endpointId, string asked)
    {
        var url = RequestAnswers.UrlOf(context, asked);
        if (rules.Redirect is { } redirect && chain.UrlFor(redirect, url) is { } elsewhere)
            return RequestAnswers.RedirectAsync(context, redirect, elsewhere);
        if (rules.Answer is { } answer)
            return RequestAnswers.SayAsync(context, answer, url);
        if (route.Cluster is null)
            return SayAsync(context, StatusCodes.Status404NotFound);
        var call = new HttpCall(context, route, endpointId, asked);
        if (rules.Rewrite is { } rewrite)
        {
            if (RequestTarget.Rewritten(context, rewrite, url, out var prefix) is not { } target)
                return SayAsync(context, StatusCodes.Status400BadRequest);
            (call.Target, call.Prefix) = (target, prefix);
        }
        return ServeAsync(call);
    }

    /// <summary>Routes that are wherever Kestrel serves and nothing else takes the host. Where no YARP serves they are not there: the application did not ask for them.</summary>
    private Task ServeOnKestrelAsync(HttpContext context, HttpRouteIndex index, string endpointId)
    {
        var asked = AskedHost.Of(context.Request);
        var host = AskedHost.NameOf(asked);
        return routes.IsMapped && index.Find(host, context.Request.Path.Value ?? "", context.Request.IsHttps, default, hasEndedTls: false) is { } route && !api.Has(context.Connection, host)
            ? ServeAsync(new HttpCall(context, route, endpointId, asked))
            : next(context);
    }

    private Task ServeAsync(HttpCall call) => yarp.Find(call.Route) is { } endpoint ? ServeAsync(call, endpoint) : ServeLaterAsync(call);

    /// <summary>What is known of the connection of a request.</summary>
    private static ConnectionFacts FactsOf(HttpContext context, ClientHello? hello) => new()
    {
        ClientAddress = ClientAddress.Of(context.Connection),
        LocalAddress = ClientAddress.Unmap(context.Connection.LocalIpAddress),
        LocalPort = context.Connection.LocalPort,
        ProxyHeader = context.Features.Get<IProxyProtocolFeature>()?.Header,
        Preface = new PrefaceInfo { Content = hello, Recognised = hello is null ? default : PrefaceParsers.Tls },
        NoMoreBytes = true,
    };

    private static bool IsMisdirected(RouteTable table, HandedOverFeature came, ReadOnlySpan<char> host, in ConnectionFacts facts) => HostName.TryNormalise(host.ToString(), out var name, out _)
        && table.Match(facts with { Preface = facts.Preface with { Content = came.Hello!.For(name) } }, noMoreBytes: true).Route is { } route
        && (route.Action != L4RouteAction.Http || (route.Config.EndsTls && !came.HasEndedTls));

    /// <summary>YARP has the route in a moment, unless a filter of the application's does not let it.</summary>
    private async Task ServeLaterAsync(HttpCall call)
    {
        if (routes.IsMapped)
            await routes.WaitUntilAppliedAsync(call.Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (yarp.Find(call.Route) is { } endpoint ? ServeAsync(call, endpoint) : SayAsync(call.Context, StatusCodes.Status503ServiceUnavailable));
    }

    private async Task ServeAsync(HttpCall call, Endpoint endpoint)
    {
        var context = call.Context;
        context.SetEndpoint(endpoint);
        context.Features.Set(call);
        try
        {
            await next(context);
        }
        finally
        {
            call.Dispose();
        }
        if (context.Response.HasStarted || context.Features.Get<IForwarderErrorFeature>() is null)
            return;
        // What there is of the destination's answer is not sent any more.
        if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
            context.Response.Clear();
        if (context.RequestAborted.IsCancellationRequested)
            context.Response.StatusCode = ClientClosedRequest;
        else
            await SayAsync(context, StatusOf(call, context.Response.StatusCode));
    }

    /// <summary>What the client is told.</summary>
    /// <param name="call">The request.</param>
    /// <param name="answered">What YARP has answered, or still the destination's: 101 where nobody asked for it.</param>
    private static int StatusOf(HttpCall call, int answered) => call.Failure switch
    {
        L4EndReason.NoDestination or L4EndReason.DestinationsFull or L4EndReason.QueueFull => StatusCodes.Status503ServiceUnavailable,
        _ => answered < StatusCodes.Status400BadRequest ? StatusCodes.Status502BadGateway : answered,
    };

    private static Task SayAsync(HttpContext context, int status)
    {
        var text = $"{status} {ReasonPhrases.GetReasonPhrase(status)}\n";
        (context.Response.StatusCode, context.Response.ContentType, context.Response.ContentLength) = (status, "text/plain", text.Length);
        return context.Response.WriteAsync(text);
    }
}
