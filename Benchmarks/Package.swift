// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that who uses the library builds nothing of it.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "reel", path: "..")],
    targets: [
        .executableTarget(
            name: "reel-benchmark",
            dependencies: [
                .product(name: "Zlib", package: "reel"),
                .product(name: "GzipMembers", package: "reel"),
                .product(name: "ExternalTerm", package: "reel"),
                .product(name: "Reel", package: "reel"),
                .product(name: "ReelJSON", package: "reel"),
            ],
            swiftSettings: [.strictMemorySafety(), .enableUpcomingFeature("MemberImportVisibility")]
        )
    ],
    swiftLanguageModes: [.v6]
)
