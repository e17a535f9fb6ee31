using CsCheck;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>Damage to bytes that a parser knows.</summary>
internal static class Mutation
{
    /// <summary>One of <paramref name="corpus"/> with a few random changes.</summary>
    public static Gen<byte[]> Of(byte[][] corpus) =>
        from original in Gen.OneOf(corpus)
        from changes in s_change.Array[1, 5]
        select changes.Aggregate(original, (bytes, change) => change.To(bytes, original));

    private static readonly Gen<Change> s_change =
        from kind in Gen.Int[0, 5]
        from atFront in Gen.Bool
        from at in Gen.UInt
        from value in Gen.Byte
        from from_ in Gen.UInt
        from length in Gen.Int[0, 8]
        select new Change(kind, atFront, at, value, from_, length);

    private sealed record Change(int Kind, bool AtFront, uint At, byte Value, uint From, int Length)
    {
        public byte[] To(byte[] bytes, byte[] original)
        {
            if (bytes.Length == 0)
                return bytes;
            // Half of the changes hit the headers and lengths at the front.
            var at = (int)(At % (AtFront ? Math.Min(16, bytes.Length) : bytes.Length));
            var from = (int)(From % original.Length);
            return Kind switch
            {
                0 => With(bytes, at, Value),
                1 => With(bytes, at, (byte)(bytes[at] ^ (1 << (Value & 7)))),
                2 => With(bytes, at, (byte)((Value & 1) * 255)),
                3 => [.. bytes[..at], .. bytes[Math.Min(at + Length, bytes.Length)..]],
                4 => [.. bytes[..at], .. original[from..Math.Min(from + Length, original.Length)], .. bytes[at..]],
                _ => bytes[..at],
            };
        }

        private static byte[] With(byte[] bytes, int at, byte value)
        {
            var changed = bytes.ToArray();
            changed[at] = value;
            return changed;
        }
    }
}
