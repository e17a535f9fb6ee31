namespace L4Proxy.Configuration.Reading;

/// <summary>Says of a section that is not there what was probably meant to be it.</summary>
internal static class SectionHint
{
    /// <summary>A warning that names what stands beside it and is near; null when nothing is.</summary>
    /// <param name="section">The name of the section, the last part of its path.</param>
    /// <param name="others">The names beside it.</param>
    public static L4ConfigError? For(string section, IEnumerable<string> others)
    {
        foreach (var other in others)
        {
            // A variable of the environment: L4Proxy_Endpoints_in_Url.
            if (other.StartsWith(section + '_', StringComparison.OrdinalIgnoreCase))
            {
                return new(section, $"There is no such section, only {Quote.Text(other)}. In names of environment variables two underscores part the levels, "
                    + $"as in {Quote.Text(other.Replace("_", "__", StringComparison.Ordinal))}.");
            }
            if (IsNear(section, other))
                return new(section, $"There is no such section, only {Quote.Text(other)}; was that meant to be it?");
        }

        return null;
    }

    // Nearer than for keys: beside a section stands the whole environment, NO_PROXY for one.
    private static bool IsNear(string section, string other) =>
        other.Length > 0 && char.ToUpperInvariant(other[0]) == char.ToUpperInvariant(section[0])
        && (other.StartsWith(section, StringComparison.OrdinalIgnoreCase) || NearestName.IsWithin(section, other, Math.Max(1, section.Length / 3)));
}
