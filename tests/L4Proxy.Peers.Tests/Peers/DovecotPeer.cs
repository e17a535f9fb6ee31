using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>Dovecot with IMAP and POP3, which lets everybody in with the password <c>secret</c>, in TLS. It runs as root only.</summary>
internal sealed class DovecotPeer : Peer
{
    private DovecotPeer(TempDirectory directory, RunningProgram program, int imapPort, int pop3Port)
        : base(directory, program) => (ImapPort, Pop3Port) = (imapPort, pop3Port);

    public int ImapPort { get; }

    public int Pop3Port { get; }

    public static async Task<DovecotPeer> StartAsync(ServerCertificate certificate, CancellationToken cancellation)
    {
        Installed.Require("dovecot");
        Installed.RequireRoot("dovecot has users of its own");
        var directory = new TempDirectory();
        var mail = System.IO.Directory.CreateDirectory(directory.File("mail"));
        (await RunningProgram.RunAsync("chmod", ["777", directory.Path, mail.FullName], cancellation)).Succeeded();
        var (imap, pop3) = (FreePorts.Next(), FreePorts.Next());
        var config = directory.Write("dovecot.conf", $$"""
            base_dir = {{directory.File("run")}}
            state_dir = {{directory.File("run")}}
            log_path = /dev/stderr
            protocols = imap pop3
            listen = 127.0.0.1
            ssl = required
            ssl_cert = <{{certificate.CertificatePath}}
            ssl_key = <{{certificate.KeyPath}}
            mail_location = mbox:{{mail.FullName}}/%u
            first_valid_uid = 1
            passdb {
              driver = static
              args = password=secret
            }
            userdb {
              driver = static
              args = uid=mail gid=mail home={{mail.FullName}}
            }
            service imap-login {
              inet_listener imap {
                port = {{imap}}
              }
              inet_listener imaps {
                port = 0
              }
            }
            service pop3-login {
              inet_listener pop3 {
                port = {{pop3}}
              }
              inet_listener pop3s {
                port = 0
              }
            }

            """);
        var program = await StartAsync("dovecot", ["-F", "-c", config], imap, cancellation);
        return new(directory, program, imap, pop3);
    }
}
