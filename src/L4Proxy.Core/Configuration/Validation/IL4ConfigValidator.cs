namespace L4Proxy.Configuration;

/// <summary>Says what is wrong with the configuration, and puts nothing in force. Found in DI.</summary>
public interface IL4ConfigValidator
{
    /// <summary>Checks the configuration as its providers give it now, all of them together, as a start or a reload would.</summary>
    /// <returns>Everything wrong and everything odd.</returns>
    L4ConfigReport Validate();
}
