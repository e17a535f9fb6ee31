namespace L4Proxy.Gateway;

/// <summary>What the command line asks for.</summary>
internal sealed record GatewayArguments
{
    public const string Usage =
        """
        usage: Gateway                         a demonstration with backends of its own
               Gateway --config FILE           run FILE, a JSON file, and follow its changes
               Gateway --config FILE --check   say what is wrong with FILE, run nothing
        """;

    /// <summary>The file to run; null for the demonstration.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Only validate the file.</summary>
    public bool Check { get; init; }

    /// <summary>Only say how it is used.</summary>
    public bool Help { get; init; }

    /// <summary>What <paramref name="arguments"/> ask for.</summary>
    /// <exception cref="GatewayException">An argument is unknown or misses its value.</exception>
    public static GatewayArguments Parse(ReadOnlySpan<string> arguments)
    {
        var parsed = new GatewayArguments();
        for (var i = 0; i < arguments.Length; i++)
        {
            parsed = arguments[i] switch
            {
                "--config" when i + 1 < arguments.Length => parsed with { ConfigFile = arguments[++i] },
                "--config" => throw Wrong("--config needs a FILE"),
                "--check" => parsed with { Check = true },
                "--help" or "-h" => parsed with { Help = true },
                "--explain" or "--import" => throw Wrong($"{arguments[i]} is not supported yet"),
                var unknown => throw Wrong($"unknown argument '{unknown}'"),
            };
        }

        return parsed is { Check: true, ConfigFile: null } ? throw Wrong("--check needs --config FILE") : parsed;
    }

    private static GatewayException Wrong(string error) => new(GatewayException.Unusable, [error, Usage]);
}
