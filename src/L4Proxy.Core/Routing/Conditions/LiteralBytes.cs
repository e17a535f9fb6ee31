namespace L4Proxy.Routing.Conditions;

/// <summary>Bytes as they are; the first one that differs rules them out.</summary>
internal sealed class LiteralBytes(byte[] bytes) : BytePattern
{
    public override int Length => bytes.Length;

    protected override ConditionResult Look(ReadOnlySpan<byte> window, bool isAll)
    {
        if (!bytes.AsSpan().StartsWith(window))
            return ConditionResult.False;
        if (window.Length == bytes.Length)
            return ConditionResult.True;
        return isAll ? ConditionResult.False : ConditionResult.Unknown;
    }
}
