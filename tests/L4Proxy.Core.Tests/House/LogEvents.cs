using System.Reflection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Core.Tests.House;

/// <summary>Every event has an id of its own, its method's name and a line in docs/observability.md.</summary>
public static class LogEvents
{
    public static void Verify(Type type)
    {
        var docs = Repository.Read("docs/observability.md");
        var events = type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>())).Where(e => e.Event is not null).ToList();
        Assert.NotEmpty(events);
        Assert.Equal(events.Count, events.Select(e => e.Event!.EventId).Distinct().Count());
        foreach (var (method, message) in events)
        {
            Assert.Equal(method.Name, message!.EventName);
            Assert.Contains($"| {message.EventId} | `{method.Name}` | {message.Level} |", docs, StringComparison.Ordinal);
        }
    }
}
