import Glibc
import Synchronization
import TestSupport
import Testing

/// The processes of one example, with their own file prefix. Nothing of them may be left after the test.
final class ExampleGroup: Sendable {
    /// The value of `--file-prefix`.
    let prefix = TestRun.filePrefix()
    private let program: String
    private let running = Mutex<[RunningProgram]>([])

    /// Makes a group without processes. The test must have a place (`.fewAtOnce`).
    init(of program: String) throws {
        guard let place = FewAtOnce.place else { throw ChildFailure("the suite needs the trait .fewAtOnce") }
        self.program = program
        place.atEnd { await self.end() }
    }

    private func end() async {
        let running = running.withLock { $0 }
        for program in running { program.signal(SIGKILL) }
        for program in running { _ = try? await program.end() }
        TestRun.removeFiles(of: prefix)
    }

    /// The files of this group on the machine: its runtime directory and its hugepage files.
    var files: [String] { TestRun.files(of: prefix) }

    /// Starts the example, whose lines are seen as soon as they are printed.
    func start(_ arguments: [String] = [], under wrapper: [String] = []) throws -> RunningProgram {
        let words = ["--no-pci", "--file-prefix=\(prefix)"] + arguments
        let started = try RunningProgram(program, words, under: ["stdbuf", "-oL"] + wrapper)
        running.withLock { $0.append(started) }
        return started
    }

    /// Starts the example as the primary, and waits until it asks for the second process.
    func primary(_ arguments: [String] = []) async throws -> RunningProgram {
        let primary = try start(arguments)
        try await primary.wait(for: "invitation") { primary.lines.last?.contains("start this program again") ?? false }
        return primary
    }
}
