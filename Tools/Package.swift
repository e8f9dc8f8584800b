// swift-tools-version: 6.2
import PackageDescription

// The programs that try to break Millrace, with their tests. They build the libraries once, in release; see the
// Makefile.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// Dependencies on products of Millrace.
func millrace(_ names: String...) -> [Target.Dependency] {
    names.map { .product(name: $0, package: "Millrace") }
}

func library(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func program(_ name: String, _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "MillraceTools",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Millrace", path: "..")],
    targets: [
        .systemLibrary(
            name: "CToolSQLite", path: "CToolSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),

        // Reads command lines; the examples build it too, so it is a link to their folder.
        library("ToolOptions", "CommandOptions"),

        // Seeded histories of whole queues, by the million; see `make simulate`.
        program(
            "simulate", "Simulate",
            ["ToolOptions"] + millrace("QueueTesting", "QueueStorage", "QueueModel", "QueueStoreKit"),
            exclude: ["test.sh"]),

        // SQLite's calls on files, which fail one by one; see `make faults`.
        .target(name: "CFaultVFS", dependencies: ["CToolSQLite"], path: "Faults/CFaultVFS"),
        library("FaultVFS", "Faults/FaultVFS", ["CFaultVFS", "CToolSQLite"]),
        library(
            "FaultRuns", "Faults/FaultRuns",
            ["FaultVFS"] + millrace("Millrace", "QueueStorage", "QueueTesting", "QueueModel", "QueueStoreKit")),
        program(
            "faults", "Faults/Command",
            ["FaultRuns", "FaultVFS", "ToolOptions"] + millrace("QueueStorage", "QueueModel", "QueueStoreKit"),
            exclude: ["test.sh"]),
        tests(
            "FaultTests", "Faults/Tests",
            ["FaultRuns", "FaultVFS", "CToolSQLite"]
                + millrace("QueueModel", "QueueStoreKit", "QueueStorage", "QueueTesting")),

        // Kills processes that work on a file, and checks the file; see `make crash`, `make processes`, `make soak`.
        library("CrashAudit", "Crash/Audit", millrace("QueueModel", "QueueStoreKit")),
        program(
            "crash", "Crash/Program",
            ["CrashAudit", "FaultVFS", "ToolOptions"]
                + millrace(
                    "Millrace", "QueueBackoff", "QueueDispatch", "QueueModel", "QueueStoreKit", "QueueStorage",
                    "QueueTesting")),
        tests("CrashAuditTests", "Crash/Tests", ["CrashAudit"] + millrace("QueueModel", "QueueStoreKit")),

        // Hostile files, rows, strings and calls; see `make fuzz`.
        library(
            "Fuzzing", "Fuzz/Fuzzing",
            ["CToolSQLite"]
                + millrace(
                    "Millrace", "QueueTesting", "QueueStorage", "QueueDispatch", "QueueModel", "QueueStoreKit",
                    "QueueBackoff",
                    "QueueCompletion")),
        program("fuzz", "Fuzz/Command", ["Fuzzing", "ToolOptions"]),
        tests("FuzzTests", "Fuzz/Tests", ["Fuzzing"], exclude: ["Corpus"]),

        // A queue with a job that kills its process; its test starts it again and again.
        program("poison", "Poison", millrace("Millrace", "QueueStoreKit"), exclude: ["test.sh"]),

        // Counts what the house rules limit; see `make house`.
        library("HouseCounts", "House/HouseCounts"),
        program("house", "House/Command", ["HouseCounts"]),
        tests("HouseTests", "House/Tests", ["HouseCounts"]),
    ]
)
