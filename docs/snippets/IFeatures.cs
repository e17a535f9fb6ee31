namespace Snippets;

/// <summary>What an application may know of what is switched on for whom.</summary>
internal interface IFeatures
{
    /// <summary>Whether a feature is on for a name.</summary>
    Task<bool> IsOnAsync(string feature, string? name, CancellationToken cancellationToken);
}
