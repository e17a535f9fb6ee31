using System.Text;
using CsCheck;
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

    [Fact]
    public void A_file_with_random_damage_is_read_without_an_exception()
    {
        var damage = Gen.Select(
            Gen.UInt, Gen.Int[0, 11],
            Gen.OneOf("{", "}", "[", "]", "null", "true", "\"\"", "\"\\ud800\"", "-1", "1e999", ",", ":", "\"{a}\"", "\"*\"", "\"00:00:00\"", "\u00e9"));

        damage.Array[1, 3].Select(all => all.Aggregate(Encoding.UTF8.GetString(Sample.Example), Damage)).Sample(
            text => ReadAndValidate(Encoding.UTF8.GetBytes(text)), iter: 4500);

        static string Damage(string text, (uint At, int Length, string Piece) damage)
        {
            var at = (int)(damage.At % text.Length);
            return string.Concat(text.AsSpan(0, at), damage.Piece, text.AsSpan(Math.Min(text.Length, at + damage.Length)));
        }
    }

    [Fact]
    public void Values_swapped_with_others_of_the_file_are_validated_without_an_exception()
    {
        var tokens = Encoding.UTF8.GetString(ConfigWriter.Write(ConfigReader.ParseFile(Sample.Example, "f").Config)).Split('"');
        // Odd ones are between quotes: keys and texts.
        var text = Gen.Int[0, (tokens.Length / 2) - 1].Select(i => (i * 2) + 1);

        Gen.Select(text, text).Array[1, 5].Select(swaps => string.Join('"', tokens.Select(
            (token, at) => Array.FindLastIndex(swaps, swap => swap.Item1 == at) is >= 0 and var last ? tokens[swaps[last].Item2] : token))).Sample(
            swapped =>
            {
                var result = ConfigReader.Parse(Encoding.UTF8.GetBytes(swapped));
                Assert.True(result.IsWhole);
                ConfigValidatorTests.Validate(result.Config);
            },
            iter: 3000);
    }

    private static void ReadAndValidate(ReadOnlyMemory<byte> file)
    {
        var result = ConfigReader.ParseFile(file, "f");
        Assert.True(result.IsWhole || result.Errors.Count > 0);
        var (errors, _) = ConfigValidatorTests.Validate(result.Config);
        Assert.All(errors, error => Assert.DoesNotContain('\n', error.Message));
    }
}
