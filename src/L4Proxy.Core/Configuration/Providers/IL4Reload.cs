namespace L4Proxy.Configuration;

/// <summary>Has everything read again now, as SIGHUP does with nginx and HAProxy. Found in DI.</summary>
public interface IL4Reload
{
    /// <summary>
    /// Looks at the files of the configuration and of certificates now, asks every <see cref="IL4ConfigProvider"/> again, and loads. The log
    /// says what came of it. Changes are followed without it; it is for whoever does not want to wait, or wants to be told.
    /// </summary>
    void Reload();
}
