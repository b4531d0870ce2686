import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

/// Makes this process, which is that of an exit test, the primary of its own group, and shuts it down after
/// `body`.
///
/// Nothing of the group is left behind, whatever `body` does.
func asPrimary(
    devices: [String] = [], lcores: Int = 1, _ body: (PrimaryProcess) throws -> Void
) throws {
    // The time limit of a test does not end the process of its exit test.
    alarm(100)
    let primary = try PrimaryProcess(primaryArguments(devices, lcores))
    defer { TestRun.removeFiles(of: primary.filePrefix) }
    try body(primary)
    try primary.shutdown()
}

/// The arguments for a primary of its own group.
func primaryArguments(_ devices: [String] = [], _ lcores: Int = 1) -> EALArguments {
    let cpus = max(1, ProcessInfo.processInfo.activeProcessorCount)
    var arguments = EALArguments(
        filePrefix: TestRun.filePrefix(),
        lcores: (0..<lcores).map { LcoreAssignment(id: $0, cpus: [$0 % cpus]) }, devices: devices, usesPCI: false,
        usesTelemetry: false)
    // A test that uses up its memory must not use up that of other tests.
    arguments.memoryLimitMegabytesPerNode = [128]
    return arguments
}

extension ExitTest.Condition {
    /// How a process ends after a failed precondition.
    static var trap: Self {
        #if arch(x86_64)
        .signal(SIGILL)
        #else
        .signal(SIGTRAP)
        #endif
    }
}

/// Expects an error of this code, and returns it.
@discardableResult
func refusal(
    _ code: DPDKError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> DPDKError? {
    do {
        try body()
        record("nothing was thrown in place of \(code)", sourceLocation)
        return nil
    } catch let error as DPDKError {
        check(error.code, is: code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        record("\(error)", sourceLocation)
        return nil
    }
}

/// The error of an object that had to exist and did not.
struct Missing: Error {
    let what: String
}

extension PacketPool {
    /// A packet of the pool, which must have a free one.
    func packet() throws -> Packet {
        guard let packet = try allocate() else { throw Missing(what: "packet in pool \(name)") }
        return packet
    }
}

/// `#expect` for conditions with noncopyable values, which the macro cannot take apart.
///
/// The comment names the line, because only the comments of an issue get from an exit test to the test.
func check(
    _ condition: Bool, _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    if !condition { record(comment(), sourceLocation) }
}

/// The same for two values, which are shown if they differ.
func check<Value: Equatable>(
    _ value: Value, is expected: Value, _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if value != expected { record("\(value) in place of \(expected) \(comment())", sourceLocation) }
}

private func record(_ comment: String, _ location: SourceLocation) {
    Issue.record("\(location.fileName):\(location.line): \(comment)", sourceLocation: location)
}
