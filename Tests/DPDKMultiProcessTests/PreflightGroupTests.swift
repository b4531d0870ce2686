import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Checks of the group before a start", .fewAtOnce)
struct PreflightGroupTests {
    /// Makes the checks in another process, and returns its one line.
    private func preflight(_ role: String, in group: Group, under wrapper: [String] = []) async throws -> String {
        let peer = try Peer(
            "preflight", ["--role", role, "--file-prefix", group.filePrefix], under: wrapper,
            environment: group.environment)
        let (lines, _) = try await peer.finish()
        return try #require(lines.first, "\(peer.errorOutput)")
    }

    @Test func aSecondaryWithoutPrimaryIsToldOfOtherGroups() async throws {
        let group = try Group()
        #expect(try await preflight("secondary", in: group).contains("noPrimary"))
        let others = try Group(configuration: Group.head())
        let live = try await others.startedPrimary()
        let missing = URL(fileURLWithPath: others.directory).deletingLastPathComponent().appendingPathComponent("none")
        let peer = try Peer(
            "preflight", ["--role", "secondary", "--file-prefix", missing.lastPathComponent],
            environment: others.environment)
        let line = try await peer.line()
        #expect(line?.contains("noPrimary") ?? false)
        #expect(line?.contains("'\(others.filePrefix)'") ?? false)
        live.kill()
    }

    @Test func aSecondaryOfADeadPrimaryIsRefused() async throws {
        let group = try Group(configuration: Group.head())
        #expect(try await preflight("secondary", in: group).contains("primaryDead"))
    }

    @Test(arguments: [[], Array(repeating: 0, count: 4096), [0, 0, 0, 0, 1, 2, 3, 4]])
    func aSecondaryOfAPrimaryThatDiedWhileStartingIsRefused(head: [UInt8]) async throws {
        let group = try Group(configuration: head)
        #expect(try await preflight("secondary", in: group).contains("primaryDiedWhileStarting"))
    }

    @Test func aPrimaryThatDiesWhileASecondaryWaitsIsNoticed() async throws {
        let group = try Group()
        let starting = try await group.startedPrimary(magic: 0)
        let peer = try Peer(
            "preflight", ["--role", "secondary", "--file-prefix", group.filePrefix, "--patience", "9000"],
            environment: group.environment)
        try await Task.sleep(for: .milliseconds(150))
        #expect(peer.isRunning)
        starting.kill()
        #expect(try await peer.line()?.contains("primaryDiedWhileStarting") ?? false)
    }

    @Test func aSecondaryWaitsForAPrimaryThatIsStarting() async throws {
        let group = try Group()
        let starting = try await group.startedPrimary(magic: 0)
        let peer = try Peer(
            "preflight", ["--role", "secondary", "--file-prefix", group.filePrefix, "--patience", "9000"],
            environment: group.environment)
        try await Task.sleep(for: .milliseconds(150))
        try starting.send("head \(Group.magic) \(DPDKVersion.installed.number)")
        #expect(try await peer.line() == #"{"role": "secondary"}"#)
    }

    @Test func aSecondaryDoesNotWaitLongForAPrimaryThatStaysStarting() async throws {
        let group = try Group()
        let starting = try await group.startedPrimary(magic: 0)
        let start = ContinuousClock.now
        let line = try await preflight("secondary", in: group)
        #expect(start.duration(to: .now) < .seconds(3))
        #expect(line.contains("primaryStillStarting") && line.contains("TestPeer (pid \(starting.pid))"), "\(line)")
    }

    @Test func versionsThatDifferAreNamed() async throws {
        let group = try Group()
        let primary = try await group.startedPrimary(version: DPDKVersion(24, 11, 3))
        let line = try await preflight("secondary", in: group)
        #expect(line.contains("versionMismatch") && line.contains("24.11.3"), "\(line)")
        #expect(line.contains("this process DPDK \(DPDKVersion.installed)."), "\(line)")
        primary.kill()
    }

    @Test func aSecondPrimaryIsToldOfTheFirst() async throws {
        let group = try Group()
        let first = try await group.startedPrimary()
        let line = try await preflight("primary", in: group)
        #expect(line.contains("primaryAlreadyRunning") && line.contains("TestPeer (pid \(first.pid))"), "\(line)")
        first.kill()
        #expect(try await first.end() == .signal(SIGKILL))
        #expect(try await preflight("primary", in: group) == #"{"role": "primary"}"#)
    }

