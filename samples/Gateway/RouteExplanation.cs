namespace L4Proxy.Gateway;

/// <summary>Says which route of a file a connection would take, and runs nothing.</summary>
internal static class RouteExplanation
{
    // Far more than the first packets of a connection are.
    private const long MostBytes = 64 << 20;

    private const int SomeRoute = 0;
    private const int NoRoute = 1;

    /// <summary>Prints it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="text">The connection.</param>
    /// <returns>What the process answers with.</returns>
    /// <exception cref="GatewayException">The file or the text is wrong, or a file that the text names.</exception>
    public static async Task<int> RunAsync(GatewayFile file, string text)
    {
        if (!L4ImaginedConnection.TryParse(text, Read, out var connection, out var error))
            throw new GatewayException(GatewayException.Unusable, [$"--explain: {error}"]);
        using var config = new GatewayConfig(file);
        await using var app = FileGateway.Build(file, config, logs: false);
        await ThrowIfWrongAsync(app);
        var explanation = app.Services.GetRequiredService<IL4RouteExplainer>().Explain(connection);
        Console.WriteLine(explanation);
        return explanation is { RouteId: not null, Outcome: not L4ExplainedOutcome.FirewallDenied } ? SomeRoute : NoRoute;
    }

    private static async Task ThrowIfWrongAsync(WebApplication app)
    {
        try
        {
            await FileCheck.ThrowIfWrongAsync(app);
        }
        catch (GatewayException e)
        {
            // What no route takes ends with Invalid.
            throw new GatewayException(GatewayException.Unusable, e.Errors);
        }
    }

    private static ReadOnlyMemory<byte> Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (!stream.CanSeek)
            throw new IOException($"'{path}' is not a file with a beginning and an end.");
        if (stream.Length > MostBytes)
            throw new IOException($"'{path}' is longer than {MostBytes} bytes.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
