using L4Proxy.Store;

namespace L4Proxy.Api.Objects;

/// <summary>A rule of what a change of the store may claim, and what goes along with it.</summary>
internal interface IClaimRule
{
    /// <summary>Checks a change.</summary>
    /// <param name="before">The state before.</param>
    /// <param name="after">The state that there would be.</param>
    /// <param name="changes">The change.</param>
    /// <param name="owner">Who makes it.</param>
    /// <returns>What is to be changed along with it.</returns>
    /// <exception cref="ApiProblem">Somebody else has what it claims.</exception>
    IReadOnlyList<StoreChange> Check(StoreState before, StoreState after, IReadOnlyList<StoreChange> changes, string owner);
}
