using L4Proxy.Prefaces;

namespace L4Proxy.Routing.Conditions;

/// <summary>The fingerprint of the client's hello.</summary>
internal sealed class Ja4Condition(IReadOnlyList<string> wanted) : ContentCondition<ClientHello>(PrefaceParsers.WithFingerprint)
{
    private readonly TextGlobs _wanted = TextGlobs.Read(wanted)!;

    /// <summary>Whether a text, which may have <c>*</c> in it, can be one.</summary>
    public static bool IsPossible(string text) => text.Contains('*', StringComparison.Ordinal)
        ? text.All(c => char.IsAsciiLetterOrDigit(c) || c is '*' or '_')
        : text.Length == 36 && text[10] == '_' && text[23] == '_' && text[0] is 't' or 'q' && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public override bool IsImpliedBy(Condition other) => TextGlobs.Imply(((Ja4Condition)other)._wanted, _wanted);

    protected override bool Holds(ClientHello content) => content.Ja4 is { } fingerprint && _wanted.Matches(fingerprint.ToString());

    protected override string Describe(ClientHello content) => content.Ja4?.ToString() ?? "none";
}
