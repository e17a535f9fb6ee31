using System.Text;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Whatever is read, nothing throws: it comes from editors, other programs and, with an API, from the network.</summary>
public class HostileConfigTests
{
    [Fact]
    public void Every_prefix_of_a_file_is_read_without_an_exception()
    {
        for (var length = 0; length < Sample.Example.Length; length++)
            ReadAndValidate(Sample.Example.AsMemory(0, length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_file_with_random_damage_is_read_without_an_exception(int seed)
    {
        var random = new Random(seed);
        string[] pieces = ["{", "}", "[", "]", "null", "true", "\"\"", "\"\\ud800\"", "-1", "1e999", ",", ":", "\"{a}\"", "\"*\"", "\"00:00:00\"", "\u00e9"];
        for (var round = 0; round < 1500; round++)
        {
            var text = Encoding.UTF8.GetString(Sample.Example);
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                var at = random.Next(text.Length);
                var until = Math.Min(text.Length, at + random.Next(12));
                text = string.Concat(text.AsSpan(0, at), pieces[random.Next(pieces.Length)], text.AsSpan(until));
            }

            ReadAndValidate(Encoding.UTF8.GetBytes(text));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Values_swapped_with_others_of_the_file_are_validated_without_an_exception(int seed)
    {
        var random = new Random(seed);
        var tokens = Encoding.UTF8.GetString(ConfigWriter.Write(ConfigReader.ParseFile(Sample.Example, "f").Config)).Split('"');
        for (var round = 0; round < 1500; round++)
        {
            var swapped = tokens.ToArray();
            for (var swap = random.Next(1, 6); swap > 0; swap--)
            {
                // Odd ones are between quotes: keys and texts.
                var (one, other) = ((random.Next(tokens.Length / 2) * 2) + 1, (random.Next(tokens.Length / 2) * 2) + 1);
                swapped[one] = tokens[other];
            }

            var result = ConfigReader.Parse(Encoding.UTF8.GetBytes(string.Join('"', swapped)));
            Assert.True(result.IsWhole);
            ConfigValidatorTests.Validate(result.Config);
        }
    }

    private static void ReadAndValidate(ReadOnlyMemory<byte> file)
    {
        var result = ConfigReader.ParseFile(file, "f");
        Assert.True(result.IsWhole || result.Errors.Count > 0);
        var (errors, _) = ConfigValidatorTests.Validate(result.Config);
        Assert.All(errors, error => Assert.DoesNotContain('\n', error.Message));
    }
}
