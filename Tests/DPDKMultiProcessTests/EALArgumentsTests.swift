import DPDKMultiProcess
import Testing

/// A machine with DPDK 22.11 and four CPUs.
let machine = Machine(version: DPDKVersion(22, 11, 11), cpus: [0, 1, 2, 3])

private func read(_ words: [String], on machine: Machine = machine) throws(DPDKError) -> EALArguments {
    try EALArguments(commandLine: ["prog"] + words, for: machine.version)
}

/// Reads a line, and checks it against the machine.
private func read(_ line: String, on machine: Machine = machine) throws(DPDKError) -> EALArguments {
    let arguments = try read(line.split(separator: " ").map(String.init), on: machine)
    _ = try arguments.normalized(on: machine)
    return arguments
}

private func error(_ body: () throws(DPDKError) -> Void) -> DPDKError? {
    do throws(DPDKError) {
        try body()
        return nil
    } catch { return error }
}

@Suite("EAL's command line")
struct EALArgumentsTests {
    @Test func partsThePropertiesFromTheApplicationsOwn() throws {
        let arguments = try read(
            """
            -l 0-1 --file-prefix=shop --proc-type PRIMARY -m 64 -n4 --vdev net_null0,size=64 --vdev=net_ring1 --no-pci \
            --log-level lib.eal:debug --single-file-segments --base-virtaddr 100000000 --legacy-mem -- -p 3 -- --x
            """)
        #expect(arguments.lcores == [0, 1])
        #expect(arguments.filePrefix == "shop")
        #expect(arguments.role == .primary)
        #expect(arguments.memoryMegabytes == 64)
        #expect(arguments.memoryChannelCount == 4)
        #expect(arguments.devices == ["net_null0,size=64", "net_ring1"])
        #expect(!arguments.usesPCI)
        #expect(arguments.logLevels == ["lib.eal:debug"])
        #expect(arguments.virtualBaseAddress == 0x1_0000_0000)
        #expect(arguments.additionalOptions == ["--single-file-segments", "--legacy-mem"])
        #expect(arguments.applicationArguments == ["-p", "3", "--", "--x"])
    }

    @Test func leavesWhatIsNotStatedToItsDefault() throws {
        let arguments = try read("")
        #expect(arguments.program == "prog")
        #expect(arguments.filePrefix == "rte")
        #expect(arguments.role == nil)
        #expect(arguments.lcores == nil)
        #expect(arguments.usesPCI && arguments.usesTelemetry)
        #expect(try EALArguments(commandLine: []).applicationArguments.isEmpty)
    }

    @Test(arguments: [
        "", "--lcores 3@0", "-l 0,2-3 --main-lcore 2", "-c 0x5 -s 0x4", "--lcores (1-2)@(0,3) -S 2",
        "-a 0000:03:00.1 -a 04:00.0,queues=2", "-b 0000:03:00.1 -d /x/y.so -r 2",
        "--socket-mem 512,0 --socket-limit 1024",
        "--iova-mode va --huge-dir /mnt/huge --no-telemetry --no-hpet --trace-mode d --trace-bufsz 64K",
        "-v --vmware-tsc-map --force-max-simd-bitwidth 256",
        "--proc-type auto --file-prefix a.b_c-1 --huge-unlink=existing --log-level 8 --log-level pmd.*,debug",
        "--file-prefix x --file-prefix x -l 1 -l 1", "--vfio-vf-token 2ab74924-c335-45f4-9b16-8569e5b08258",
    ])
    func readsBackWhatItSpells(line: String) throws {
        let arguments = try read(line)
        #expect(try read(Array(arguments.commandLine.dropFirst())) == arguments)
        #expect(try arguments.normalized(on: machine) == arguments)
    }

