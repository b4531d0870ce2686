import CDPDK
import Foundation
import TestSupport
import Testing

/// Who comes, leaves and dies, as the other processes of the group see it.
@Suite("Peer events", .fewAtOnce)
struct PeerEventTests {
    /// An event of a watcher's, and how long after `start` it saw the event.
    private func event(
        of watcher: EALGroup.Member, after start: UInt64 = 0
    ) async throws -> (text: String, delay: Duration) {
        let words = try await watcher.ask("await-event").split(separator: " ", maxSplits: 1)
        let time = try #require(UInt64(words[0]))
        return (String(words[1]), .nanoseconds(Int64(time) - Int64(start)))
    }

    private func expect(_ text: String, of watchers: EALGroup.Member...) async throws {
        for watcher in watchers { #expect(try await event(of: watcher).text == text) }
    }

    @Test func primaryAndSecondariesSeeWhoComesLeavesAndDies() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("watch")
        #expect(try await primary.ask("next-event") == "none")
        let watcher = try await group.secondary()
        try await watcher.ask("watch")
        try await expect("attached \(watcher.pid) 1 1", of: primary)
        try await expect("attached \(primary.pid) 0 1", of: watcher)
        // The place is taken anew, and each holder is told by itself.
        for generation in 1...4 {
            let peer = try await group.secondary()
            try await expect("attached \(peer.pid) 2 \(generation)", of: primary, watcher)
            let isKilled = generation % 2 == 0
            if isKilled { try await peer.kill() } else { try await peer.shutdown() }
            try await expect("\(isKilled ? "died" : "left") \(peer.pid) 2 \(generation)", of: primary, watcher)
        }
        for member in [primary, watcher] { #expect(try await member.ask("next-event") == "none") }
        // Who watches only now begins with those who are there.
        try await primary.ask("watch")
        try await expect("attached \(watcher.pid) 1 1", of: primary)
        #expect(try await primary.ask("next-event") == "none")
    }

    /// The time of a machine that is busy with other tests is no matter of the library: the best of many counts.
    @Test func aDeathIsSeenWithinTwentyMilliseconds() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let watcher = try await group.secondary()
        let limit = Duration.milliseconds(20)
        var delays: [[Duration]] = [[], []]
        while delays[0].count < 30, delays.contains(where: { some in some.allSatisfy { $0 >= limit } }) {
            let peer = try await group.secondary()
            for member in [primary, watcher] {
                try await member.ask("watch")
                while try await event(of: member).text.split(separator: " ")[1] != "\(peer.pid)" {}
                try member.tell("await-event")
            }
            let start = cdpdk_monotonic_nanoseconds()
            peer.peer.signal(SIGKILL)
            for (index, member) in [primary, watcher].enumerated() {
                let words = try await member.answer().split(separator: " ")
                #expect(words[1] == "died" && words[2] == "\(peer.pid)")
                delays[index].append(.nanoseconds(Int64(try #require(UInt64(words[0]))) - Int64(start)))
            }
            _ = try await peer.peer.end()
        }
        for some in delays { #expect(try #require(some.min()) < limit, "\(delays)") }
    }

    @Test func aLoopThatLooksRarelyMissesNothing() async throws {
        let group = try EALGroup()
        // With a stopped process, nobody can start that has more memory taken.
        let primary = try await group.primary("-m", "32")
        let watcher = try await group.secondary()
        try await watcher.ask("watch")
        try await expect("attached \(primary.pid) 0 1", of: watcher)
        let first = try await group.secondary()
        try await expect("attached \(first.pid) 2 1", of: watcher)
        // While nobody of the watcher's process can look, a place changes hands.
        try await watcher.stop()
        try await first.shutdown()
        let second = try await group.secondary()
        try await second.kill()
        let third = try await group.secondary()
        let fourth = try await group.secondary()
        watcher.peer.signal(SIGCONT)
        var seen: [String] = []
        while seen.count < 5 { seen.append(try await event(of: watcher).text) }
        let places = try await [third.ask("identity"), fourth.ask("identity")].map { $0.split(separator: " ") }
        #expect(places.map { $0[2] } == ["2", "3"], "the place of the dead one is free at once")
        #expect(
            seen == [
                "left \(first.pid) 2 1", "attached 0 2 2", "died 0 2 2", "attached \(third.pid) 2 3",
                "attached \(fourth.pid) 3 1",
            ])
    }

    @Test func aStoppedProcessIsAlive() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let watcher = try await group.secondary()
        let peer = try await group.secondary()
        for member in [primary, watcher] { try await member.ask("watch") }
        for member in [primary, watcher] { for _ in 0..<2 { _ = try await event(of: member) } }
        try await peer.stop()
        try await Task.sleep(for: .milliseconds(100))
        for member in [primary, watcher] { #expect(try await member.ask("next-event") == "none") }
        peer.peer.signal(SIGCONT)
        try await primary.stop()
        try await Task.sleep(for: .milliseconds(100))
        #expect(try await watcher.ask("next-event") == "none")
        #expect(try await watcher.ask("primary-alive") == "yes")
        primary.peer.signal(SIGCONT)
    }

    @Test func tasksGetTheSameEvents() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let peer = try await group.secondary()
        let watcher = try await group.secondary()
        try await watcher.ask("collect")
        try await peer.kill()
        let first = "attached \(primary.pid) 0 1, attached \(peer.pid) 1 1, died \(peer.pid) 1 1"
        try await wait(for: first, from: watcher)
        try await watcher.ask("shutdown")
        try await wait(for: first + ", end", from: watcher)
    }

    private func wait(for text: String, from watcher: EALGroup.Member) async throws {
        let deadline = ContinuousClock.now + Peer.patience
        var seen = ""
        while seen != text, ContinuousClock.now < deadline {
            seen = try await watcher.ask("collected")
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(seen == text)
    }
}

/// The end of a primary, as its secondaries see it.
@Suite("The end of a group", .fewAtOnce)
struct GroupEndTests {
    @Test(arguments: [true, false])
    func aPollingSecondarySeesTheDeathOfItsPrimary(usesLibrary: Bool) async throws {
        var delays: [Duration] = []
        for _ in 0..<3 {
            let group = try EALGroup()
            let primary = usesLibrary ? try await group.primary() : try await group.foreign("primary")
            let secondary = try await group.secondary()
            let other = try await group.secondary()
            for member in [secondary, other] {
                #expect(try await member.ask("primary-alive") == "yes")
                #expect(try await member.ask("group-ending") == "no")
            }
            try await secondary.ask("watch")
            try secondary.tell("await-primary-end")
            let start = cdpdk_monotonic_nanoseconds()
            try await primary.kill()
            let end = try #require(UInt64(try await secondary.answer()))
            delays.append(.nanoseconds(Int64(end) - Int64(start)))
            #expect(try await secondary.ask("group-ending") == "yes")
            // Without a primary, the secondaries look after each other.
            try await other.kill()
            var seen: [String] = []
            for _ in 0..<(usesLibrary ? 4 : 2) {
                seen.append(
                    try await secondary.ask("await-event").split(separator: " ").dropFirst().prefix(2).joined(
                        separator: " "))
            }
            #expect(seen.contains("died \(other.pid)"))
            #expect(seen.contains("died \(primary.pid)") == usesLibrary)
        }
        #expect(try #require(delays.min()) < .milliseconds(20), "\(delays)")
    }

    /// A primary that a supervisor starts anew has the lock of the first one until it is refused, for half a second.
    @Test func thePrimaryThatComesNextIsNotTakenForTheDeadOne() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        let next = try group.idle()
        try secondary.tell("await-primary-end")
        // The secondary looks first when the next one has the lock.
        try await secondary.stop()
        try await primary.kill()
        try next.tell(group.start("primary"))
        try await Task.sleep(for: .milliseconds(100))
        let start = cdpdk_monotonic_nanoseconds()
        secondary.peer.signal(SIGCONT)
        let end = try #require(UInt64(try await secondary.answer()))
        #expect(.nanoseconds(Int64(end) - Int64(start)) < Duration.milliseconds(300))
        #expect(try await next.peer.line()?.hasPrefix("error secondariesStillAttached") ?? false)
    }

    @Test func aPrimaryThatLeavesInOrderIsSeen() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("watch")
        try await primary.ask("shutdown")
        try await secondary.ask("await-primary-end")
        #expect(try await secondary.ask("await-event").hasSuffix("attached \(primary.pid) 0 1"))
        #expect(try await secondary.ask("await-event").hasSuffix("left \(primary.pid) 0 1"))
    }

    @Test func secondariesAreDismissed() async throws {
        let group = try EALGroup()
        // With a stopped process, nobody can start that has more memory taken.
        let primary = try await group.primary("-m", "32")
        let leaving = try await group.secondary()
        let staying = try await group.secondary()
        let stopped = try await group.secondary()
        let killed = try await group.secondary()
        try await stopped.stop()
        #expect(try await leaving.ask("group-ending") == "no")
        try primary.tell("dismiss 3000")
        while try await leaving.ask("group-ending") == "no" { try await Task.sleep(for: .milliseconds(2)) }
        #expect(try await leaving.ask("primary-alive") == "yes")
        try await leaving.shutdown()
        try await killed.kill()
        #expect(try await primary.answer() == "\(staying.pid) \(stopped.pid)")
        // Who comes now is told at once.
        let late = try await group.secondary()
        #expect(try await late.ask("group-ending") == "yes")
        for member in [late, staying, stopped] { try await member.kill() }
        #expect(try await primary.ask("dismiss 3000") == "")
        try await primary.shutdown()
        #expect(group.files == [])
    }
}
