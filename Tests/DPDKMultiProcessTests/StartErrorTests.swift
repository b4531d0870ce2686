import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

/// Each refused start as a program sees it: the real initialisers, in a real process that lives on.
@Suite("Starts that are refused", .fewAtOnce)
struct StartErrorTests {
    @Test(arguments: [
        (DPDKError.Code.noHugepages, "sysctl -w vm.nr_hugepages=512", Shortage.noHugepages),
        (.hugetlbfsNotMounted, "mount -t hugetlbfs -o pagesize=", [Shortage.unmounting]),
        (
            .notEnoughHugepages, "End processes that use hugepages",
            [Shortage.freshMount, Shortage.hiding("free_hugepages", with: 0)]
        ),
    ])
    func aPrimaryLacksHugepages(code: DPDKError.Code, remedy: String, commands: [String]) async throws {
        let group = try EALGroup()
        try await group.expectRefusal(code, of: "primary", remedy: remedy, under: Peer.privateMounts(commands))
        #expect(group.files == [])
    }

    @Test func aPrimaryAsksForMoreMemoryThanThereIs() async throws {
        let group = try EALGroup()
        try await group.expectRefusal(
            .notEnoughHugepages, of: "primary", "-m", "500000", remedy: "ask for less with -m")
        #expect(group.files == [])
    }

    @Test func aSecondaryLacksTheMount() async throws {
        let group = try EALGroup()
        _ = try await group.primary()
        try await group.expectRefusal(
            .hugetlbfsNotMounted, of: "secondary", remedy: "mount -t hugetlbfs -o pagesize=",
            under: Peer.privateMounts([Shortage.unmounting]))
    }

    @Test func anotherUserMayNotUseTheGroup() async throws {
        let group = try EALGroup()
        // In the directory of the primary, and not in the one that DPDK uses for this user's files.
        let place = ["env", "RUNTIME_DIRECTORY=/var/run"]
        _ = try await group.primary(under: place)
        for role in ["primary", "secondary"] {
            try await group.expectRefusal(
                .permissionDenied, of: role, remedy: "Run as ", under: place, after: ["become 65534"])
        }
    }

    @Test func aSecondaryNeedsALivePrimary() async throws {
        let group = try EALGroup()
        try await group.expectRefusal(.noPrimary, of: "secondary", remedy: "Start the primary first")
        let primary = try await group.primary()
        try await primary.kill()
        try await group.expectRefusal(.primaryDead, of: "secondary", remedy: "Start the primary again")
    }

    @Test(arguments: [0, 4096])
    func thePrimaryDiedWhileStarting(size: Int) async throws {
        let group = try EALGroup()
        try FileManager.default.createDirectory(atPath: group.directory, withIntermediateDirectories: true)
        try Data(count: size).write(to: URL(fileURLWithPath: group.directory + "/config"))
        try await group.expectRefusal(.primaryDiedWhileStarting, of: "secondary", remedy: "Start the primary again")
        try await group.primary().shutdown()
        #expect(group.files == [])
    }

