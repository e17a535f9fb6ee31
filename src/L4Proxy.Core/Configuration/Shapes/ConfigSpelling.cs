namespace L4Proxy.Configuration.Shapes;

/// <summary>How a configuration is written. It is read in any case.</summary>
internal enum ConfigSpelling
{
    /// <summary>As the records and files spell it.</summary>
    Records,

    /// <summary>In camelCase.</summary>
    CamelCase,

    /// <summary>In camelCase, for others to see: without what is secret.</summary>
    Shown,
}
