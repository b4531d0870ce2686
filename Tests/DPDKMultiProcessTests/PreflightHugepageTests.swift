import DPDKMultiProcess
import TestSupport
import Testing

/// The shortages exist only in the peer's own mounts. The machine's hugepages stay as they are.
@Suite("Checks of the hugepages before a start", .fewAtOnce)
struct PreflightHugepageTests {
    /// Expects that the checks fail with a code and a sentence that contains these words.
    private func expectRefusal(
        _ code: DPDKError.Code, _ words: String..., of role: String = "primary", asking options: [String] = [],
        after commands: [String], in group: Group? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let refusal = try await (group ?? Group()).refusal(
            of: role, options, under: Peer.privateMounts(commands), sourceLocation: sourceLocation)
        #expect(refusal == code, "\(refusal.text)", sourceLocation: sourceLocation)
        for word in words {
            #expect(refusal.text.contains(word), "\(refusal.text)", sourceLocation: sourceLocation)
        }
    }

    private func preflight(_ options: [String] = [], after commands: [String]) async throws -> String {
        try await Group().preflight("primary", options, under: Peer.privateMounts(commands))
    }

    @Test func aPrimaryHasWhatItNeeds() async throws {
        #expect(try await preflight(after: []) == "primary")
    }

    @Test(arguments: ["/tmp", "/none", "/dev/hugepages2"])
    func theFolderIsInNoHugetlbfs(folder: String) async throws {
        try await expectRefusal(.hugetlbfsNotMounted, "--huge-dir /", asking: ["--huge-dir", folder], after: [])
    }

    @Test func aFolderInAHugetlbfsWillDo() async throws {
        let commands = [Shortage.freshMount, "mkdir /dev/hugepages/own"]
        #expect(try await preflight(["--huge-dir", "/dev/hugepages/own"], after: commands) == "primary")
    }

    @Test func noneAreFree() async throws {
        let commands = [Shortage.freshMount, Shortage.hiding("free_hugepages", with: 0)]
        try await expectRefusal(.notEnoughHugepages, "0 of ", after: commands)
    }

    @Test func fewerAreFreeThanAreAskedFor() async throws {
        let commands = [
            Shortage.freshMount, Shortage.hiding("free_hugepages", with: 3), Shortage.hiding("nr_hugepages", with: 10),
        ]
        try await expectRefusal(
            .notEnoughHugepages, "8 MB are needed, but only 3 of 10", "echo 11 >", asking: ["--memory", "8"],
            after: commands)
        #expect(try await preflight(["--memory", "6"], after: commands) == "primary")
    }

    @Test func pagesThatADeadProcessLeftBehindCountAsFree() async throws {
        let leaving = "fallocate -l 2M /dev/hugepages/oldmap_0"
        let commands = [Shortage.freshMount, leaving, Shortage.hiding("free_hugepages", with: 0)]
        #expect(try await preflight(after: commands) == "primary")
    }

    @Test func aSecondaryNeedsNoFreePagesButAMount() async throws {
        let group = try Group()
        let first = try await group.startedPrimary()
        let none = Peer.privateMounts(Shortage.noHugepages)
        #expect(try await group.preflight("secondary", under: none) == "secondary")
        try await expectRefusal(
            .hugetlbfsNotMounted, "mount -t hugetlbfs -o pagesize=", of: "secondary", after: [Shortage.unmounting],
            in: group)
        first.kill()
    }

    @Test func theFolderIsAnotherUsers() async throws {
        let root = "chmod 1777 \"$RUNTIME_DIRECTORY\""
        try await expectRefusal(
            .permissionDenied, "'/dev/hugepages'", "chown 65534 /dev/hugepages", asking: ["--user", "65534"],
            after: [root, Shortage.freshMount, "chmod 755 /dev/hugepages"])
    }
}