    @Test func aPrimaryInAnotherPIDNamespaceIsNoticed() async throws {
        let group = try Group()
        let first = try await group.startedPrimary()
        let line = try await preflight("primary", in: group, under: ["unshare", "--pid", "--fork", "--mount-proc"])
        #expect(line.contains("primaryAlreadyRunning") && line.contains("another pid namespace"), "\(line)")
        first.kill()
    }

    @Test func theAutomaticRoleFollowsTheLock() async throws {
        let group = try Group()
        #expect(try await preflight("automatic", in: group) == #"{"role": "primary"}"#)
        let first = try await group.startedPrimary()
        #expect(try await preflight("automatic", in: group) == #"{"role": "secondary"}"#)
        first.kill()
        _ = try await first.end()
        #expect(try await preflight("automatic", in: group) == #"{"role": "primary"}"#)
    }

    @Test(arguments: [Array("garbage!".utf8), [1], Array(Group.head().prefix(6))])
    func filesThatDPDKDoesNotWriteAreNamed(bytes: [UInt8]) async throws {
        let group = try Group(configuration: bytes)
        let line = try await preflight("secondary", in: group)
        #expect(line.contains("groupCorrupted") && line.contains(group.configuration), "\(line)")
    }

    @Test(arguments: ["mkdir", "mkfifo"])
    func whatIsNoRegularFileDoesNotHang(command: String) async throws {
        let group = try Group(configuration: [])
        let making = ["sh", "-c", "rm $CONFIG && \(command) $CONFIG && exec \"$@\"", "sh"]
        let peer = try Peer(
            "preflight", ["--role", "primary", "--file-prefix", group.filePrefix], under: making,
            environment: group.environment.merging(["CONFIG": group.configuration]) { $1 })
        #expect(try await peer.line()?.contains("groupCorrupted") ?? false)
    }

    @Test func aDescriptorThatAPrimaryLeftToItsChildIsNoStart() async throws {
        let group = try Group()
        let first = try await group.startedPrimary()
        let inheriting = ["sh", "-c", "exec 9<>\(group.configuration); exec \"$@\"", "sh"]
        #expect(try await preflight("secondary", in: group, under: inheriting) == #"{"role": "secondary"}"#)
        #expect(try await preflight("primary", in: group).contains("TestPeer (pid \(first.pid))"))
    }

    @Test(arguments: [
        ("", "", "/var/run"), ("RUNTIME_DIRECTORY=/a", "", "/a"), ("XDG_RUNTIME_DIR=/b", "", "/var/run"),
        ("XDG_RUNTIME_DIR=/b", "65534", "/b"), ("", "65534", "/tmp"), ("RUNTIME_DIRECTORY=/a", "65534", "/a"),
    ])
    func theRuntimeDirectoryIsDPDKs(variable: String, user: String, root: String) async throws {
        let environment = ["env", "-u", "RUNTIME_DIRECTORY", "-u", "XDG_RUNTIME_DIR"]
        let peer = try Peer(
            "runtime-directory", ["--file-prefix", "shop"] + (user.isEmpty ? [] : ["--user", user]),
            under: environment + (variable.isEmpty ? [] : [variable]))
        try await peer.expect("\(root)/dpdk/shop")
    }

    @Test func directoriesOfOtherUsersAreNamed() async throws {
        let group = try Group(configuration: Group.head())
        for role in ["primary", "secondary"] {
            let peer = try Peer(
                "preflight", ["--role", role, "--file-prefix", group.filePrefix, "--user", "65534"],
                environment: group.environment)
            let line = try await peer.line() ?? ""
            #expect(line.contains("permissionDenied") && line.contains("user 65534"), "\(line)")
            #expect(line.contains(group.environment["RUNTIME_DIRECTORY"] ?? "?"), "\(line)")
        }
    }

    @Test func aRuntimeRootThatDoesNotExistIsNamed() async throws {
        let peer = try Peer(
            "preflight", ["--role", "primary", "--file-prefix", "t"], environment: ["RUNTIME_DIRECTORY": "/none/at/all"]
        )
        let line = try await peer.line() ?? ""
        #expect(line.contains("permissionDenied") && line.contains("mkdir -p /none/at/all"), "\(line)")
    }
}
