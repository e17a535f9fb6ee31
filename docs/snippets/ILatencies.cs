using System.Net;

namespace Snippets;

/// <summary>What an application may know of its destinations.</summary>
internal interface ILatencies
{
    /// <summary>The destination that is nearest to a client.</summary>
    Task<string> NearestAsync(EndPoint? client, CancellationToken cancellationToken);
}
