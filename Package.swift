// swift-tools-version: 6.2
import PackageDescription

// Every target is built with the same language settings, so that a line means the same in each of them.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "Millrace",
    // Synchronization's Mutex and Atomic set the floor.
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Millrace", targets: ["Millrace"]),
        .library(name: "QueueModel", targets: ["QueueModel"]),
        // For authors of stores and dispatchers alone.
        .library(name: "QueueStoreKit", targets: ["QueueStoreKit"]),
        .library(name: "QueueStorage", targets: ["QueueStorage"]),
        .library(name: "QueueBackoff", targets: ["QueueBackoff"]),
        .library(name: "QueueDispatch", targets: ["QueueDispatch"]),
        .library(name: "QueueCompletion", targets: ["QueueCompletion"]),
        .library(name: "QueueProcess", targets: ["QueueProcess"]),
        .library(name: "QueueTesting", targets: ["QueueTesting"]),
        .library(name: "QueueConformance", targets: ["QueueConformance"]),
    ],
    targets: [
        .systemLibrary(
            name: "CMillraceSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]
        ),
        library("QueueBackoff"),
        library("QueueCompletion"),
        library("QueueModel", ["QueueBackoff"]),
        library("QueueStoreKit", ["QueueModel"]),
        library("QueueStorage", ["QueueModel", "QueueStoreKit", "QueueBackoff", "CMillraceSQLite"]),
        library("QueueDispatch", ["QueueModel", "QueueStoreKit", "QueueBackoff", "QueueCompletion"]),
        // What Swift can't name of the system's functions for processes.
        .target(name: "CProcess"),
        library("QueueProcess", ["QueueDispatch", "CProcess"]),
        library("QueueTesting", ["QueueModel", "QueueStoreKit", "QueueBackoff", "QueueDispatch"]),
        library("QueueConformance", ["QueueModel", "QueueStoreKit", "QueueBackoff", "QueueTesting"]),
        library("Millrace", ["QueueModel", "QueueStoreKit", "QueueStorage", "QueueBackoff", "QueueDispatch"]),

        .executableTarget(
            name: "quickstart", dependencies: ["Millrace"], path: "Examples/Quickstart",
            swiftSettings: settings),
        // Reads command lines; Tools builds it too.
        .target(name: "CommandOptions", path: "Examples/CommandOptions", swiftSettings: settings),
        .target(name: "ExampleSupport", path: "Examples/Support", swiftSettings: settings),
        .executableTarget(
            name: "file-index", dependencies: ["Millrace", "QueueProcess", "CommandOptions", "ExampleSupport"],
            path: "Examples/FileIndex", exclude: ["test-kill.sh"], swiftSettings: settings),
        .executableTarget(
            name: "pipeline", dependencies: ["Millrace", "CommandOptions", "ExampleSupport"],
            path: "Examples/Pipeline", exclude: ["test.sh"], swiftSettings: settings),
        .executableTarget(
            name: "run-lines", dependencies: ["Millrace", "QueueProcess", "CommandOptions"],
            path: "Examples/CustomExecutor",
            exclude: ["test.sh"], swiftSettings: settings),

        .target(
            name: "JournalStore", dependencies: ["QueueModel", "QueueStoreKit", "QueueTesting"],
            path: "Examples/CustomStore/JournalStore",
            swiftSettings: settings),
        .executableTarget(
            name: "checksums", dependencies: ["Millrace", "JournalStore", "ExampleSupport"],
            path: "Examples/CustomStore/Checksums", swiftSettings: settings),

        tests("CommandOptionsTests", ["CommandOptions"]),
        tests("QueueBackoffTests", ["QueueBackoff"]),
        tests("QueueCompletionTests", ["QueueCompletion"]),
        tests("QueueModelTests", ["QueueModel", "QueueBackoff"]),
        tests("QueueStoreKitTests", ["QueueStoreKit", "QueueModel", "QueueBackoff"]),
        tests(
            "QueueStorageTests", ["QueueStorage", "QueueModel", "QueueStoreKit", "QueueBackoff", "CMillraceSQLite"],
            exclude: ["Fixtures"]),
        tests(
            "QueueDispatchTests",
            ["QueueDispatch", "QueueModel", "QueueStoreKit", "QueueBackoff", "QueueCompletion", "QueueTesting"]),
        tests("QueueProcessTests", ["QueueProcess", "QueueTesting", "Millrace"]),
        tests(
            "ConformanceTests",
            ["QueueConformance", "QueueTesting", "QueueStorage", "QueueModel", "QueueStoreKit", "QueueBackoff"]),
        tests(
            "SimulationTests",
            [
                "QueueTesting", "QueueStorage", "QueueDispatch", "QueueModel", "QueueStoreKit", "QueueBackoff",
                "Millrace",
            ]),
        tests("MillraceTests", ["Millrace", "QueueProcess", "QueueStorage", "QueueStoreKit", "CMillraceSQLite"]),
        .testTarget(
            name: "JournalStoreTests",
            dependencies: ["JournalStore", "QueueConformance", "QueueTesting", "QueueModel", "QueueStoreKit"],
            path: "Examples/CustomStore/Tests", swiftSettings: settings),
    ]
)
