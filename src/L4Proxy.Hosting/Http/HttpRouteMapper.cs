using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Names;
using L4Proxy.Routing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using YarpRouteMatch = Yarp.ReverseProxy.Configuration.RouteMatch;

namespace L4Proxy.Http;

/// <summary>Says in YARP's words what a route of HTTP requests and its cluster say. Who is dialled, and how, stays L4Proxy's: see <see cref="HttpClusterHandler"/>.</summary>
internal static class HttpRouteMapper
{
    /// <summary>So the ids of routes and clusters begin in YARP, where the application has some of its own.</summary>
    public const string Prefix = "l4proxy:";

    // No request is found by it. ASP.NET's tables have what takes all paths at each path that the application has, sorted anew at every change: with many routes that is many times as long.
    private const string Path = $"/{Prefix}";

    // Dialled by nobody.
    private const int DefaultPort = 1;

    private const int MostOfHost = 200;

    private const string PunycodePrefix = "xn--";
    private static readonly IdnMapping s_idn = new() { AllowUnassigned = true };

    /// <summary>What a route is called in YARP.</summary>
    public static string IdOf(RouteModel route) => Prefix + route.Id;

    /// <summary>What a cluster is called in YARP.</summary>
    public static string IdOf(ClusterModel cluster) => Prefix + cluster.Id;

    /// <summary>Whether a route of YARP's is made of one of L4Proxy's.</summary>
    public static bool IsOurs(RouteConfig route) => IsOurs(route.RouteId);

    /// <summary>Whether an id of YARP's is.</summary>
    public static bool IsOurs(string id) => id.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>A route.</summary>
    public static RouteConfig RouteOf(RouteModel route) => new()
    {
        RouteId = IdOf(route),
        ClusterId = IdOf(route.Cluster!),
        Order = route.Order,
        Match = new YarpRouteMatch { Hosts = [.. route.Match.Hosts!.Where(host => host is { Host.Length: > 0, CaptureNames.Count: 0 }).Select(host => InLetters(host.ToString())).OfType<string>()], Path = Path },
        // As a proxy that passes bytes on: how much is the destination's to say.
        MaxRequestBodySize = -1,
        Metadata = route.Config.Metadata,
    };

    /// <summary>A cluster.</summary>
    public static ClusterConfig ClusterOf(ClusterModel cluster) => new()
    {
        ClusterId = IdOf(cluster),
        LoadBalancingPolicy = PickLater.PolicyName,
        Destinations = cluster.Destinations.ToDictionary(
            destination => destination.Id, destination => new DestinationConfig { Address = $"{SchemeOf(cluster)}://{AuthorityOf(destination, DefaultPort)}/" }),
        HttpRequest = new ForwarderRequestConfig
        {
            ActivityTimeout = cluster.Http.Timeout,
            Version = cluster.Http.Protocol == L4HttpProtocol.Http1 ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        },
        Metadata = cluster.Config.Metadata,
    };

    /// <summary>What its destinations are spoken to in.</summary>
    public static string SchemeOf(ClusterModel cluster) => cluster.Tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;

    // The host of a URL has at most 255 characters.
    private static string Short(string host) => host.Length <= MostOfHost ? host
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(host))).Insert(SHA256.HashSizeInBytes, ".");

    /// <summary>YARP refuses Punycode wherever it sees it. By the host no request is found there, so that one which is no Punycode may be missing.</summary>
    private static string? InLetters(string host)
    {
        if (!host.Contains(PunycodePrefix, StringComparison.OrdinalIgnoreCase))
            return host;
        try
        {
            var letters = s_idn.GetUnicode(host);
            return letters.Contains(PunycodePrefix, StringComparison.OrdinalIgnoreCase) ? null : letters;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// What stands for a destination where a URL has host and port: they, where it has them. Its connections are kept by that, and no other of the cluster has it that is not the
    /// same; what is dialled is the destination.
    /// </summary>
    /// <param name="destination">The destination.</param>
    /// <param name="localPort">The port that its own may be made of.</param>
    /// <param name="captures">What its host may be made of.</param>
    public static string AuthorityOf(DestinationModel destination, int localPort, in RouteCaptures captures = default)
    {
        var address = destination.Address;
        // The whole of what a client has chosen: by a hash of it two could meet.
        if (address.CaptureNames.Count > 0 && address.TryExpandHost(captures, out var host, out _))
            return string.Create(CultureInfo.InvariantCulture, $"{destination.IdHash:x}.{Short(host.TrimEnd('.'))}.l4proxy:{localPort}");
        if (address is { Kind: DestinationAddressKind.Host or DestinationAddressKind.Ip, IsTemplate: false } && !address.ToString().Contains('%', StringComparison.Ordinal))
            return address.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{destination.IdHash:x}-{StableHash.Of(address.ToString()):x}.l4proxy:{(address.IsTemplate ? localPort : DefaultPort)}");
    }
}
