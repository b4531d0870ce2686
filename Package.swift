// swift-tools-version: 6.2

import Foundation
import PackageDescription

// MARK: - Where DPDK is

/// What `pkg-config` says about libdpdk, or what Debian's packages install where `pkg-config` is missing.
///
/// SwiftPM cannot read `libdpdk.pc` itself, and needs no help from it beyond these two lists: only the C files of
/// CDPDK see DPDK's headers, so nothing here reaches a package that depends on this one.
enum DPDK {
    #if arch(arm64)
    private static let multiarch = "aarch64-linux-gnu"
    private static let fallbackArchitecture: [String] = []
    #else
    private static let multiarch = "x86_64-linux-gnu"
    private static let fallbackArchitecture = ["-march=corei7"]
    #endif

    /// The flags that DPDK's headers are compiled with.
    ///
    /// Without the `-include rte_config.h` among them: where that is missing, CDPDK says so in one sentence.
    static let compilerFlags: [String] =
        (pkgConfig("--cflags")
        ?? ["-I/usr/include/dpdk", "-I/usr/include/\(multiarch)/dpdk"] + fallbackArchitecture)
        .filter { $0 != "-include" && $0 != "rte_config.h" }

    /// The libraries of DPDK that CDPDK calls, and no others.
    ///
    /// A library registers its shared lists when it is loaded, and EAL refuses a secondary with a list that its primary
    /// lacks. With these alone, a program attaches to any primary; a primary loads the others before EAL starts, so
    /// that any program attaches to it. Drivers come from DPDK's plug-in folder, which gives every process the same
    /// order of mempool operations.
    static let libraries =
        ["rte_eal", "rte_ethdev", "rte_mbuf", "rte_mempool", "rte_ring"] + (hasLogLibrary ? ["rte_log"] : [])

    /// Whether the log is a library of its own, as it is since DPDK 24.03.
    private static let hasLogLibrary =
        pkgConfig("--libs")?.contains("-lrte_log")
        ?? FileManager.default.fileExists(atPath: "/usr/lib/\(multiarch)/librte_log.so")

    /// Where the libraries are, if that is no folder that the linker looks into by itself.
    static let libraryFolders: [String] = pkgConfig("--libs")?.filter { $0.hasPrefix("-L") } ?? []

    private static func pkgConfig(_ argument: String) -> [String]? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["pkg-config", argument, "libdpdk"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        return process.terminationStatus == 0 && !words.isEmpty ? words : nil
    }
}

// MARK: - Settings shared by every target

/// Whether warnings are errors: in `Scripts/test`, and for nobody who merely depends on this package.
let isStrict = Context.environment["DPDKMP_STRICT"] != nil

let cSettings: [CSetting] = [
    // The include folders of DPDK, and the instruction set that its inline functions are written for.
    .unsafeFlags(DPDK.compilerFlags + ["-O3", "-Wall", "-Wextra", "-Wno-unused-parameter"]),
    .treatAllWarnings(as: isStrict ? .error : .warning),
]

/// Functions and loops begin with a cache line, since their speed would otherwise change from build to build.
let alignment: [CSetting] = [.unsafeFlags(["-falign-functions=64", "-falign-loops=64"])]

/// The same for the benchmark's loops in Swift, whose compiler does not align loops: functions begin with a cache line,
/// code behind a jump with 32 bytes, and on x86 no jump crosses a multiple of 32 bytes.
let swiftAlignment: [SwiftSetting] = {
    var options = ["-align-all-functions=6", "-align-all-nofallthru-blocks=5"]
    #if arch(x86_64)
    options.append("-x86-branches-within-32B-boundaries")
    #endif
    return [.unsafeFlags(options.flatMap { ["-Xllvm", $0] })]
}()

/// No frame pointers in the benchmark's loops in C, as in programs of DPDK's: the Swift package manager asks for them
/// behind all other options, and small bursts would take up to 7 % longer.
let withoutFramePointers: [CSetting] = [.unsafeFlags(["-Xclang", "-mframe-pointer=none"])]

let swiftSettings: [SwiftSetting] = [
    // `any` is spelt out, so that a box on a data path is seen.
    .enableUpcomingFeature("ExistentialAny"),
    // A member is visible only where its module is imported, as it will be in the next language mode.
    .enableUpcomingFeature("MemberImportVisibility"),
    // An import is an implementation detail unless it says `public`.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Every expression that the compiler cannot prove memory-safe is marked `unsafe`.
    .strictMemorySafety(),
    .treatAllWarnings(as: isStrict ? .error : .warning),
]

let librarySettings: [SwiftSetting] =
    swiftSettings + [
        // Properties that return a span say what the span depends on. Importers need no flag for it.
        .enableExperimentalFeature("Lifetimes")
    ]

/// What the examples use beside the library.
let exampleProducts: [Target.Dependency] = [
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
    .product(name: "BasicContainers", package: "swift-collections"),
]

