using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace L4Proxy.Gateway;

/// <summary>What the command line asks for.</summary>
internal sealed record GatewayArguments
{
    public const string Usage =
        """
        usage: Gateway                         a demonstration with backends of its own; where variables L4Proxy__Endpoints__... or
                                               Gateway__... are set, what the environment says
               Gateway --config FILE           run FILE, a JSON file, and follow its changes
               Gateway --config FILE --check   say what is wrong with FILE, run nothing
               Gateway --config FILE --explain "tcp|udp PORT key=value ..."
                                               say which route of FILE a connection would take, and why no other; ends with
                                               0 where one takes it, 1 where none does, 2 where that cannot be said
               Gateway --import FILE           print what FILE, nginx's with a stream block, HAProxy's, or JSON or a Caddyfile of a
                                               Caddy with layer4, is as a FILE of this gateway, and on standard error what of it cannot be
                                               carried over; ends with 0 where that is nothing
               Gateway --help | --version

        --explain knows a connection by from=ADDRESS, to=ADDRESS, proxy.authority=, proxy.0xNN=, and what its client says
        first: sni=, alpn=, tls=, host=, path=, method=, mqtt.clientid=, mqtt.username=, mqtt.version=, postgres.user=,
        postgres.database=, ssh.software=, dns.name=, dns.type=, protocol=NAME; or bytes=HEX, bytes=@FILE, or pcap=FILE (pcap
        or pcapng; the first connection in it, and its addresses where none are given). An endpoint's id may stand in place
        of PORT.
          Gateway --config gateway.json --explain "tcp 443 sni=db.example.com from=10.1.2.3"

        SIGHUP reads FILE and the files of certificates again. SIGTERM and Ctrl+C let connections finish until
        ShutdownTimeout; a second one cuts what is left.
        """;

    private static readonly Option<string> s_config = new("--config") { HelpName = "FILE" };
    private static readonly Option<bool> s_check = new("--check") { Arity = ArgumentArity.Zero };
    private static readonly Option<string> s_explain = new("--explain") { HelpName = "CONNECTION" };
    private static readonly Option<string> s_import = new("--import") { HelpName = "FILE" };

    /// <summary>The file to run; null for the demonstration.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Only validate the file.</summary>
    public bool Check { get; init; }

    /// <summary>The connection to explain, as text; null to explain none.</summary>
    public string? Explain { get; init; }

    /// <summary>The file of another proxy to print as one of this; null to print none.</summary>
    public string? Import { get; init; }

    /// <summary>Answers at once, with help or the version; null where there is something to run.</summary>
    public Func<int>? Answer { get; init; }

    /// <summary>What <paramref name="arguments"/> ask for.</summary>
    /// <exception cref="GatewayException">An argument is unknown or misses its value.</exception>
    public static GatewayArguments Parse(string[] arguments)
    {
        // Nothing is expanded: a FILE may well be called @gateway.json.
        var parsed = Command().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
            throw new GatewayException(GatewayException.Unusable, [.. parsed.Errors.Select(error => error.Message).Distinct(), Usage]);
        return new GatewayArguments
        {
            ConfigFile = parsed.GetValue(s_config),
            Check = parsed.GetValue(s_check),
            Explain = parsed.GetValue(s_explain),
            Import = parsed.GetValue(s_import),
            Answer = parsed.Action is null ? null : () => parsed.Invoke(),
        };
    }

    private static RootCommand Command()
    {
        var command = new RootCommand { s_config, s_check, s_explain, s_import };
        command.Validators.Add(static result =>
        {
            if (result.GetResult(s_check) is not null && result.GetResult(s_config) is null)
                result.AddError("--check needs --config FILE");
            if (result.GetResult(s_explain) is not null && result.GetResult(s_config) is null)
                result.AddError("--explain needs --config FILE");
            if (result.GetResult(s_explain) is not null && result.GetResult(s_check) is not null)
                result.AddError("--explain and --check are two questions");
            if (result.GetResult(s_import) is not null && result.GetResult(s_config) is not null)
                result.AddError("--import and --config are two files: import the one, then run what was printed");
        });
        command.Options.OfType<HelpOption>().Single().Action = new UsageAction();
        return command;
    }

    private sealed class UsageAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine(Usage);
            return 0;
        }
    }
}
