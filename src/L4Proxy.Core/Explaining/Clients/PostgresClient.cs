using System.Text;
using L4Proxy.Configuration.Reading;
using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>A StartupMessage of protocol 3.0, as of a client that asks for no TLS (PostgreSQL documentation, "Message Formats").</summary>
internal sealed class PostgresClient() : ImaginedClient("postgres", User, Database)
{
    private const string User = "postgres.user";
    private const string Database = "postgres.database";

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        byte[] parameters = [.. Parameter(words, User, "user"), .. Parameter(words, Database, "database"), 0];
        return [0, 0, .. Number16(8 + parameters.Length), 0, 3, 0, 0, .. parameters];
    }

    private static byte[] Parameter(ImaginedWords words, string key, string name) => words.Get(key) switch
    {
        null => [],
        var value when value.Contains('\0', StringComparison.Ordinal) => throw new FormatException($"'{key}' cannot be {Quote.Text(value)}."),
        var value => [.. Encoding.ASCII.GetBytes(name), 0, .. Encoding.UTF8.GetBytes(value), 0],
    };
}
