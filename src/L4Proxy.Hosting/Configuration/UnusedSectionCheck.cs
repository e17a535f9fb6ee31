using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Configuration;

/// <summary>Warns of a section <c>L4Proxy</c> that nothing reads, because the app names other sources.</summary>
internal sealed class UnusedSectionCheck(IServiceProvider services) : IConfigCheck
{
    private const string Section = ConfigReader.SectionName;

    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var sources = services.GetServices<IL4ConfigProvider>().ToList();
        if (sources.Count == 0 || sources.Any(Reads) || services.GetService<IConfiguration>()?.GetSection(Section) is not { } section)
            return;
        // Not a host's own key without a value.
        if (section.AsEnumerable().Any(item => item.Value is not null))
        {
            warnings.Add(new(Section, $"This section of IConfiguration is not used: the configuration comes from {string.Join(", ", sources.Select(IKnownConfigProvider.NameOf))}. "
                + $"LoadFromConfig(configuration.GetSection(\"{Section}\")) adds it to them."));
        }
    }

    private static bool Reads(IL4ConfigProvider source) =>
        source is ConfigurationConfigProvider { Path: var path } && path.Equals(Section, StringComparison.OrdinalIgnoreCase);
}
