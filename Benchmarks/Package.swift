// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [.strictMemorySafety(), .enableUpcomingFeature("MemberImportVisibility")]

// A package of its own, so that who uses the library builds nothing of it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "reel", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // What is measured.
        .target(
            name: "Measured",
            dependencies: [
                .product(name: "Zlib", package: "reel"),
                .product(name: "GzipMembers", package: "reel"),
                .product(name: "ExternalTerm", package: "reel"),
                .product(name: "Reel", package: "reel"),
                .product(name: "ReelJSON", package: "reel"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Measures time.
        .executableTarget(
            name: "reel-benchmark",
            dependencies: [
                "Measured",
                .product(name: "Reel", package: "reel"),
                .product(name: "ReelJSON", package: "reel"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Does one thing and nothing else: its memory is measured, and its instructions are counted.
        .executableTarget(
            name: "reel-paths",
            dependencies: [
                "Measured",
                .product(name: "Reel", package: "reel"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
