import DPDKMultiProcess
import Testing

@Suite("Options that a group cannot honour")
struct UnhonouredOptionTests {
    private func refusal(of line: String) -> DPDKError? {
        let words = line.split(separator: " ").map(String.init)
        let machine = Machine(version: DPDKVersion(22, 11), cpus: [0, 1, 2, 3])
        do throws(DPDKError) {
            let arguments = try EALArguments(commandLine: ["prog"] + words, for: machine.version)
            _ = try arguments.normalized(on: machine)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        "--huge-worker-stack", "--huge-worker-stack=64", "--huge-unlink=never", "--syslog=local0", "--syslog local0",
    ])
    func areRefusedByName(line: String) {
        let error = refusal(of: line)
        #expect(error?.code == .malformedOption)
        #expect(error?.object == "option '\(line.prefix { $0 != "=" && $0 != " " })'")
        #expect(error?.remedy.hasPrefix("Leave it out") ?? false, "\(error?.description ?? "accepted")")
    }

    @Test(arguments: [
        "-l 1024", "-l 0-5000", "--lcores 70000@0", "--lcores 0@1024", "--main-lcore 5000", "-S 0-999999",
    ])
    func lcoresThatNoMachineHas(line: String) {
        #expect(refusal(of: line)?.code == .noSuchLcore, "\(refusal(of: line)?.description ?? "accepted")")
    }

    @Test(arguments: ["-l 1 -S 1", "-l 1,2 -s 0x6", "--main-lcore 1 -S 1", "-l 1,2 --main-lcore 1 -S 1"])
    func lcoresThatWouldRunOnlyServices(line: String) {
        #expect(refusal(of: line)?.code == .malformedOption, "\(refusal(of: line)?.description ?? "accepted")")
    }
}
