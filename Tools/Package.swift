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
    name: "MillraceTools",
    platforms: [.macOS(.v15)],
    targets: [
        // Counts what the house rules limit; see `make house`.
        .target(name: "HouseCounts", path: "House/HouseCounts", swiftSettings: settings),
        .executableTarget(name: "house", dependencies: ["HouseCounts"], path: "House/Command", swiftSettings: settings),
        .testTarget(name: "HouseTests", dependencies: ["HouseCounts"], path: "House/Tests", swiftSettings: settings),
    ]
)