// MARK: - The package

let package = Package(
    name: "DPDKMultiProcess",
    products: [
        .library(name: "DPDKMultiProcess", targets: ["DPDKMultiProcess"])
    ],
    dependencies: [
        // Command lines of the examples and the benchmarks. The library itself depends on nothing but C.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        // Arrays of noncopyable ends and bursts in the examples, which the standard library does not have.
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    ],
    targets: [
        .target(
            name: "CDPDK",
            cSettings: cSettings + alignment,
            linkerSettings: [.unsafeFlags(DPDK.libraryFolders)] + DPDK.libraries.map { .linkedLibrary($0) }
                + [.linkedLibrary("numa")]
        ),
        .target(
            name: "DPDKMultiProcess",
            dependencies: ["CDPDK"],
            swiftSettings: librarySettings
        ),

        // The first examples, one file each, which README.md shows word for word.
        .executableTarget(
            name: "Ticks", dependencies: ["DPDKMultiProcess"], path: "Examples/Ticks", exclude: ["README.md"],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "Forward", dependencies: ["DPDKMultiProcess"], path: "Examples/Forward", exclude: ["README.md"],
            swiftSettings: swiftSettings
        ),

        // DPDK's client_server_mp on this library: what both programs share, and the two programs.
        .target(
            name: "ClientServer",
            dependencies: ["DPDKMultiProcess"] + exampleProducts,
            path: "Examples/ClientServer/Shared",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "mp_server",
            dependencies: ["ClientServer", "DPDKMultiProcess"] + exampleProducts,
            path: "Examples/ClientServer/Server",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "mp_client",
            dependencies: ["ClientServer", "DPDKMultiProcess"] + exampleProducts,
            path: "Examples/ClientServer/Client",
            swiftSettings: swiftSettings
        ),

        // What the ring costs, beside the same loops in C: `swift run -c release Benchmarks`.
        .target(
            name: "CBaseline",
            dependencies: ["CDPDK"],
            path: "Benchmarks/CBaseline",
            cSettings: cSettings + alignment + withoutFramePointers
        ),
        .executableTarget(
            name: "benchmark-attach",
            dependencies: ["DPDKMultiProcess"],
            path: "Benchmarks/Attach",
            exclude: ["attach.c"],
            swiftSettings: swiftSettings,
            // As --static-swift-stdlib does: each shared library takes time when DPDK loads its drivers.
            linkerSettings: [.unsafeFlags(["-static-stdlib"])]
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "DPDKMultiProcess", "CBaseline", "CDPDK",
                // Programs that it starts.
                "benchmark-attach", "mp_server", "mp_client",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Benchmarks",
            swiftSettings: swiftSettings + swiftAlignment
        ),

        // The other processes of the tests: one executable, with one subcommand for each part that it can play.
        .target(
            name: "CTestPeer",
            dependencies: ["CDPDK"],
            path: "Tests/CTestPeer",
            cSettings: cSettings
        ),
        .executableTarget(
            name: "TestPeer",
            dependencies: ["DPDKMultiProcess", "CDPDK", "CTestPeer"],
            path: "Tests/TestPeer",
            swiftSettings: swiftSettings
        ),
        // A child that is single-stepped through operations on packets, and judged after each instruction.
        .target(
            name: "SingleStepJudge",
            dependencies: ["CDPDK"],
            path: "Tests/SingleStep/Judge",
            cSettings: cSettings
        ),
        .executableTarget(
            name: "SingleStep",
            dependencies: ["CDPDK", "DPDKMultiProcess", "SingleStepJudge", "TestSupport"],
            path: "Tests/SingleStep/Program",
            swiftSettings: swiftSettings
        ),
        // What both bundles of tests use: names, processes, and how many of them there are at once.
        .target(
            name: "TestSupport",
            dependencies: ["DPDKMultiProcess"],
            path: "Tests/Support",
            swiftSettings: swiftSettings
        ),
        // The storm of kills (Scripts/kill-storm), and what it needs to see from outside the library.
        .target(
            name: "CStorm",
            dependencies: ["CDPDK"],
            path: "Tests/CStorm",
            cSettings: cSettings
        ),
        .executableTarget(
            name: "kill-storm",
            dependencies: ["CStorm", "CDPDK", "DPDKMultiProcess"] + exampleProducts,
            path: "Tests/KillStorm",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "DPDKMultiProcessTests",
            dependencies: ["DPDKMultiProcess", "CDPDK", "TestPeer", "TestSupport"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ExampleTests",
            dependencies: ["TestSupport", "Ticks", "Forward"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "BenchmarkTests",
            dependencies: ["TestSupport", "Benchmarks"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ClientServerTests",
            dependencies: [
                "ClientServer", "DPDKMultiProcess", "TestSupport", "mp_server", "mp_client",
            ] + exampleProducts,
            swiftSettings: swiftSettings
        ),
    ]
)
