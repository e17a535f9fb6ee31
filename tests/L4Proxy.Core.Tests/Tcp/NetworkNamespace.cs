using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Another host: a network namespace joined to this one by a cable that can be pulled.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNet = 0x40000000;

    private readonly string _name;
    private readonly string _link;

    private NetworkNamespace(int number)
    {
        _name = $"l4t{Environment.ProcessId}x{number}";
        _link = $"l4{Environment.ProcessId % 100000}x{number}";
        Here = IPAddress.Parse($"10.231.{number}.1");
        There = IPAddress.Parse($"10.231.{number}.2");
    }

    /// <summary>This side's address.</summary>
    public IPAddress Here { get; }

    /// <summary>The other side's address.</summary>
    public IPAddress There { get; }

    /// <summary>The command that runs another one there, and becomes it.</summary>
    public string[] Command => ["ip", "netns", "exec", _name];

    /// <summary>This side's end of the cable, as the scope of link-local addresses.</summary>
    public int LinkIndex => int.Parse(File.ReadAllText($"/sys/class/net/{_link}/ifindex"), CultureInfo.InvariantCulture);

    /// <summary>Makes one, or skips the test where that is not allowed.</summary>
    public static NetworkNamespace Create(int number)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip"))
            Assert.Skip("network namespaces need root and iproute2");
        var made = new NetworkNamespace(number);
        if (Run($"netns add {made._name}") is not 0)
            Assert.Skip("this machine does not allow network namespaces");
        Run($"link add {made._link} type veth peer name eth0 netns {made._name}");
        Run($"addr add {made.Here}/24 dev {made._link}");
        Run($"link set {made._link} up");
        Run($"-n {made._name} addr add {made.There}/24 dev eth0");
        Run($"-n {made._name} link set eth0 up");
        Run($"-n {made._name} link set lo up");
        return made;
    }

    /// <summary>Runs something on the other host: sockets made in it stay there.</summary>
    public T Enter<T>(Func<T> make)
    {
        var result = default(T);
        // A thread of its own: the namespace is the thread's.
        var thread = new Thread(() =>
        {
            using var handle = File.OpenHandle($"/var/run/netns/{_name}");
            if (SetNs(handle, NewNet) != 0)
                throw new Win32Exception();
            result = make();
        });
        thread.Start();
        thread.Join();
        return result!;
    }

    /// <summary>Gives the other side one more address on the cable.</summary>
    /// <param name="address">With its prefix length: <c>10.231.7.3/24</c>.</param>
    public void AddAddressThere(string address) => Assert.Equal(0, Run($"-n {_name} addr add {address} dev eth0{NoWait(address)}"));

    /// <summary>Gives this side one more address on the cable.</summary>
    public void AddAddressHere(string address) => Assert.Equal(0, Run($"addr add {address} dev {_link}{NoWait(address)}"));

    /// <summary>The longest packet that the cable carries.</summary>
    public void SetMtu(int bytes)
    {
        Assert.Equal(0, Run($"link set {_link} mtu {bytes}"));
        Assert.Equal(0, Run($"-n {_name} link set eth0 mtu {bytes}"));
    }

    /// <summary>From now on packets are lost without a word.</summary>
    public void Unplug() => Run($"link set {_link} down");

    /// <summary>From now on what is sent there arrives nowhere, and nothing says so; <see cref="Find"/> ends it.</summary>
    public void Lose()
    {
        // Who has the address is not asked: no answer to that would be an error after three seconds.
        var mac = Enter(() => NetworkInterface.GetAllNetworkInterfaces().Single(link => link.Name == "eth0").GetPhysicalAddress());
        Assert.Equal(0, Run($"neigh replace {There} lladdr {string.Join(':', mac.GetAddressBytes().Select(part => part.ToString("x2", CultureInfo.InvariantCulture)))} nud permanent dev {_link}"));
        Assert.Equal(0, Run($"-n {_name} route add blackhole {Here}/32"));
    }

    /// <summary>Ends <see cref="Lose"/>.</summary>
    public void Find() => Assert.Equal(0, Run($"-n {_name} route del blackhole {Here}/32"));

    public void Dispose()
    {
        Run($"link del {_link}");
        Run($"netns del {_name}");
    }

    // IPv6 otherwise looks first whether another host has it (RFC 4862 section 5.4).
    private static string NoWait(string address) => address.Contains(':', StringComparison.Ordinal) ? " nodad" : "";

    private static int Run(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeFileHandle fd, int type);
}
