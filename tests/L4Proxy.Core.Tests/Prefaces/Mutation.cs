namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>Damage to bytes that a parser knows.</summary>
internal static class Mutation
{
    /// <summary>A copy with a few random changes.</summary>
    public static byte[] Of(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            // Half of the changes hit the headers and lengths at the front.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(16, bytes.Count) : bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)(random.Next(2) * 255);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(Math.Min(9, bytes.Count - at + 1)));
                    break;
                case 4:
                    bytes.InsertRange(at, original.AsSpan(random.Next(original.Length)).ToArray().Take(random.Next(9)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
