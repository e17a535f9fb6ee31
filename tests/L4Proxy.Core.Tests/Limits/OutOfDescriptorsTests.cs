using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Limits;
using L4Proxy.Listening;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Limits;

/// <summary>What is said where this process has used up its descriptors: .NET's text speaks of the system.</summary>
public class OutOfDescriptorsTests
{
    // As .NET makes them of EMFILE.
    private static readonly IOException s_file = new("Too many open files in system", 24);
    private static readonly SocketException s_socket = new((int)SocketError.TooManyOpenSockets);

    [Fact]
    public void A_file_that_cannot_be_opened_then_says_which_limit_it_was_and_does_not_count_as_changed()
    {
        var text = FileText.Failed(s_file);

        Assert.True(text.IsOutOfDescriptors);
        Assert.Equal(DescriptorLimit.Exhausted, text.Error);
    }

    [Fact]
    public void Any_other_fault_of_a_file_is_said_as_it_is()
    {
        var text = FileText.Failed(new IOException("Input/output error", 5));

        Assert.False(text.IsOutOfDescriptors);
        Assert.Equal("Input/output error", text.Error);
    }

    [Fact]
    public async Task An_address_that_cannot_be_bound_then_says_which_limit_it_was()
    {
        await using var proxy = TestProxy.To(new IPEndPoint(IPAddress.Loopback, 1));
        var listeners = new OwnListeners(new FakeTimeProvider(), NullLogger<OwnListeners>.Instance);

        listeners.Apply(proxy.Get<ProxyServer>().Snapshot, (_, _) => throw s_socket);

        Assert.Equal(DescriptorLimit.Exhausted, Assert.Single(listeners.Addresses).Error);
        listeners.CloseAll();
    }
}
