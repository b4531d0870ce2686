import Synchronization
package import Testing

/// Limits how many tests run at once, in all suites with this trait together, and how long each of them takes.
///
/// It is for tests that start processes: a machine has CPUs and hugepages for only some of them. The time limit begins
/// when the test gets its place.
package struct FewAtOnce: SuiteTrait, TestTrait, TestScoping {
    /// The place of the running test.
    @TaskLocal package static var place: Place?

    private static let places = Places(3)

    /// How long a test may take.
    private static let limit = Duration.seconds(120)

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil, Self.place == nil else { return try await function() }
        await Self.places.take()
        defer { Self.places.giveBack() }
        let place = Place()
        let result = await Self.$place.withValue(place) { () async -> Result<Void, any Error> in
            do {
                return .success(try await Self.bounded(function))
            } catch {
                return .failure(error)
            }
        }
        // Shielded from cancellation, so that the cleanup always runs.
        await Task { await place.leave() }.value
        try result.get()
    }

    private static func bounded(_ function: @concurrent @Sendable () async throws -> Void) async throws {
        try await withoutActuallyEscaping(function) { function in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await function() }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw TookTooLong(limit: limit)
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}

extension Trait where Self == FewAtOnce {
    /// For tests that start processes.
    package static var fewAtOnce: FewAtOnce { FewAtOnce() }
}

/// The error of a test that took too long.
package struct TookTooLong: Error, CustomStringConvertible {
    let limit: Duration
    package var description: String { "the test took longer than \(limit)" }
}

/// The cleanup of a test, which runs before another test gets its place.
package final class Place: Sendable {
    private let cleanUps = Mutex<[@Sendable () async -> Void]>([])

    /// Adds an action to run after the test.
    package func atEnd(_ cleanUp: @escaping @Sendable () async -> Void) { cleanUps.withLock { $0.append(cleanUp) } }

    fileprivate func leave() async {
        let all = cleanUps.withLock { cleanUps in
            defer { cleanUps = [] }
            return cleanUps
        }
        for cleanUp in all.reversed() { await cleanUp() }
    }
}

/// A fixed number of places, each for one test at a time.
private final class Places: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
