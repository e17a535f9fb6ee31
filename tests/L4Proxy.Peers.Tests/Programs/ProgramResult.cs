namespace L4Proxy.Peers.Tests.Programs;

/// <summary>What a program that has ended left behind.</summary>
internal sealed record ProgramResult(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <summary>Its standard output, where it ended well; else the test fails with everything it said.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return Output;
    }

    public override string ToString() => $"{CommandLine}\nended with {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}
