import Glibc
import TestSupport
import Testing

@Suite("Ticks", .fewAtOnce)
struct TicksTests {
    private let group: ExampleGroup

    init() throws { group = try ExampleGroup(of: "Ticks") }

    private func secondary() async throws -> RunningProgram {
        let secondary = try group.start()
        try await secondary.wait(for: "ticks") { secondary.lines.count > 2 }
        return secondary
    }

    /// The sequence numbers that were printed.
    private func sequence(_ program: RunningProgram) -> [Int] {
        program.lines.compactMap { Int($0.split(separator: " ")[1]) }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func theSecondaryEndsWithItsPrimary(number: CInt) async throws {
        let primary = try await group.primary()
        let secondary = try await secondary()
        primary.signal(number)
        #expect(try await primary.end() == 0)
        #expect(try await secondary.end() == 0)
        #expect(sequence(secondary).starts(with: [0, 1, 2]))
        #expect(primary.errorText + secondary.errorText == "")
        #expect(group.files == [])
    }

    /// `timeout` sends a signal like this, for example.
    @Test func aSignalThatComesTwiceAtOnceIsOneRequest() async throws {
        let primary = try await group.primary()
        // A stopped process gets both signals when it continues.
        primary.signal(SIGSTOP)
        primary.signal(SIGINT)
        primary.signal(SIGTERM)
        primary.signal(SIGCONT)
        #expect(try await primary.end() == 0)
        #expect(group.files == [])
    }

    @Test func nothingIsLostBetweenTwoSecondaries() async throws {
        let primary = try await group.primary()
        var printed: [Int] = []
        for number in [SIGINT, SIGTERM] {
            let secondary = try await secondary()
            secondary.signal(number)
            #expect(try await secondary.end() == 0)
            printed += sequence(secondary)
        }
        #expect(printed == Array(0..<printed.count))
        primary.signal(SIGINT)
        #expect(try await primary.end() == 0)
        #expect(group.files == [])
    }

    @Test func theSecondaryEndsWhenItsPrimaryIsKilled() async throws {
        let primary = try await group.primary()
        let secondary = try await secondary()
        primary.signal(SIGKILL)
        #expect(try await primary.end() == -SIGKILL)
        #expect(try await secondary.end() == 0)
        #expect(group.files == [])
    }

    @Test func aSecondConsumerIsToldWhoTheFirstIs() async throws {
        let primary = try await group.primary()
        let secondary = try await secondary()
        let other = try group.start()
        #expect(try await other.end() == 1)
        #expect(other.errorText.contains("consumer of ring 'ticks'"))
        primary.signal(SIGINT)
        #expect(try await primary.end() == 0)
        #expect(try await secondary.end() == 0)
        #expect(group.files == [])
    }

    @Test(arguments: [
        (["--proc-tpye=auto"], 64, "--proc-tpye"), (["--lcores=0@9999"], 64, "9999"),
        (["--proc-type=secondary"], 1, "no primary with this file prefix"), (["-m", "999999"], 1, "hugepages"),
    ])
    func aMistakeIsAnsweredWithASentence(arguments: [String], status: CInt, text: String) async throws {
        let program = try group.start(arguments)
        #expect(try await program.end() == status)
        #expect(program.errorText.hasPrefix("Ticks: ") && program.errorText.contains(text), "\(program.errorText)")
        #expect(program.lines == [] && group.files == [])
    }

    @Test func missingHugepagesAreAnsweredWithASentence() async throws {
        let unmounted = [
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            #"while umount -t hugetlbfs -a; do grep -q hugetlbfs /proc/mounts || break; done; exec "$@""#, "sh",
        ]
        let program = try group.start(under: unmounted)
        #expect(try await program.end() == 1)
        #expect(program.errorText.contains("hugetlbfs"), "\(program.errorText)")
        #expect(group.files == [])
    }
}
