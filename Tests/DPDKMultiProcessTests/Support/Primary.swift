import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

/// Makes this process, which is that of an exit test, the primary of a group of its own, and shuts it down after
/// `body`.
///
/// Whatever `body` does, nothing of the group is left behind.
func asPrimary(
    devices: [String] = [], lcores: Int = 1, _ body: (PrimaryProcess) throws -> Void
) throws {
    // An exit test is not ended by the test's own limit.
    alarm(100)
    let primary = try PrimaryProcess(primaryArguments(devices, lcores))
    defer { TestRun.removeFiles(of: primary.filePrefix) }
    try body(primary)
    try primary.shutdown()
}

/// Arguments of a primary of a group of its own.
func primaryArguments(_ devices: [String] = [], _ lcores: Int = 1) -> EALArguments {
    let cpus = max(1, ProcessInfo.processInfo.activeProcessorCount)
    var arguments = EALArguments(
        filePrefix: TestRun.filePrefix(),
        lcores: (0..<lcores).map { LcoreAssignment(id: $0, cpus: [$0 % cpus]) }, devices: devices, usesPCI: false,
        usesTelemetry: false)
    // A test that uses up its memory takes no other test's.
    arguments.memoryLimitMegabytesPerNode = [128]
    return arguments
}

extension ExitTest.Condition {
    /// How Swift ends a process whose precondition does not hold.
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

/// Something that had to be there and was not.
struct Missing: Error {
    let what: String
}

extension PacketPool {
    /// A packet of the pool, which must have one.
    func packet() throws -> Packet {
        guard let packet = try allocate() else { throw Missing(what: "packet in pool \(name)") }
        return packet
    }
}

/// `#expect` for conditions over noncopyable values, which the macro cannot take apart.
///
/// What is recorded names the line: of an issue in an exit test, only the comments reach the test.
func check(
    _ condition: Bool, _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    if !condition { record(comment(), sourceLocation) }
}

/// As the other, and shows both values where they differ.
func check<Value: Equatable>(
    _ value: Value, is expected: Value, _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if value != expected { record("\(value) in place of \(expected) \(comment())", sourceLocation) }
}

private func record(_ comment: String, _ location: SourceLocation) {
    Issue.record("\(location.fileName):\(location.line): \(comment)", sourceLocation: location)
}
