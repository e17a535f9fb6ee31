namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>A matcher and what it is given, as in <c>HostSNI(`a.example.com`)</c>.</summary>
/// <param name="Name">Its name as it is written.</param>
/// <param name="Arguments">What it is given.</param>
internal sealed record RuleCall(string Name, IReadOnlyList<string> Arguments) : RuleNode
{
    public override IEnumerable<RuleCall> Calls => [this];

    /// <summary>Whether it is the matcher of a name, in any case.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
