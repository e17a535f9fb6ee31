using System.Net;

namespace Snippets;

/// <summary>What an application may know of its clients.</summary>
internal interface IBlocklist
{
    /// <summary>Whether a client is on it.</summary>
    Task<bool> ContainsAsync(EndPoint? client, CancellationToken cancellationToken);
}
