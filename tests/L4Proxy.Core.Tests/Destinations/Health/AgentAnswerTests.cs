using System.Text;
using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class AgentAnswerTests
{
    [Theory]
    [InlineData("up\n", true, null, null, null, null)]
    [InlineData("UP ready 75%\r\n", true, false, false, 75, null)]
    [InlineData("down\n", false, null, null, null, null)]
    [InlineData("failed#out of memory\n", false, null, null, null, null)]
    [InlineData("fail #x", false, null, null, null, null)]
    [InlineData("stopped", false, null, null, null, null)]
    [InlineData("drain\n", null, true, false, null, null)]
    [InlineData("maint\n", null, false, true, null, null)]
    [InlineData("drain,maint\tready", null, false, false, null, null)]
    [InlineData("maxconn:30 0%", null, null, null, 0, 30)]
    [InlineData("300%\n", null, null, null, 256, null)]
    [InlineData("10% 20%", null, null, null, 20, null)]
    [InlineData("up down", false, null, null, null, null)]
    [InlineData("\nup", null, null, null, null, null)]
    [InlineData("#up", null, null, null, null, null)]
    [InlineData("upper 5 % 5%% -5% 99999999999% maxconn: maxconn:0 maxconn:x maxconn:99999999999 drained", null, null, null, null, null)]
    public void Reads(string text, bool? isUp, bool? isDraining, bool? isInMaintenance, int? percent, int? maxConnections)
    {
        var answer = AgentAnswer.Read(Encoding.ASCII.GetBytes(text));
        Assert.Equal(
            (isUp, isDraining, isInMaintenance, percent, maxConnections),
            (answer.IsUp, answer.IsDraining, answer.IsInMaintenance, answer.WeightPercent, answer.MaxConnections));
    }

    [Theory]
    [InlineData("down#disk full, 99%\n", "its agent says 'down': disk full, 99%")]
    [InlineData("FAILED", "its agent says 'failed'")]
    [InlineData("maint # since\x07 noon", "its agent says 'maint': since� noon")]
    [InlineData("up", "")]
    [InlineData("75%#busy", "")]
    public void Says_why(string text, string reason) => Assert.Equal(reason, AgentAnswer.Read(Encoding.ASCII.GetBytes(text)).Reason);

    [Fact]
    public void Of_every_prefix_and_of_any_bytes_it_reads_something()
    {
        var whole = "ready 75%\tdown#disk full, maxconn:30\r\nup drain maint failed stopped maxconn:12 256%"u8;
        for (var from = 0; from < whole.Length; from++)
        {
            for (var to = from; to <= whole.Length; to++)
                AgentAnswer.Read(whole[from..to]);
        }
        var random = new Random(14);
        var bytes = new byte[64];
        for (var i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            var answer = AgentAnswer.Read(bytes.AsSpan(0, random.Next(bytes.Length)));
            Assert.InRange(answer.Reason.Length, 0, 200);
        }
    }
}
