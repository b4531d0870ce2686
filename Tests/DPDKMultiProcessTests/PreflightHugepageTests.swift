import DPDKMultiProcess
import TestSupport
import Testing

/// Shortages are made in mounts of the peer's own: the machine's hugepages stay as they are.
@Suite("Checks of the hugepages before a start", .fewAtOnce)
struct PreflightHugepageTests {
    /// Makes the checks in another process, and returns its one line.
    private func preflight(
        _ role: String = "primary", _ arguments: [String] = [], after commands: [String], in group: Group? = nil
    ) async throws -> String {
        let group = try group ?? Group()
        let peer = try Peer(
            "preflight", ["--role", role, "--file-prefix", group.filePrefix] + arguments,
            under: Peer.privateMounts(commands), environment: group.environment)
        let (lines, _) = try await peer.finish()
        return try #require(lines.first, "\(peer.errorOutput)")
    }

    /// Hides the counts of one name, in the kernel's folder and in those of the nodes, behind a file.
    private func hiding(_ name: String, with count: Int) -> String {
        "mount -t tmpfs none /mnt; echo \(count) > /mnt/count; "
            + "for f in /sys/kernel/mm/hugepages/*/\(name) /sys/devices/system/node/node*/hugepages/*/\(name); do "
            + "mount --bind /mnt/count $f; done"
    }

    private let unmounting = "while umount -t hugetlbfs -a; do grep -q hugetlbfs /proc/mounts || break; done"
    private let freshMount = "mount -t hugetlbfs -o pagesize=2M none /dev/hugepages"

    @Test func aPrimaryHasWhatItNeeds() async throws {
        #expect(try await preflight(after: []) == #"{"role": "primary"}"#)
    }

    @Test func noneAreReserved() async throws {
        let line = try await preflight(after: [hiding("nr_hugepages", with: 0), hiding("free_hugepages", with: 0)])
        #expect(line.contains("noHugepages") && line.contains("sysctl -w vm.nr_hugepages=512"), "\(line)")
    }

    @Test(arguments: ["primary", "secondary"])
    func noHugetlbfsIsMounted(role: String) async throws {
        let group = try Group(configuration: Group.head())
        let first = try Peer(
            "hold-configuration",
            [
                "--path", group.configuration, "--magic", "\(Group.magic)",
                "--version", "\(DPDKVersion.installed.number)",
            ])
        try await first.expect("locked")
        let line =
            role == "primary"
            ? try await preflight(after: [unmounting]) : try await preflight(role, after: [unmounting], in: group)
        #expect(line.contains("hugetlbfsNotMounted") && line.contains("mount -t hugetlbfs -o pagesize="), "\(line)")
    }

    @Test(arguments: ["/tmp", "/none", "/dev/hugepages2"])
    func theFolderIsInNoHugetlbfs(folder: String) async throws {
        let line = try await preflight(arguments(folder), after: [])
        #expect(line.contains("hugetlbfsNotMounted") && line.contains("--huge-dir /"), "\(line)")
    }

    @Test func aFolderInAHugetlbfsWillDo() async throws {
        let line = try await preflight(
            arguments("/dev/hugepages/own"), after: [freshMount, "mkdir /dev/hugepages/own"])
        #expect(line == #"{"role": "primary"}"#)
    }

    private func arguments(_ folder: String) -> [String] { ["--huge-dir", folder] }

    private func preflight(_ arguments: [String], after commands: [String]) async throws -> String {
        try await preflight("primary", arguments, after: commands)
    }

    @Test func noneAreFree() async throws {
        let line = try await preflight(after: [freshMount, hiding("free_hugepages", with: 0)])
        #expect(line.contains("notEnoughHugepages") && line.contains("0 of "), "\(line)")
    }

    @Test func fewerAreFreeThanAreAskedFor() async throws {
        let commands = [freshMount, hiding("free_hugepages", with: 3), hiding("nr_hugepages", with: 10)]
        let line = try await preflight(["--memory", "8"], after: commands)
        #expect(line.contains("notEnoughHugepages") && line.contains("8 MB are asked for, and 3 of 10"), "\(line)")
        #expect(line.contains("echo 11 >"), "\(line)")
        #expect(try await preflight(["--memory", "6"], after: commands) == #"{"role": "primary"}"#)
    }

    @Test func pagesThatADeadProcessLeftBehindCountAsFree() async throws {
        let leaving = "fallocate -l 2M /dev/hugepages/oldmap_0"
        let commands = [freshMount, leaving, hiding("free_hugepages", with: 0)]
        #expect(try await preflight(after: commands) == #"{"role": "primary"}"#)
    }

    @Test func aSecondaryNeedsNoFreePages() async throws {
        let group = try Group(configuration: Group.head())
        let first = try Peer(
            "hold-configuration",
            [
                "--path", group.configuration, "--magic", "\(Group.magic)",
                "--version", "\(DPDKVersion.installed.number)",
            ])
        try await first.expect("locked")
        let commands = [hiding("free_hugepages", with: 0), hiding("nr_hugepages", with: 0)]
        #expect(try await preflight("secondary", after: commands, in: group) == #"{"role": "secondary"}"#)
    }

    @Test func theFolderIsAnotherUsers() async throws {
        let root = "chmod 1777 \"$RUNTIME_DIRECTORY\""
        let line = try await preflight(["--user", "65534"], after: [root, freshMount, "chmod 755 /dev/hugepages"])
        #expect(line.contains("permissionDenied") && line.contains("'/dev/hugepages'"), "\(line)")
        #expect(line.contains("chown 65534 /dev/hugepages"), "\(line)")
    }
}
