using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api;

/// <summary>One thing that the API can do. Its routes and its description are made of these.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below the prefix, with <c>{parameters}</c>.</param>
/// <param name="Id">What clients call it.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Handle">Does it.</param>
internal sealed record ApiOperation(string Method, string Path, string Id, string Summary, Func<ApiCall, Task> Handle)
{
    /// <summary>Behind the question mark: whether it is only to be checked (<see cref="ApiCall.IsTrial"/>).</summary>
    public static readonly (string Name, string Summary) DryRun = ("dryRun", "true: only say what would come of it.");

    /// <summary>Behind the question mark: who changes something.</summary>
    public static readonly (string Name, string Summary) Owner = ("owner", "Whose it is. Default: api.");

    /// <summary>What is sent: the name of a schema; null is nothing.</summary>
    public string? Body { get; init; }

    /// <summary>What is answered: the name of a schema; null is nothing.</summary>
    public string? Answer { get; init; }

    /// <summary>Whether what is sent and answered are lists of it.</summary>
    public bool IsList { get; init; }

    /// <summary>What may be said behind the question mark, and what it is.</summary>
    public IReadOnlyList<(string Name, string Summary)> Query { get; init; } = [];

    /// <summary>The status of success.</summary>
    public int Success { get; init; } = StatusCodes.Status200OK;

    /// <summary>Whether <c>If-Match</c> and <c>If-None-Match</c> are understood.</summary>
    public bool IsConditional { get; init; }

    /// <summary>Whether it stands at the root and not below the prefix and its version.</summary>
    public bool IsAtRoot { get; init; }
}
