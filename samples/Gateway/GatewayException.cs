namespace L4Proxy.Gateway;

/// <summary>Why the gateway does not run: every error, and what the process answers with.</summary>
internal sealed class GatewayException(int exitCode, IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>Exit code: the file can be read, but what it asks for is wrong or cannot be had.</summary>
    public const int Invalid = 1;

    /// <summary>Exit code: the command line or the file cannot be understood.</summary>
    public const int Unusable = 2;

    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<string> Errors { get; } = errors;

    /// <summary>Writes every error to standard error; not for ever, where nobody reads it.</summary>
    public Task WriteAsync() => Task.WhenAny(Task.Run(() => Console.Error.WriteLine(Message)), Task.Delay(TimeSpan.FromSeconds(2)));
}
