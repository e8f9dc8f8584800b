// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Millrace", path: "..")],
    targets: [
        // The C API as it is, without the wrapper that is measured against it.
        .target(name: "Floors", linkerSettings: [.linkedLibrary("sqlite3")]),
        // Reads command lines; the examples build it too, so it is a link to their folder.
        .target(name: "ToolOptions", path: "Sources/CommandOptions", swiftSettings: settings),
        .executableTarget(
            name: "millrace-bench",
            dependencies: [
                "Floors", "ToolOptions",
                .product(name: "QueueBackoff", package: "Millrace"),
                .product(name: "QueueDispatch", package: "Millrace"),
                .product(name: "QueueModel", package: "Millrace"),
                .product(name: "QueueStoreKit", package: "Millrace"),
                .product(name: "QueueStorage", package: "Millrace"),
            ],
            path: "Sources/Bench",
            swiftSettings: settings),
    ]
)
