using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>Real bytes are what they are, and nothing else.</summary>
public class PrefaceCorpusTests
{
    [Fact]
    public void A_stream_is_told_apart_from_all_others() => Assert.All(PrefaceCorpus.Streams, one =>
    {
        for (var length = 0; length <= one.Bytes.Length; length++)
            Assert.Contains(AllParsers.Inspect(one.Bytes.AsSpan(0, length)).Recognised.ToString(), new[] { "", one.Protocol });
        var whole = AllParsers.Inspect(one.Bytes);
        Assert.Equal(one.Protocol, whole.Recognised.ToString());
        // Nobody waits for more, who may never come: the client waits for an answer.
        Assert.Equal("", whole.Possible.ToString());
    });

    [Fact]
    public void More_bytes_take_nothing_back() => Assert.All(PrefaceCorpus.Streams, one =>
    {
        var before = default(PrefaceInfo);
        for (var length = 0; length <= one.Bytes.Length; length++)
        {
            var after = AllParsers.Inspect(one.Bytes.AsSpan(0, length));
            Assert.True(before.Recognised.IsWithin(after.Recognised) && before.RuledOut.IsWithin(after.RuledOut));
            before = after;
        }
    });

    [Fact]
    public void A_datagram_is_told_apart_from_all_others() => Assert.All(
        PrefaceCorpus.Datagrams, one => Assert.Equal(one.Protocol, AllParsers.InspectDatagram(one.Bytes).Recognised.ToString()));

    [Fact]
    public void A_protocol_of_streams_is_ruled_out_of_a_datagram()
    {
        var info = AllParsers.InspectDatagram(CapturedHello.Named("curl").Bytes());

        Assert.Equal(("", "", false, null), (info.Recognised.ToString(), info.Possible.ToString(), info.MayBringClientHello, info.ClientHello));
    }

    [Fact]
    public void Every_protocol_has_its_bytes() => Assert.All(PrefaceParsers.All, parser =>
    {
        Assert.Equal(parser.IsOfStreams, PrefaceCorpus.Named(parser.Name).Any());
        Assert.Equal(parser.IsOfDatagrams, PrefaceCorpus.Named(parser.Name, isDatagram: true).Any());
    });
}
