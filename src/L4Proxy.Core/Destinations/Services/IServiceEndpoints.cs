using System.Diagnostics.CodeAnalysis;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Destinations.Services;

/// <summary>The services that the application knows of: addresses of the kind <c>service:</c>.</summary>
internal interface IServiceEndpoints
{
    /// <summary>Whether it can be asked for a service, which may not exist.</summary>
    /// <param name="name">What stands behind <c>service:</c>.</param>
    /// <param name="error">Why not.</param>
    bool TryCheck(string name, [NotNullWhen(false)] out string? error);

    /// <summary>A <see cref="NameLookup{T}"/>.</summary>
    Task<LookupAnswer<ServiceTargets>> LookUpAsync(string name);
}
