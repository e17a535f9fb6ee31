using CsCheck;

namespace L4Proxy.Providers.Tests.Importing;

/// <summary>Texts that are nearly configurations, and texts that are none.</summary>
internal static class RandomText
{
    /// <summary>Pieces of configurations and stray characters in any order, and configurations of which a piece is gone, doubled or another one.</summary>
    public static Gen<string> Of(IReadOnlyList<string> whole, IReadOnlyList<string> pieces) =>
        Gen.OneOf(Gen.Int[0, pieces.Count - 1].Select(index => pieces[index]).Array[0, 60].Select(string.Concat), Gen.String, Mutated(whole, pieces));

    private static Gen<string> Mutated(IReadOnlyList<string> whole, IReadOnlyList<string> pieces) =>
        Gen.Select(Gen.Int[0, whole.Count - 1], Gen.Select(Gen.Double[0, 1], Gen.Int[0, 30], Gen.Int[0, pieces.Count - 1].Select(index => pieces[index])).Array[1, 4])
            .Select((index, changes) => changes.Aggregate(whole[index], Changed));

    private static string Changed(string text, (double Where, int Length, string Piece) change)
    {
        var start = (int)(change.Where * text.Length);
        return text[..start] + change.Piece + text[Math.Min(text.Length, start + change.Length)..];
    }
}
