namespace L4Proxy.Configuration.Validation;

/// <summary>
/// What the configuration has a word for and the proxy does not do yet. Given, it is an error and not ignored: a limit or a header that silently is not there is worse than none.
/// </summary>
internal static class NotSupportedYet
{
    /// <summary>The protocol whose server speaks first.</summary>
    public const string ServerFirst = "mysql";

    /// <summary>Schemes of an endpoint's <c>Url</c>.</summary>
    public static IReadOnlyList<EndpointScheme> Schemes { get; } = [EndpointScheme.Fd];

    /// <summary>Protocols of a match.</summary>
    public static IReadOnlyList<string> Protocols { get; } =
    [
        ServerFirst,
    ];
}
