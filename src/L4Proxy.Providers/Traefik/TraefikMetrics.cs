using System.Globalization;
using L4Proxy.Providers.Following;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Providers.Traefik;

/// <summary>The line by which a control plane that writes Traefik's files sees that they were taken: since when they are in force as they are, in seconds since 1970.</summary>
internal sealed class TraefikMetrics
{
    private const string Name = "traefik_config_last_reload_success";

    /// <summary>Those that follow the files, of each directory one.</summary>
    public List<FileFollower> Followers { get; } = [];

    /// <summary>Answers with it, and with nothing while what was read last was refused before anything was taken.</summary>
    public Task WriteAsync(HttpContext http)
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        // All of them are, at the earliest of these times.
        var last = Followers.ConvertAll(follower => follower.TakenAt) is [_, ..] times && !times.Contains(null) && times.Min() is { } taken ? string.Create(CultureInfo.InvariantCulture, $"{Name} {taken.ToUnixTimeMilliseconds() / 1000.0:F3}\n") : "";
        return http.Response.WriteAsync($"# HELP {Name} When the files were taken last, in seconds since 1970.\n# TYPE {Name} gauge\n{last}", http.RequestAborted);
    }
}
