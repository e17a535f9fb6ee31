using L4Proxy.Names;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing;

/// <summary>Entries by the name that their pattern is of: the server name of a hello, or the host of a plaintext HTTP request. A connection has one of them at most.</summary>
internal sealed class ServerNameIndex
{
    private readonly NamePatternIndex _serverNames;
    private readonly NamePatternIndex _hosts;
    private readonly RouteEntry[] _unconditional;

    /// <summary>Indexes entries that are sorted by rank.</summary>
    public ServerNameIndex(RouteEntry[] entries)
    {
        _serverNames = new(Array.FindAll(entries, entry => entry.Specificity.Kind != ServerNameKind.Unconditional && !entry.IsOfHost));
        _hosts = new(Array.FindAll(entries, entry => entry.Specificity.Kind != ServerNameKind.Unconditional && entry.IsOfHost));
        _unconditional = Array.FindAll(entries, entry => entry.Specificity.Kind == ServerNameKind.Unconditional);
    }

    /// <summary>Tries every entry whose pattern matches, or may match.</summary>
    public void Search(in ConnectionFacts facts, ref RouteSearch search)
    {
        if (facts.Preface.ClientHello is { } hello)
        {
            if (hello.ServerName is { } name)
                _serverNames.Search(name, facts, ref search);
            else if (!hello.ServerNameInvalid)
                _serverNames.SearchNoName(facts, ref search);
        }
        else if (facts.Preface.MayBringClientHello)
        {
            _serverNames.SearchUndecided(facts, ref search);
        }

        if (!_hosts.IsEmpty)
            SearchHosts(facts, ref search);
        search.Try(_unconditional, facts);
    }

    /// <summary>Lists, each sorted by rank, of every entry that could cover this one, and perhaps of others.</summary>
    public void AddPossiblyCovering(RouteEntry entry, List<RouteEntry[]> lists)
    {
        lists.Add(_unconditional);
        (entry.IsOfHost ? _hosts : _serverNames).AddPossiblyCovering(entry, lists);
    }

    private void SearchHosts(in ConnectionFacts facts, ref RouteSearch search)
    {
        if (facts.Preface.HttpRequest is { } request)
        {
            if (request.Host is { } host)
                _hosts.Search(host, facts, ref search);
            else if (request.Fault is null)
                _hosts.SearchNoName(facts, ref search);
        }
        else if (facts.Preface.MayBring(PrefaceParsers.WithHttpRequest))
        {
            _hosts.SearchUndecided(facts, ref search);
        }
    }
}