    @Test func spellsWhatIsMadeInCode() throws {
        var arguments = EALArguments(filePrefix: "shop", lcores: [LcoreAssignment(id: 3, cpus: [0, 1]), 2])
        arguments.program = "till"
        arguments.devices = ["net_null0"]
        #expect(
            arguments.commandLine == ["till", "--file-prefix=shop", "--lcores=3@(0,1),2@2", "--vdev=net_null0"])
    }

    @Test(arguments: [
        ("--file-prefx=shop", "See --help"), ("--vedv net_null0", "See --help"),
        ("--file-pre shop", "Write --file-prefix"), ("--no-p", "Write --no-pci"),
        ("-file-prefix shop", "Write --file-prefix"), ("-x", "See --help"), ("--frobnicate", "See --help"),
        ("--numa-mem 64", "Write --socket-mem"), ("--memory-size=64", "Write -m"), ("-A", "Leave it out"),
        ("--log-color", "Leave it out"), ("-vx", "See --help"),
    ])
    func refusesWhatIsNoOption(line: String, remedy: String) {
        let error = error { () throws(DPDKError) in _ = try read(line) }
        #expect(error?.code == .unknownOption)
        #expect(error?.remedy.contains(remedy) ?? false, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        "-l", "-l 0-", "-l 3-1", "-l 0,,1", "-l 3@0", "-l x", "-c 0", "-c xyz", "-c 0x", "--lcores 0-2@1",
        "--lcores (0-2", "--lcores 0@1,0@2", "--lcores 0@1@2", "--lcores @1", "--lcores 0@", "--lcores 1,", "-m 0",
        "-m -5", "-m 64M", "-n 0", "-n 33", "-r 17", "-r +1", "--socket-mem 1,a", "--socket-mem ,", "--socket-limit -1",
        "--proc-type main", "--file-prefix", "--file-prefix=", "--file-prefix a/b", "--file-prefix 100%",
        "--file-prefix ..", "--file-prefix --no-pci", "--vdev", "--vdev=", "--vdev ,size=64", "--vdev net_null0,",
        "--vdev net_null0 --vdev net_null0,size=64", "-a 03:20.0", "-b 03:00.8", "-a 03:00.0 -b 04:00.0",
        "--main-lcore x", "--log-level", "--log-level loud", "--log-level 9",
        "--log-level help", "--log-level :debug", "--base-virtaddr 0xg", "--iova-mode dc",
        "--huge-unlink=sometimes", "--no-pci=1", "--syslog", "--syslog nowhere", "--trace-mode",
        "--huge-worker-stack=0",
        "word", "-l 0 word", "-", "-m 64 --socket-mem 64", "--file-prefix a --file-prefix b", "-l 0 -c 0x2",
        "-l 0 --lcores 0@0",
        "--telemetry --no-telemetry", "--legacy-mem --socket-limit 64", "--main-lcore 010",
        "--file-prefix 0123456789012345678901234567890123456789012345678901234567890123456789",
    ])
    func refusesWhatIsNotOfItsForm(line: String) {
        let error = error { () throws(DPDKError) in _ = try read(line) }
        #expect(error?.code == .malformedOption, "\(error?.description ?? "accepted")")
    }

    @Test(arguments: ["--in-memory", "--no-huge", "--no-shconf", "--huge-unlink", "--huge-unlink=always"])
    func refusesWhatExcludesSecondaries(option: String) {
        let error = error { () throws(DPDKError) in _ = try read(option) }
        #expect(error?.code == .excludesSecondaries)
        #expect(error?.object == "option '\(option)'")
    }

    @Test(arguments: [
        ("-l 4", "0-3"), ("-c 0x10", "0-3"), ("--lcores 0@9", "--lcores 0@0"), ("--lcores 200@1", "--lcores 0@1"),
        ("--main-lcore 128", "0 to 127"), ("-l 0,1 --main-lcore 2", "0-1"), ("-l 0 -S 1", "only 0"),
    ])
    func namesTheLcoresThatThereAre(line: String, hint: String) {
        let error = error { () throws(DPDKError) in _ = try read(line) }
        #expect(error?.code == .noSuchLcore)
        #expect(error?.description.contains(hint) ?? false, "\(error?.description ?? "")")
    }

    @Test(arguments: ["-h", "--help", "-vh"])
    func throwsForHelpInsteadOfExiting(option: String) {
        let error = error { () throws(DPDKError) in _ = try read(option) }
        #expect(error?.code == .helpRequested)
        #expect(error?.message.contains("--file-prefix") ?? false)
    }

    @Test func knowsTheOptionsOfLaterVersions() throws {
        let later = Machine(version: DPDKVersion(25, 11), cpus: [0, 1, 2, 3])
        let arguments = try read("-l (0-1)@2 --memory-size=64 --numa-limit 64 --log-color --log-timestamp", on: later)
        #expect(arguments.lcores == [LcoreAssignment(id: 0, cpus: [2]), LcoreAssignment(id: 1, cpus: [2])])
        #expect(arguments.memoryMegabytes == 64)
        #expect(arguments.commandLine.contains("--socket-limit=64"))
        #expect(arguments.additionalOptions == ["--log-color", "--log-timestamp"])
    }

    @Test func ordersVersionsAndSpellsThemAsDPDKDoes() {
        #expect(DPDKVersion(number: 0x160b0b63).description == "22.11.11")
        #expect(DPDKVersion(number: 0x1a0b0001).description == "26.11.0-rc1")
        #expect(DPDKVersion(number: 0x1a0b0001) < DPDKVersion(26, 11))
        #expect(DPDKVersion(24, 3) < DPDKVersion(24, 11))
        #expect(DPDKVersion.installed >= DPDKVersion(22, 11))
    }

    @Test func refusesToRemapLcoreIDsOfAGroup() {
        let later = Machine(version: DPDKVersion(25, 11), cpus: [0])
        let error = error { () throws(DPDKError) in _ = try read("-R", on: later) }
        #expect(error?.code == .malformedOption)
    }

    /// Any words are either read or refused, and what was read can be written and read again.
    @Test func copesWithAnyWords() throws {
        var random = Numbers(state: 4_711)
        let names = EALOption.all.flatMap(\.names).map(\.text) + ["", "-", "--", "---", "-=", "--=", "word", "-lll"]
        let values = [
            "", "0", "-1", "0-3", "(0,1)@(2-3)", "@", "(", ")", ",", "1@", "0x0f", "99999999999999999999", "é", "a=b",
            "03:00.0",
            "net_null0,x=[1,2]", "64", "x:y", "1,,2", "primary", "0-1023", "\u{301}", "=", "debug",
        ]
        for _ in 0..<3_000 {
            let words = (0..<Int.random(in: 0...5, using: &random)).flatMap { _ -> [String] in
                let name = names.randomElement(using: &random) ?? "", value = values.randomElement(using: &random) ?? ""
                return [[name], [name, value], [name + "=" + value], [name + value]].randomElement(using: &random) ?? []
            }
            guard let arguments = try? read(words) else { continue }
            let again = try read(arguments.commandLine.dropFirst() + ["--"] + arguments.applicationArguments)
            #expect(again == arguments, "\(words)")
        }
    }

    @Test func refusesControlCharactersInEveryWord() {
        for word in ["--file-prefix=a\0b", "a\n", "--vdev=\u{7f}"] {
            let error = error { () throws(DPDKError) in _ = try read([word]) }
            #expect(error?.code == .malformedOption)
        }
    }

    @Test func checksWhatIsMadeInCodeLikeACommandLine() {
        let made: [(EALArguments, DPDKError.Code)] = [
            (EALArguments(filePrefix: "a/b"), .malformedOption), (EALArguments(lcores: []), .malformedOption),
            (EALArguments(lcores: [9]), .noSuchLcore),
            (EALArguments(lcores: [LcoreAssignment(id: 0, cpus: [])]), .malformedOption),
            (EALArguments(memoryMegabytes: 0), .malformedOption), (EALArguments(devices: [""]), .malformedOption),
            (EALArguments(additionalOptions: ["--no-huge"]), .excludesSecondaries),
            (EALArguments(additionalOptions: ["--file-prefix=other"]), .malformedOption),
            (EALArguments(additionalOptions: ["--"]), .malformedOption),
            (EALArguments(additionalOptions: ["--no-hug"]), .unknownOption),
            (EALArguments(additionalOptions: ["--frobnicate", "--no-pci", "4"]), .malformedOption),
        ]
        for (arguments, code) in made {
            let error = error { () throws(DPDKError) in _ = try arguments.normalized(on: machine) }
            #expect(error?.code == code, "\(arguments.commandLine)")
        }
    }

    @Test func passesAdditionalOptionsThatItDoesNotKnow() throws {
        let unknown = ["--frobnicate", "4", "--frob=x", "-x", "5", "--legacy-mem", "--numa-mem=64"]
        let arguments = try EALArguments(additionalOptions: unknown).normalized(on: machine)
        #expect(arguments.additionalOptions == unknown)
        #expect(arguments.commandLine.suffix(unknown.count) == unknown[...])
    }

    @Test func passesUnknownOptionsToADPDKThatIsNewerThanTheTable() throws {
        let words = ["prog", "--frobnicate", "4", "-m", "64", "-x"]
        for version in [DPDKVersion(26, 7), DPDKVersion(26, 7, 3)] {
            let error = error { () throws(DPDKError) in _ = try EALArguments(commandLine: words, for: version) }
            #expect(error?.code == .unknownOption)
        }
        let arguments = try EALArguments(commandLine: words, for: DPDKVersion(26, 11))
        #expect(arguments.additionalOptions == ["--frobnicate", "4", "-x"])
        #expect(arguments.memoryMegabytes == 64)
    }

    @Test func passesOnOnlyWhatHasNoProperty() throws {
        let arguments = try read(
            """
            --file-prefix x --proc-type auto -c 1 --main-lcore 0 -m 1 -n 1 -r 1 --socket-limit 1 --huge-dir /x -d x \
            --huge-unlink=existing --base-virtaddr 1 --iova-mode va --vdev net_null0 -a 03:00.0 --log-level 1 --no-pci \
            --no-telemetry
            """)
        #expect(arguments.additionalOptions == [])
        for line in ["--lcores 0", "-l 0", "--socket-mem 1", "-b 03:00.0", "-S 1", "-s 2"] {
            #expect(try read(line).additionalOptions == [], "\(line)")
        }
    }

    @Test func refusesARoleThatTheProgramDoesNotMake() throws {
        let stated = try read("--proc-type=secondary")
        #expect(error { () throws(DPDKError) in _ = try stated.adopting(.primary) }?.code == .roleConflict)
        let either = try read("--proc-type=auto")
        #expect(error { () throws(DPDKError) in _ = try either.adopting(.secondary) }?.code == .roleConflict)
        #expect(try stated.adopting(.automatic).role == .secondary)
        #expect(try read("").adopting(.automatic).role == .automatic)
        #expect(try stated.adopting(.secondary).role == .secondary)
        #expect(try read("").adopting(.primary).role == .primary)
    }
}
