// swift-tools-version: 6.2

import PackageDescription

/// Every target: the Swift 6 language mode comes from the package, these from here.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // SwiftPM drops this in packages that depend on this one.
    .treatAllWarnings(as: .error),
]

/// How the tool is linked for users (`make build`): with Swift's libraries inside, which loads in a third of the time, and
/// with packed relocations, which take a hundredth of the memory, where the loader knows them. Tests link it with shared
/// libraries. Only linking differs, so both use the same objects.
let linking = Context.environment["REEL_LINK"] ?? ""
var toolLinking: [LinkerSetting] = []
if linking.hasPrefix("static") {
    toolLinking.append(.unsafeFlags(["-static-stdlib"]))
    toolLinking += ["_FoundationICU", "CoreFoundation", "_FoundationCShims", "_FoundationCollections"].map {
        .linkedLibrary($0)
    }
}
if linking.hasSuffix("packed") {
    toolLinking.append(
        .unsafeFlags(["-Xclang-linker", "-fuse-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]))
}

let package = Package(
    name: "reel",
    products: [
        .library(name: "Zlib", targets: ["Zlib"]),
        .library(name: "ExternalTerm", targets: ["ExternalTerm"]),
        .library(name: "GzipMembers", targets: ["GzipMembers"]),
        .library(name: "Reel", targets: ["Reel"]),
        .library(name: "ReelJSON", targets: ["ReelJSON"]),
        .library(name: "ReelStore", targets: ["ReelStore"]),
        .library(name: "ReelStoreSQLite", targets: ["ReelStoreSQLite"]),
        .library(name: "ReelStorePostgres", targets: ["ReelStorePostgres"]),
        .library(name: "ReelRetention", targets: ["ReelRetention"]),
        .library(name: "ReelRecorder", targets: ["ReelRecorder"]),
        .library(name: "ReelDashboard", targets: ["ReelDashboard"]),
        .executable(name: "reel", targets: ["reel-tool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The rooms, lowest first. A test reads the imports and fails on one that points up.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "Zlib", dependencies: ["CZlib"], swiftSettings: settings),
        .target(name: "ExternalTerm", dependencies: ["Zlib"], swiftSettings: settings),
        .target(name: "GzipMembers", dependencies: ["Zlib"], swiftSettings: settings),
        .target(
            name: "Reel",
            dependencies: [
                "ExternalTerm", "GzipMembers",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(name: "ReelJSON", dependencies: ["Reel", "ExternalTerm", "Zlib"], swiftSettings: settings),
        .target(
            name: "ReelStore",
            dependencies: [
                "ReelJSON", "Reel", "ExternalTerm", "Zlib",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ReelStoreSQLite",
            dependencies: [
                "ReelStore", "Reel", "ExternalTerm",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // libpq, loaded when a database is opened.
        .target(name: "CPostgres"),
        .target(
            name: "ReelStorePostgres", dependencies: ["ReelStore", "Reel", "ExternalTerm", "CPostgres"],
            swiftSettings: settings
        ),
        .target(
            name: "ReelRetention",
            dependencies: [
                "ReelStore", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ReelRecorder",
            dependencies: [
                "ReelStore", "Reel", "ExternalTerm", "GzipMembers", "Zlib",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // SHA-256 and HMAC of a system library: one of our own to build takes minutes.
        .systemLibrary(
            name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"]), .brew(["nettle"])]),
        .target(name: "Hashing", dependencies: ["CNettle"], swiftSettings: settings),
        // What the C library's allocator does beyond allocating.
        .systemLibrary(name: "CMalloc"),
        // The files that browsers get, as they are in ReelDashboard.
        .target(name: "CDashboardWeb"),
        .target(
            name: "ReelDashboard",
            dependencies: [
                "CDashboardWeb", "CMalloc", "Hashing", "ReelStore", "ReelJSON", "Reel", "ExternalTerm", "GzipMembers",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["Pages", "Web"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "reel-tool",
            dependencies: [
                "Reel", "ReelJSON", "ReelStore", "ReelStoreSQLite", "ReelStorePostgres", "ReelDashboard",
                "ReelRecorder", "ReelRetention", "ExternalTerm", "GzipMembers", "Hashing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings, linkerSettings: toolLinking
        ),
        // The example: a shop that records itself. It is no product, so nobody who uses the library builds it.
        .executableTarget(
            name: "shop",
            dependencies: [
                "ReelDashboard", "ReelRecorder", "ReelStore", "Reel", "ExternalTerm",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Examples/Shop", exclude: ["Templates"], swiftSettings: settings
        ),
        // Programs that run beside tests.
        .target(name: "TestPrograms", path: "Tests/TestPrograms", swiftSettings: settings),
        .testTarget(name: "HashingTests", dependencies: ["Hashing"], swiftSettings: settings),
        .testTarget(name: "ZlibTests", dependencies: ["Zlib"], swiftSettings: settings),
        .testTarget(
            name: "ExternalTermTests", dependencies: ["ExternalTerm", "TestPrograms"], swiftSettings: settings
        ),
        .testTarget(
            name: "GzipMembersTests", dependencies: ["GzipMembers", "Zlib", "TestPrograms"], swiftSettings: settings
        ),
        .testTarget(
            name: "ReelTests", dependencies: ["Reel", "ExternalTerm", "GzipMembers", "Zlib", "TestPrograms"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReelJSONTests", dependencies: ["ReelJSON", "Reel", "ExternalTerm", "TestPrograms", "reel-tool"],
            swiftSettings: settings
        ),
        // What every store has to do, for the tests of each.
        .target(
            name: "ReelStoreConformance", dependencies: ["ReelStore", "Reel", "ExternalTerm", "Zlib"],
            path: "Tests/ReelStoreConformance", swiftSettings: settings
        ),
        .testTarget(
            name: "ReelStoreTests",
            dependencies: [
                "ReelStore", "ReelStoreConformance", "Reel", "ExternalTerm", "TestPrograms", "Zlib", "reel-tool",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReelStoreSQLiteTests",
            dependencies: [
                "ReelStoreSQLite", "ReelStore", "ReelStoreConformance", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReelRetentionTests",
            dependencies: [
                "ReelRetention", "ReelStore", "ReelStoreConformance", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReelRecorderTests",
            dependencies: [
                "ReelRecorder", "ReelStore", "Reel", "ExternalTerm",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Records sessions into a store, for the tests that kill it.
        .executableTarget(
            name: "recorder-crash-writer",
            dependencies: [
                "ReelRecorder", "ReelStore", .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/RecorderCrashWriter", swiftSettings: settings
        ),
        .testTarget(
            name: "RecorderCrashTests",
            dependencies: [
                "recorder-crash-writer", "ReelRecorder", "ReelStore", "Reel", "ExternalTerm", "TestPrograms",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        // Measures the recorder, beside a real BEAM and with ten thousand sessions: `make recorder`.
        .executableTarget(
            name: "recorder-benchmark",
            dependencies: [
                "ReelRecorder", "ReelStore", "Reel", "ExternalTerm",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/RecorderBenchmark", exclude: ["beam"], swiftSettings: settings
        ),
        // Writes sessions into a store, for the tests that kill it.
        .executableTarget(
            name: "store-crash-writer",
            dependencies: [
                "ReelStore", "ReelStoreSQLite", "ReelStorePostgres", "ReelStoreConformance",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/StoreCrashWriter", swiftSettings: settings
        ),
        // Measures stores: Scripts/bench-stores.sh.
        .executableTarget(
            name: "store-benchmark",
            dependencies: [
                "ReelStore", "ReelStoreSQLite", "ReelStorePostgres", "ReelStoreConformance", "Reel", "ExternalTerm",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/StoreBenchmark", swiftSettings: settings
        ),
        // A PostgreSQL of the tests' own.
        .target(
            name: "PostgresTestServer", dependencies: ["TestPrograms"], path: "Tests/PostgresTestServer",
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreCrashTests",
            dependencies: [
                "store-crash-writer", "ReelStore", "ReelStoreSQLite", "ReelStorePostgres", "ReelStoreConformance",
                "PostgresTestServer", "TestPrograms", "Reel",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReelStorePostgresTests",
            dependencies: [
                "ReelStorePostgres", "ReelStore", "ReelStoreConformance", "PostgresTestServer", "Reel", "ExternalTerm",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReelDashboardTests",
            dependencies: [
                "ReelDashboard", "ReelStore", "ReelStoreConformance", "Reel", "ReelJSON", "ExternalTerm",
                "TestPrograms",
                "reel-tool", "shop",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ToolTests", dependencies: ["ExternalTerm", "ReelJSON", "TestPrograms", "reel-tool"],
            exclude: ["Terms"], swiftSettings: settings
        ),
        .testTarget(
            name: "AcceptanceTests",
            dependencies: ["Reel", "ExternalTerm", "GzipMembers", "TestPrograms", "reel-tool"],
            swiftSettings: settings
        ),
        .testTarget(name: "LayoutTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