    @Test func aSecondPrimaryIsToldOfTheFirst() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let refusal = try await group.expectRefusal(
            .primaryAlreadyRunning, of: "primary", remedy: "Attach as a secondary")
        #expect(refusal.pids == [primary.pid])
        #expect(refusal.text.contains("TestPeer (pid \(primary.pid))"), "\(refusal.text)")
        #expect(try await primary.ask("attached") == "\(primary.pid)")
    }

    @Test func anotherVersionOfDPDKIsRefused() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        // The primary has the file mapped, so its copy changes too.
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: group.directory + "/config"))
        try file.seek(toOffset: 4)
        try file.write(contentsOf: unsafe withUnsafeBytes(of: DPDKVersion(21, 11, 3).number) { unsafe Data($0) })
        try file.close()
        let refusal = try await group.expectRefusal(
            .versionMismatch, of: "secondary", remedy: "Use exactly the same release of DPDK")
        #expect(refusal.text.contains("21.11.3"), "\(refusal.text)")
        #expect(try await primary.ask("attached") == "\(primary.pid)")
    }

    @Test(arguments: ["primary", "secondary", "either"])
    func optionsAreRefused(role: String) async throws {
        let group = try EALGroup()
        for (option, code, remedy) in [
            ("--no-huge", DPDKError.Code.excludesSecondaries, "Leave it out"),
            ("--in-memory", .excludesSecondaries, "Leave it out"),
            ("--no-shconf", .excludesSecondaries, "Leave it out"),
            ("--huge-unlink", .excludesSecondaries, "--huge-unlink=existing"),
            ("--vdve=net_null0", .unknownOption, "See --help"),
            ("--frobnicate", .unknownOption, "write the program's own after --"),
            ("--lcores=0@", .malformedOption, "--lcores"), ("-m", .malformedOption, "-m"),
            ("word", .malformedOption, "after --"),
            ("--lcores=500@0", .noSuchLcore, "Give the CPU a lower lcore id"),
            ("--lcores=0@900", .noSuchLcore, "Choose one of these"),
        ] {
            try await group.expectRefusal(code, of: role, option, remedy: remedy)
        }
        #expect(group.files == [])
    }

    @Test(arguments: ["primary", "secondary"])
    func optionsAreRefusedByEAL(role: String) async throws {
        let group = try EALGroup()
        let primary = role == "secondary" ? try await group.primary() : nil
        for (options, words) in [
            (["--vdev=0null"], "failed to parse device \"0null\""), (["-a", "0000:03:00"], "device \"0000:03:00\""),
            (["-b", "0000:zz:00.0"], "device \"0000:zz:00.0\""), (["--vdev=nosuch0"], "device \"nosuch0\""),
            (["-d", "/nonexistent.so"], "/nonexistent.so: cannot open"),
            (["--trace-mode=x"], "invalid parameters for --trace-mode"),
            (["--trace-bufsz=0"], "invalid parameters for --trace-bufsz"),
            (["--force-max-simd-bitwidth=100"], "invalid parameter for --force-max-simd-bitwidth"),
            (["--vfio-vf-token=1-2"], "invalid parameters for --vfio-vf-token"),
            (["--vfio-intr=intx"], "invalid parameters for --vfio-intr"),
            (["--legacy-mem", "--match-allocations"], "--legacy-mem is not compatible with --match-allocations"),
        ] {
            let member = try group.idle()
            try member.tell(group.start(role, options))
            let refusal = try await member.refusalAfterHelp()
            #expect(refusal == .malformedOption, "\(refusal.text)")
            #expect(refusal.text.contains("EAL refuses an option: "), "\(refusal.text)")
            #expect(refusal.text.contains(words), "\(refusal.text)")
            try await member.ask("took")
            try await member.kill()
        }
        try await primary?.shutdown()
        #expect(group.files == [])
    }

    @Test func aRelativeFolderOfHugepagesIsNoMount() async throws {
        let group = try EALGroup()
        try await group.expectRefusal(
            .hugetlbfsNotMounted, of: "primary", "--huge-dir=huge", remedy: "Name a folder in a mounted hugetlbfs")
    }

    @Test func optionsThatAskForAnotherRoleAreRefused() async throws {
        let group = try EALGroup()
        try await group.expectRefusal(
            .roleConflict, of: "primary", "--proc-type=secondary", remedy: "--proc-type=primary")
        try await group.expectRefusal(
            .roleConflict, of: "secondary", "--proc-type=primary", remedy: "--proc-type=secondary")
        #expect(group.files == [])
    }

    @Test func anLcoreIDThatAnotherProcessHas() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--lcores=(5,7)@0")
        let refusal = try await group.expectRefusal(
            .lcoreInUse, of: "secondary", "--lcores=7@1", remedy: "Give each process of the group its own ids")
        #expect(refusal.pids == [primary.pid])
        #expect(refusal.text.contains("lcore 7"), "\(refusal.text)")
    }

    @Test func aProcessStartsOnce() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        for role in ["primary", "secondary", "either"] {
            try await primary.expectRefusal(
                .alreadyStarted, to: group.start(role), remedy: "Use the existing process object")
        }
        #expect(try await primary.ask("attached") == "\(primary.pid)")
        try await primary.ask("shutdown")
        for role in ["primary", "secondary", "either"] {
            try await primary.expectRefusal(.shutDown, to: group.start(role), remedy: "Start a new process")
        }
        #expect(group.files == [])
    }
}

extension EALGroup.Member {
    /// The error of a start, which the process prints after any help that EAL has printed.
    fileprivate func refusalAfterHelp() async throws -> Refusal {
        while let line = try await peer.line() {
            if let start = line.range(of: "error "), let refusal = Refusal(String(line[start.lowerBound...])) {
                return refusal
            }
            guard !line.hasSuffix("ok") else { break }
        }
        throw ChildFailure("the start was not refused\n\(peer.errorOutput)")
    }
}
