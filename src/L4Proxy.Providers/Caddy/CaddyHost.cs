using L4Proxy.Names;

namespace L4Proxy.Providers.Caddy;

/// <summary>Hosts of <c>apps.http</c>, of which <c>*</c> is exactly one label, and destinations that are made of their labels.</summary>
internal static class CaddyHost
{
    private const string AnyLabel = "*";

    /// <summary>What a host is here: each label that is any is captured by its number from the right; null where nothing is like it.</summary>
    public static string? Of(string host)
    {
        if (host == AnyLabel)
            return host;
        var labels = host.Split('.');
        var stars = labels.TakeWhile(label => label == AnyLabel).Count();
        var written = string.Join('.', labels.Select((label, i) => i < stars ? Capture(labels.Length - 1 - i) : label));
        return !host.Contains('{', StringComparison.Ordinal) && ServerNamePattern.TryParse(written, out _, out _) ? written : null;
    }

    /// <summary>What stands for a label in the address of a destination; null where not all hosts have it, or have another there.</summary>
    public static string? LabelOf(IReadOnlyList<string>? hosts, int fromTheRight)
    {
        var found = (hosts ?? []).Select(host => host.Split('.') is var labels && fromTheRight < labels.Length ? labels[^(fromTheRight + 1)] : null).Distinct().ToList();
        return found is not [{ } one] || hosts!.Contains(AnyLabel) ? null : one == AnyLabel ? Capture(fromTheRight) : one;
    }

    private static string Capture(int fromTheRight) => $"{{l{fromTheRight}}}";
}
