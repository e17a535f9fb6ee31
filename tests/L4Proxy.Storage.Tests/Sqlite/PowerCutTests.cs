using System.Globalization;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Store;

namespace L4Proxy.Storage.Tests.Sqlite;

/// <summary>A process that is killed while it writes: what it was told to be written is, and nothing is half written.</summary>
public sealed class PowerCutTests
{
    private const int Seed = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_and_no_set_is_half_there()
    {
        await using var database = new SqliteDatabase();
        var random = new Random(Seed);
        var last = 0L;
        for (var round = 0; round < (Soak.IsOn ? 200 : 20); round++)
        {
            var acknowledged = await WriteUntilKilledAsync(database.Path, writes: random.Next(1, 40));
            var store = await database.OpenAsync();
            var state = await store.ReadAsync(StoreState.Empty, Cancellation);

            Assert.True(state.Revision >= acknowledged, $"round {round}: {acknowledged} was acknowledged, and {state.Revision} is there");
            Assert.True(acknowledged > last);
            Assert.Equal(EndlessWriter.Items, state[StoreKind.Route].Count);
            Assert.All(state[StoreKind.Route].Values, item => Assert.Equal(($$"""{"n":{{state.Revision}}}""", state.Revision), (item.Body, item.Revision)));
            Assert.Equal(state.Revision, (await store.ReadAuditAsync(1, Cancellation))[0].Revision);
            Assert.Equal("ok", await database.AskAsync("PRAGMA integrity_check"));
            last = state.Revision;
        }
    }

    private static async Task<long> WriteUntilKilledAsync(string path, int writes)
    {
        await using var writer = RunningProgram.Start("dotnet", ["exec", typeof(PowerCutTests).Assembly.Location, EndlessWriter.Argument, path]);
        await writer.Output.WaitForAsync("acknowledged", TimeSpan.FromSeconds(30), Cancellation, writes);
        Signal.Kill(writer.Id);
        await writer.WaitForExitAsync(TimeSpan.FromSeconds(30), Cancellation);
        // The last line may be half a line.
        return writer.Output.Text.Split('\n').Where(line => line.EndsWith('.')).Select(line => long.Parse(line["acknowledged ".Length..^1], CultureInfo.InvariantCulture)).Last();
    }
}
