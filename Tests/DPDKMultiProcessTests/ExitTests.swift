import DPDKMultiProcess
import Foundation
import Testing

@Suite("How an error ends a program")
struct ExitTests {
    private struct Own: Error, CustomStringConvertible {
        let description: String
    }

    private static func read(_ words: String...) -> Never {
        do {
            try EALArguments(commandLine: ["program"] + words).validate()
            exit(99)
        } catch {
            DPDKError.exit(for: error)
        }
    }

    @Test func helpIsNoFailure() async throws {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardOutputContent]
        ) { Self.read("--help") }
        let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        #expect(output.contains("[EAL options] [-- arguments of the program]"))
        #expect(output.contains("--file-prefix"))
    }

    @Test func aMistakeInTheCommandLineIsOneOfUsage() async throws {
        let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
            Self.read("--file-prefx=shop")
        }
        let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(output.contains(": option '--file-prefx': "))
        await #expect(processExitsWith: .exitCode(64)) { Self.read("--lcores=4711@0") }
    }

    @Test func everythingElseIsAFailureInASentence() async throws {
        await #expect(processExitsWith: .exitCode(1)) {
            do throws(DPDKError) {
                _ = try SecondaryProcess(EALArguments(filePrefix: "dpdkmp_nobody", usesPCI: false))
            } catch {
                check(error.code, is: .noPrimary)
                DPDKError.exit(for: error)
            }
        }
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            DPDKError.exit(for: Own(description: "the kettle is empty"))
        }
        let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(output.hasSuffix(": the kettle is empty\n"), "\(output)")
    }
}
