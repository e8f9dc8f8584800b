import QueueModel
import Testing

@testable import QueueDispatch

@Suite("Control groups") struct ControlGroupTests {
    @Test(
        "D9 the process's group of version 2 is found",
        arguments: [
            (KernelFixtures.cgroup, "/user.slice/job one"), ("0::/\n", "/"), ("", nil), ("1:cpu:/a", nil), ("0::", nil),
            ("0::a", nil),
            // It is outside of the namespace, and can't be seen.
            ("0::/../other", nil), ("0::/a..b", "/a..b"),
        ] as [(String, String?)])
    func path(text: String, path: String?) {
        #expect(ControlGroup.path(cgroup: text) == path)
    }

    @Test("D9 a path longer than any is none")
    func longPath() {
        #expect(ControlGroup.path(cgroup: "0::" + String(repeating: "/a", count: 5000)) == nil)
    }

    @Test(
        "D9 the directories are found where the tree is mounted, the own one first",
        arguments: [
            ("/a/b", KernelFixtures.mountinfo, ["unified/a/b", "unified/a", "unified"].map { "/sys/fs/cgroup/\($0)" }),
            ("/", KernelFixtures.mountinfo, ["/sys/fs/cgroup/unified"]),
            // A part of the tree is mounted; another part is.
            ("/d/1/x", "1 2 0:3 /d/1 /cg rw - cgroup2 c rw", ["/cg/x", "/cg"]),
            ("/d/1", "1 2 0:3 /d/1 /cg rw - cgroup2 c rw", ["/cg"]),
            ("/d/11", "1 2 0:3 /d/1 /cg rw - cgroup2 c rw", nil),
            ("/e", "1 2 0:3 /d /cg rw - cgroup2 c rw\n1 2 0:3 / /all rw - cgroup2 c rw", ["/all/e", "/all"]),
            ("/e", #"1 2 0:3 / /my\040groups\134 rw - cgroup2 c rw"#, [#"/my groups\/e"#, #"/my groups\"#]),
            ("/e", #"1 2 0:3 / /odd\9\04 rw - cgroup2 c rw"#, [#"/odd\9\04/e"#, #"/odd\9\04"#]),
            ("/e", "1 2 0:3 / / rw - cgroup2 c rw", ["/e", ""]), ("/e", "", nil), ("/e", "1 2 0:3 / /cg rw", nil),
            ("/e", "1 2 0:3 / /cg rw - cgroup c rw", nil), ("/e", "1 2 0:3 / /cg rw -", nil),
        ] as [(String, String, [String]?)])
    func levels(path: String, mountinfo: String, levels: [String]?) {
        #expect(ControlGroup.levels(of: path, mountinfo: mountinfo) == levels)
    }

    @Test(
        "D9 a grant of processor time is its quota in its period",
        arguments: [
            ("200000 100000\n", 2.0), ("50000 100000", 0.5), ("max 100000", nil), ("", nil), ("1", nil),
            ("0 100000", nil),
            ("1 0", nil), ("-1 5", nil), ("1 2 3", nil), ("99999999999999999999 1", nil),
        ] as [(String, Double?)])
    func processors(text: String, processors: Double?) {
        #expect(ProcessorUsage.processors(cpuMax: text) == processors)
    }

    @Test(
        "D9 a group's memory in use is without the file caches that it does not use",
        arguments: [
            ("1000", "max", "400", "anon 5\ninactive_file 150\n", 0.25),
            ("1000", "500", "400", "inactive_file 150", 0.5),
            ("max", "1000", "400", nil, 0.4), ("max", "max", "400", nil, nil), (nil, nil, "400", nil, nil),
            ("1000", nil, nil, nil, nil), ("1000", nil, "400", "inactive_file 900", 0), ("0", nil, "0", nil, 1),
            ("1000\n1000", nil, "400", nil, nil), ("18446744073709551615", nil, "0", nil, 0),
        ] as [(String?, String?, String?, String?, Double?)])
    func memory(max: String?, high: String?, current: String?, stat: String?, share: Double?) throws {
        let kernel = FakeKernel.grouped()
        kernel["/cg/a/b/memory.max"] = max
        kernel["/cg/a/b/memory.high"] = high
        kernel["/cg/a/b/memory.current"] = current
        kernel["/cg/a/b/memory.stat"] = stat
        let group = try #require(kernel.machine.group)
        #expect(group.memoryShare(of: "/cg/a/b") == share)
    }
}
