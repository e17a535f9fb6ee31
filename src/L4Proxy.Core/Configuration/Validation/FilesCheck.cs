using L4Proxy.Configuration.Reading;
using L4Proxy.Files;
using L4Proxy.Limits;
using L4Proxy.Tls;

namespace L4Proxy.Configuration.Validation;

/// <summary>Checks that the files that a configuration names can be used.</summary>
internal sealed class FilesCheck(FileStore store, TimeProvider time) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        var findings = new Findings(errors, warnings);
        var files = graph.Files;
        var said = new HashSet<FileSource>();
        foreach (var (path, certificate) in files.Certificates)
            Check(store.Get(certificate), path, nameof(certificate.Path), said, findings);
        foreach (var (path, file) in files.Authorities)
            Check(store.GetAuthorities(file), path, nameof(L4UpstreamTls.Ca), said, findings);
        foreach (var (path, key, file) in files.AddressLists)
            Check(AddressListFile.Of(store, key, file), path, key, said, findings);
    }

    /// <summary>An error at every place that names what cannot be used; a warning once, where the first does.</summary>
    private void Check(FileSource source, ConfigPath path, string key, HashSet<FileSource> said, Findings findings)
    {
        if (source.Loaded is not { } loaded)
        {
            findings.Error(path[source.Fault!.Key], source.Fault.Message);
            return;
        }

        if (!said.Add(source))
            return;
        if (source.Fault is { } fault)
            findings.Warning(path[fault.Key], $"{fault.Message} What was read before stays in force.");
        if (loaded.WarningAt(time.GetUtcNow()) is { } warning)
            findings.Warning(path[key], warning);
    }
}
