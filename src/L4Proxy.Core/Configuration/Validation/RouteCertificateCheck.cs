using L4Proxy.Configuration.Reading;
using L4Proxy.Files;
using L4Proxy.Names;
using L4Proxy.Tls;

namespace L4Proxy.Configuration.Validation;

/// <summary>Whether the certificate of a route's own is for any of the names that the route takes; that it can be read is for <see cref="FilesCheck"/> to say.</summary>
internal sealed class RouteCertificateCheck(FileStore store) : IConfigCheck
{
    private const int NamesShown = 5;

    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var routes = new ConfigPath(ConfigReader.SectionName)["Routes"];
        var findings = new Findings(errors, warnings);
        foreach (var (id, route) in graph.Routes)
        {
            if (NamedFiles.Given(route.Certificate) is { } certificate && NamedFiles.ArePaths(certificate) && graph.EndsTls(route)
                && store.Get(certificate).Current is { } loaded && !IsForOne(loaded, route.Match))
            {
                findings.Warning(routes[id]["Certificate"], $"The certificate is for none of the names in 'Sni', and clients will refuse it: {Describe(loaded)}.");
            }
        }
    }

    private static bool IsForOne(LoadedCertificate certificate, L4Match? match)
    {
        // Of an expression nobody knows what it takes.
        if (match is not { Sni: { } patterns, SniRegex: null })
            return true;
        foreach (var text in patterns)
        {
            // Who asks for no name has none to look for.
            if (text is null || !ServerNamePattern.TryParse(text, out var pattern, out _) || pattern.Kind == ServerNameKind.NoName
                || certificate.Names.Any(name => CertificateNames.IsFor(name, pattern)))
                return true;
        }

        return false;
    }

    private static string Describe(LoadedCertificate certificate) => certificate.Names.Count == 0
        ? "it has no DNS name"
        : $"it is for {string.Join(", ", certificate.Names.Take(NamesShown))}{(certificate.Names.Count > NamesShown ? ", ..." : "")}";
}
