import Synchronization
import Testing

/// Has few tests of all suites with this trait run at once: those that start processes, of which a machine of few CPUs
/// and hugepages bears only some.
struct FewAtOnce: SuiteTrait, TestTrait, TestScoping {
    /// Whether the running test has a place.
    @TaskLocal static var hasPlace = false

    static let places = Places(3)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil, !Self.hasPlace else { return try await function() }
        await Self.places.take()
        defer { Self.places.giveBack() }
        try await Self.$hasPlace.withValue(true) { try await function() }
    }
}

extension Trait where Self == FewAtOnce {
    /// For tests that start processes.
    static var fewAtOnce: FewAtOnce { FewAtOnce() }
}

/// A number of places, each for one at a time.
final class Places: Sendable {
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
