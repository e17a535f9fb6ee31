using L4Proxy.Configuration.Reading;
using L4Proxy.Limits;

namespace L4Proxy.Configuration.Validation;

/// <summary>Says at load where more connections are asked for than there can be descriptors.</summary>
internal sealed class DescriptorCheck(DescriptorBudget budget) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        if (graph.Config.MaxConnections is not { } most || budget.WarningOf(most) is not { } warning)
            return;
        new Findings(errors, warnings).Warning(new ConfigPath(ConfigReader.SectionName)[nameof(L4Config.MaxConnections)], warning);
    }
}
