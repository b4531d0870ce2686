import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Checks of the group before a start", .fewAtOnce)
struct PreflightGroupTests {
    @Test func aSecondaryWithoutPrimaryIsToldOfOtherGroups() async throws {
        let group = try Group()
        #expect(try await group.refusal(of: "secondary") == .noPrimary)
        let others = try Group(configuration: Group.head())
        let live = try await others.startedPrimary()
        // Another group in the same place.
        let refusal = try await group.refusal(of: "secondary", variables: others.environment)
        #expect(refusal == .noPrimary)
        #expect(refusal.text.contains("'\(others.filePrefix)'"), "\(refusal.text)")
        live.kill()
    }

    @Test(arguments: [[], Array(repeating: 0, count: 4096), [0, 0, 0, 0, 1, 2, 3, 4]])
    func aSecondaryOfAPrimaryThatDiedWhileStartingIsRefused(head: [UInt8]) async throws {
        let group = try Group(configuration: head)
        #expect(try await group.refusal(of: "secondary") == .primaryDiedWhileStarting)
    }

    @Test func aPrimaryThatDiesWhileASecondaryWaitsIsNoticed() async throws {
        let group = try Group()
        let starting = try await group.startedPrimary(magic: 0)
        let secondary = try await group.waitingSecondary()
        starting.kill()
        let refusal = try #require(Refusal(try await secondary.line() ?? "nothing"))
        #expect(refusal == .primaryDiedWhileStarting)
    }

    @Test func aSecondaryWaitsForAPrimaryThatIsStarting() async throws {
        let group = try Group()
        let starting = try await group.startedPrimary(magic: 0)
        let secondary = try await group.waitingSecondary()
        try starting.send("head \(Group.magic) \(DPDKVersion.installed.number)")
        try await secondary.expect("ok secondary")
    }

    @Test func aSecondaryDoesNotWaitLongForAPrimaryThatStaysStarting() async throws {
        let group = try Group()
        let starting = try await group.startedPrimary(magic: 0)
        let refusal = try await group.refusal(of: "secondary")
        #expect(refusal == .primaryStillStarting)
        #expect(refusal.pids == [starting.pid])
        #expect(refusal.text.contains("TestPeer (pid \(starting.pid))"), "\(refusal.text)")
    }

    @Test func versionsThatDifferAreNamed() async throws {
        let group = try Group()
        let primary = try await group.startedPrimary(version: DPDKVersion(24, 11, 3))
        let refusal = try await group.refusal(of: "secondary")
        #expect(refusal == .versionMismatch)
        #expect(refusal.text.contains("24.11.3"), "\(refusal.text)")
        #expect(refusal.text.contains("this process uses DPDK \(DPDKVersion.installed)."), "\(refusal.text)")
        primary.kill()
    }

    @Test func aPrimaryInAnotherPIDNamespaceIsNoticed() async throws {
        let group = try Group()
        let first = try await group.startedPrimary()
        let refusal = try await group.refusal(of: "primary", under: ["unshare", "--pid", "--fork", "--mount-proc"])
        #expect(refusal == .primaryAlreadyRunning)
        #expect(refusal.text.contains("another pid namespace"), "\(refusal.text)")
        first.kill()
    }

    @Test(arguments: [Array("garbage!".utf8), [1], Array(Group.head().prefix(6))])
    func filesThatDPDKDoesNotWriteAreNamed(bytes: [UInt8]) async throws {
        let group = try Group(configuration: bytes)
        let refusal = try await group.refusal(of: "secondary")
        #expect(refusal == .groupCorrupted)
        #expect(refusal.text.contains(group.configuration), "\(refusal.text)")
    }

    @Test(arguments: ["mkdir", "mkfifo"])
    func whatIsNoRegularFileDoesNotHang(command: String) async throws {
        let group = try Group(configuration: [])
        let making = ["sh", "-c", "rm $CONFIG && \(command) $CONFIG && exec \"$@\"", "sh"]
        let refusal = try await group.refusal(
            of: "primary", under: making, variables: ["CONFIG": group.configuration])
        #expect(refusal == .groupCorrupted)
    }

    @Test func aDescriptorThatAPrimaryLeftToItsChildIsNoStart() async throws {
        let group = try Group()
        let first = try await group.startedPrimary()
        let inheriting = ["sh", "-c", "exec 9<>\(group.configuration); exec \"$@\"", "sh"]
        #expect(try await group.preflight("secondary", under: inheriting) == "secondary")
        #expect(try await group.refusal(of: "primary").pids == [first.pid])
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
            let refusal = try await group.refusal(of: role, ["--user", "65534"])
            #expect(refusal == .permissionDenied)
            #expect(refusal.text.contains("user 65534"), "\(refusal.text)")
            #expect(refusal.text.contains(group.environment["RUNTIME_DIRECTORY"] ?? "?"), "\(refusal.text)")
        }
    }

    @Test func anotherUserIsToldThatRootHasGroups() async throws {
        let group = try EALGroup()
        _ = try await group.primary()
        let peer = try Peer(
            "preflight", ["--role", "secondary", "--file-prefix", group.filePrefix, "--user", "65534"],
            under: ["env", "-u", "RUNTIME_DIRECTORY", "-u", "XDG_RUNTIME_DIR"])
        let line = try #require(try await peer.finish(within: .seconds(60)).lines.first)
        let refusal = try #require(Refusal(line))
        #expect(refusal == .noPrimary && refusal.text.contains("as the same user"), "\(refusal.text)")
    }

    @Test func aRuntimeRootThatDoesNotExistIsNamed() async throws {
        let refusal = try await Group().refusal(of: "primary", variables: ["RUNTIME_DIRECTORY": "/none/at/all"])
        #expect(refusal == .permissionDenied)
        #expect(refusal.text.contains("mkdir -p /none/at/all"), "\(refusal.text)")
    }
}
