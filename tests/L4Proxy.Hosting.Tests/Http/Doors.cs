namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Every place where TLS can end.</summary>
public sealed class Doors : TheoryData<Door>
{
    public Doors()
        : base(Enum.GetValues<Door>())
    {
    }
}
