using L4Proxy.Limits;

namespace L4Proxy.Core.Tests.Limits;

/// <summary>Budgets for parts that are tested by themselves.</summary>
internal static class Budgets
{
    /// <summary>One without end.</summary>
    public static DescriptorBudget Endless() => new(limit: null, () => null, TimeProvider.System);

    /// <summary>One that is not of this process: so many may be drawn.</summary>
    public static DescriptorBudget Of(int allowed)
    {
        var limit = allowed;
        while (limit - DescriptorBudget.ReserveOf(limit) < allowed)
            limit++;
        return new(limit, () => 0, TimeProvider.System);
    }
}
