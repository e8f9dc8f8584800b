// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Millrace", path: "..")],
    targets: [
        // The C API as it is, without the wrapper that is measured against it.
        .target(name: "Floors", linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "millrace-bench",
            dependencies: [
                "Floors",
                .product(name: "QueueBackoff", package: "Millrace"),
                .product(name: "QueueDispatch", package: "Millrace"),
                .product(name: "QueueModel", package: "Millrace"),
                .product(name: "QueueStoreKit", package: "Millrace"),
                .product(name: "QueueStorage", package: "Millrace"),
            ],
            path: "Sources/Bench",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .enableUpcomingFeature("InferIsolatedConformances"),
            ]),
    ]
)
