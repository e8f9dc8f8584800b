import QueueModel
import QueueStoreKit

/// What a kernel tells of its network interfaces: those through which bytes leave the machine, each byte once.
struct NetworkCounters: Hashable, Sendable {
    /// An interface, and what it has moved.
    struct Interface: Hashable, Sendable {
        var name: String
        var received: Int64
        var sent: Int64
    }

    /// The interfaces that count.
    let interfaces: [Interface]

    /// Takes the interfaces of a machine, without its loopback.
    ///
    /// If none but layers are there, as in a container that was given a bridge, they count: what they lie on is out of
    /// sight.
    init(_ all: [Interface]) {
        let lowest = all.filter { !Self.isLayer($0.name) }
        interfaces = lowest.isEmpty ? all : lowest
    }

    /// Reads Linux's `/proc/net/dev`; `nil` if a line of it is none, or there is no line.
    ///
    /// After two lines of headings a line is `name: bytes packets errs drop fifo frame compressed multicast`, and the
    /// same eight for what was sent (proc_pid_net(5)). There may be no space after the colon.
    init?(dev text: String) {
        let lines = KernelText.lines(text)
        if lines.isEmpty { return nil }
        var all: [Interface] = []
        for line in lines where !line.utf8.contains(UInt8(ascii: "|")) {
            guard let colon = line.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            let before = KernelText.words(line[..<colon])
            let after = KernelText.words(line[line.utf8.index(after: colon)...])
            guard before.count == 1, after.count >= 9, let received = KernelText.counter(after[0]),
                let sent = KernelText.counter(after[8])
            else { return nil }
            if before[0] != "lo" { all.append(Interface(name: String(before[0]), received: received, sent: sent)) }
        }
        self.init(all)
    }

    /// All that the interfaces have moved.
    var total: IOAmount {
        interfaces.reduce(into: .zero) { total, interface in
            total.networkReceived = total.networkReceived.addingUpTo(interface.received)
            total.networkSent = total.networkSent.addingUpTo(interface.sent)
        }
    }

    /// Whether what passes an interface passes another one too, or leaves the machine never: bridges, tunnels, the
    /// machine's ends of its containers' links, bundles, VLANs (`eth0.7`).
    private static func isLayer(_ name: String) -> Bool {
        let beginnings = [
            "bond", "br", "cali", "cni", "docker", "dummy", "flannel", "gif", "gre", "ifb", "ipsec", "lxc", "ppp",
            "sit",
            "stf", "tap", "team", "tun", "utun", "veth", "virbr", "vmnet", "vnet", "vxlan", "wg",
        ]
        return name.utf8.contains(UInt8(ascii: ".")) || beginnings.contains { name.utf8.starts(with: $0.utf8) }
    }
}
