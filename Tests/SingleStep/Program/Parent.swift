import DPDKMultiProcess
import Foundation
import SingleStepJudge
import TestSupport

/// The primary, which steps and judges the child.
enum Parent {
    /// Returns whether all is as it should be.
    static func run(_ options: Options) throws -> Bool {
        guard judge_leave_network() else { throw Failure("there is no network namespace for the tap device") }
        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        // A secondary does not find files of net_pcap whose paths are long.
        guard FileManager.default.changeCurrentDirectoryPath(folder.path) else { throw Failure("no \(folder.path)") }
        let filePrefix = TestRun.filePrefix()
        var arguments = EALArguments(filePrefix: filePrefix, lcores: [LcoreAssignment(id: 0, cpus: [0])])
        arguments.memoryMegabytes = 64
        arguments.usesPCI = false
        arguments.usesTelemetry = false
        arguments.devices = Device.all.map { $0.option(folder) }
        let primary = try PrimaryProcess(arguments)
        defer {
            judge_kill_child()
            TestRun.removeFiles(of: filePrefix)
        }
        let isRight = try steps(primary, options)
        try primary.shutdown()
        return isRight
    }

    private static func steps(_ primary: PrimaryProcess, _ options: Options) throws -> Bool {
        let objects = try Objects(in: primary, isLong: options.isLong)
        let words = CommandLine.arguments + ["--child-of", primary.filePrefix]
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        guard unsafe judge_start_child(&pointers), judge_await_pause() else {
            throw Failure("the child does not start")
        }
        guard let slot = try primary.processes().compactMap(\.slot).first(where: { $0 != 0 }) else {
            throw Failure("the child has no slot")
        }
        var (instants, wrong) = (0, 0)
        let operations = Operation.all(options)
        for (index, operation) in operations.enumerated() {
            for gift in operation.gifts { try gift.give() }
            var result = judge_result()
            guard judge_await_pause(), unsafe judge_step(UInt32(slot), operation.mayLose, options.leftOut, &result)
            else { throw Failure("\(operation.name) does not end") }
            let first = unsafe withUnsafeBytes(of: result.first) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let counts = String(format: "%6d %5d  ", result.instants, result.wrong)
            print(counts + operation.name + (first.isEmpty ? "" : "\n               \(first)"))
            instants += Int(result.instants)
            wrong += Int(result.wrong)
            guard judge_await_pause() else { throw Failure("the child does not clean up after \(operation.name)") }
            judge_free_kept()
            guard judge_all_are_free() else { throw Failure("packets are missing after \(operation.name)") }
            if index + 1 < operations.count, !judge_await_pause() { throw Failure("the child has ended") }
        }
        guard judge_await_end() else { throw Failure("the child has failed") }
        withExtendedLifetime(objects) {}
        let unproven = Options.rules.filter { !judge_is_proven($0.value) }.keys.sorted()
        print("\(operations.count) operations, \(instants) instants, \(wrong) judged wrong")
        if !unproven.isEmpty { print("not seen to be needed: \(unproven.joined(separator: ", "))") }
        return wrong == 0 && (unproven.isEmpty || !options.filter.isEmpty)
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
