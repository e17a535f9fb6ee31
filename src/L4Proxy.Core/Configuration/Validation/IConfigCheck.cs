using L4Proxy.Configuration.Validation;

namespace L4Proxy.Configuration;

/// <summary>A check of the configuration that only its surroundings can make, such as whether a Kestrel endpoint exists.</summary>
internal interface IConfigCheck
{
    /// <summary>Checks a configuration, which may have errors already.</summary>
    /// <param name="graph">The configuration.</param>
    /// <param name="errors">Takes what makes it unusable.</param>
    /// <param name="warnings">Takes what is odd.</param>
    void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings);
}
