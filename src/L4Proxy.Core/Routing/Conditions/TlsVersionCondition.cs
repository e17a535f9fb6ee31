using System.Security.Authentication;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>A version of TLS that the client offers.</summary>
internal sealed class TlsVersionCondition : ContentCondition<ClientHello>
{
    private readonly SslProtocols _versions;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A version is not known.</exception>
    public TlsVersionCondition(IReadOnlyList<string> texts)
        : base(PrefaceParsers.WithClientHello)
    {
        foreach (var text in texts)
            _versions |= TlsVersions.TryParse(text, out var version, out var error) ? version : throw new ArgumentException(error, nameof(texts));
    }

    public override bool IsImpliedBy(Condition other) => (((TlsVersionCondition)other)._versions & ~_versions) == SslProtocols.None;

    protected override bool Holds(ClientHello content) => (content.Versions & _versions) != SslProtocols.None;

    protected override string Describe(ClientHello content) => content.Versions.ToString();
}
