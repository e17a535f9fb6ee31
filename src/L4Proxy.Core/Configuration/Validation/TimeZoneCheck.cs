using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Validation;

/// <summary>Checks that the system has the time zones of schedules.</summary>
internal sealed class TimeZoneCheck : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var findings = new Findings(errors, warnings);
        var routes = new ConfigPath(ConfigReader.SectionName)["Routes"];
        foreach (var (id, route) in graph.NewRoutes)
        {
            foreach (var (match, path) in NestedMatches.Of(route.Match, routes[id]["Match"]))
            {
                if (match.Schedule?.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
                    findings.Unknown(path["Schedule"]["TimeZone"], "time zone", zone, TimeZoneInfo.GetSystemTimeZones(skipSorting: true).Select(known => known.Id));
            }
        }
    }
}
