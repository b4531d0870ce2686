/// Two network namespaces, each for the interface of one tap device. They are removed after the test.
package struct Namespaces {
    private let names = [TestRun.namespace(), TestRun.namespace()]
    private let interfaces = [TestRun.interface(), TestRun.interface()]

    package init() async throws {
        guard let place = FewAtOnce.place else { throw ChildFailure("the suite needs the trait .fewAtOnce") }
        for name in names {
            try await run("ip", "netns", "add", name)
            place.atEnd { _ = try? await Child.run(["ip", "netns", "del", name]) }
        }
    }

    /// The name for the interface of a side.
    package func interface(_ side: Int) -> String { interfaces[side] }

    private func address(_ side: Int) -> String { "10.79.0.\(side + 1)" }

    /// Moves the interfaces into the namespaces, which takes them down, and brings them up again. The kernel drops what
    /// does not fit into an interface's queue while nobody reads, so that has room for all that is under way.
    package func take() async throws {
        for side in 0..<2 {
            try await run("ip", "link", "set", interfaces[side], "netns", names[side])
            try await run("ip", "-n", names[side], "addr", "add", address(side) + "/24", "dev", interfaces[side])
            try await run("ip", "-n", names[side], "link", "set", interfaces[side], "txqueuelen", "10000", "up")
        }
    }

    /// Sends echo requests from one side to the other and returns the output of `ping`. At least one must be answered.
    ///
    /// - Parameters:
    ///   - count: How many requests.
    ///   - tries: How often to try at most.
    ///   - interval: The seconds from one request to the next.
    ///   - ahead: How many requests to send at once in the beginning.
    @discardableResult
    package func ping(
        _ count: Int, tries: Int = 1, every interval: String = "0.05", ahead: Int = 1
    ) async throws -> String {
        let words = [
            "ip", "netns", "exec", names[0], "ping", "-c", "\(count)", "-i", interval, "-l", "\(ahead)", "-W", "5",
            address(1),
        ]
        for _ in 1..<tries { if let report = try? await run(words) { return report } }
        return try await run(words)
    }

    @discardableResult
    private func run(_ words: String...) async throws -> String { try await run(words) }

    private func run(_ words: [String]) async throws -> String {
        let (ending, output) = try await Child.run(words)
        guard ending == .status(0) else { throw ChildFailure("\(words.joined(separator: " ")): \(output)") }
        return output
    }
}
