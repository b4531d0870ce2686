import CDPDK
import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Processes of a group", .fewAtOnce)
struct ProcessTests {
    @Test func aPrimaryAndASecondaryStartAndShutDown() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        let pids = [primary.pid, secondary.pid].sorted().map(String.init).joined(separator: " ")
        #expect(try await primary.ask("attached") == pids)
        #expect(try await secondary.ask("attached") == pids)
        #expect(try await primary.ask("identity") == "\(primary.pid) TestPeer 0 1")
        #expect(try await secondary.ask("identity") == "\(secondary.pid) TestPeer 1 1")
        #expect(try await secondary.ask("primary-alive") == "yes")
        try await secondary.ask("shutdown")
        #expect(try await primary.ask("attached") == "\(primary.pid)")
        #expect(try await secondary.refusal("attached") == .shutDown)
        #expect(try await secondary.refusal("shutdown") == .shutDown)
        try await primary.ask("shutdown")
        #expect(group.files == [])
        #expect(try await primary.refusal("shutdown") == .shutDown)
    }

    @Test func eitherKindBecomesWhatTheGroupLacks() async throws {
        let group = try EALGroup()
        let first = try group.idle()
        #expect(try await first.ask(group.start("either")) == "primary")
        let second = try group.idle()
        #expect(try await second.ask(group.start("either")) == "secondary")
        let third = try await group.refusal(of: "either", "--proc-type=primary")
        #expect(third == .primaryAlreadyRunning)
        #expect(third.pids == [first.pid])
        for member in [second, first] { try await member.kill() }
        #expect(try await group.idle().ask(group.start("either")) == "primary")
    }

    @Test func aStartThatWasRefusedBeforeEALMayBeTriedAgain() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--lcores=0@0")
        let secondary = try group.idle()
        #expect(try await secondary.refusal(group.start("secondary", "--lcores=0@0")) == .lcoreInUse)
        #expect(try await secondary.refusal(group.start("secondary", "--lcores=3@0,0@0")) == .lcoreInUse)
        try await secondary.ask(group.start("secondary", "--lcores=3@0"))
        #expect(try await secondary.ask("lcores") == "3")
        #expect(try await primary.ask("lcores") == "0")
    }

    /// Whose caches of pools the dead process's were is known until its slot is freed.
    @Test func anEntryHasTheLcoresOfItsProcess() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--lcores=0@0")
        let witness = try await group.secondary()
        for isKilled in [false, true] {
            let secondary = try await group.secondary("--lcores=3@0,63@0,64@0,127@0")
            for member in [primary, witness, secondary] {
                #expect(try await member.ask("lcores-of 0") == "0")
                #expect(try await member.ask("lcores-of 1") == "1")
                #expect(try await member.ask("lcores-of 2") == "3 63 64 127")
                #expect(try await member.ask("lcores-of 3") == "")
            }
            if isKilled {
                try await primary.stop()
                try await secondary.kill()
                #expect(try await witness.ask("lcores-of 2") == "3 63 64 127")
                primary.peer.signal(SIGCONT)
                let deadline = ContinuousClock.now + Peer.patience
                while try await witness.ask("lcores-of 2") != "", ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(2))
                }
            } else {
                try await secondary.shutdown()
            }
            #expect(try await witness.ask("lcores-of 2") == "")
        }
    }

    @Test func ofTwoPrimariesThatStartAtOnceOneIsTold() async throws {
        let group = try EALGroup()
        for _ in 0..<5 {
            let members = [try group.idle(), try group.idle()]
            for member in members { try member.tell(group.start("primary")) }
            var started: [EALGroup.Member] = []
            for member in members {
                let line = try await member.peer.line() ?? "nothing"
                if line == "ok primary" {
                    started.append(member)
                } else {
                    #expect(Refusal(line)?.code == "primaryAlreadyRunning", "\(line)")
                }
            }
            try #require(started.count == 1)
            try await started[0].ask("create-ring ticks 7")
            try await started[0].ask("shutdown")
            #expect(group.files == [])
        }
    }

    @Test func ofTwoThatMayBeEitherBothStart() async throws {
        let group = try EALGroup()
        for _ in 0..<5 {
            let members = [try group.idle(), try group.idle()]
            for member in members { try member.tell(group.start("either")) }
            var roles: [String] = []
            for member in members {
                var line = try await member.peer.line() ?? "nothing"
                // A secondary waits for a slow primary not much longer than a second, and then tries again.
                while Refusal(line)?.code == "primaryStillStarting" {
                    try member.tell(group.start("either"))
                    line = try await member.peer.line() ?? "nothing"
                }
                roles.append(line)
            }
            #expect(roles.sorted() == ["ok primary", "ok secondary"])
            for member in members { try await member.kill() }
        }
    }

    @Test func secondariesThatStartWithTheirPrimaryFindItsDirectory() async throws {
        let group = try EALGroup()
        for round in 0..<8 {
            let primary = try group.idle()
            let secondary = try group.idle()
            try primary.tell(group.start("primary"))
            try await Task.sleep(for: .milliseconds(20 + 10 * round))
            try secondary.tell(group.start("secondary"))
            try await primary.answer(to: "start")
            var line = try await secondary.peer.line() ?? "nothing"
            // The first round finds no group, and later rounds find one whose primary was killed. Then it tries again.
            if let refusal = Refusal(line) {
                let early: [DPDKError.Code] = [
                    .noPrimary, .primaryDead, .primaryDiedWhileStarting, .primaryStillStarting,
                ]
                #expect(early.contains { refusal == $0 }, "\(line)")
                try secondary.tell(group.start("secondary"))
                line = try await secondary.peer.line() ?? "nothing"
            }
            #expect(line == "ok secondary")
            let offset = try #require(MemoryLayout<cdpdk_registry_header>.offset(of: \.has_primary))
            #expect(try await primary.ask("peek \(CDPDK_REGISTRY_ZONE) \(offset) 4") == "1")
            try await secondary.kill()
            try await primary.kill()
        }
    }

    @Test func anLcoreIDIsOneProcesss() async throws {
        let group = try EALGroup()
        _ = try await group.primary("--lcores=(5,7)@0")
        let second = try await group.secondary()
        let third = try await group.secondary("--lcores=1@0")
        let fourth = try await group.secondary()
        #expect(try await second.ask("lcores") == "0")
        #expect(try await fourth.ask("lcores") == "2")
        // The id is free when its process has ended or was killed.
        try await second.ask("shutdown")
        try await third.kill()
        let fifth = try await group.secondary("--lcores=(0,1)@0")
        #expect(try await fifth.ask("lcores") == "0 1")
    }

    @Test func aPrimaryWaitsForTheEndOfADeadOnesSecondaries() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await primary.ask("create-ring ticks 7")
        try await primary.kill()
        try await secondary.ask("await-primary-end")
        let refusal = try await group.refusal(of: "primary")
        #expect(refusal == .secondariesStillAttached)
        #expect(refusal.pids == [secondary.pid])
        #expect(refusal.wasQuick)
        try await secondary.kill()
        let next = try await group.primary()
        #expect(try await next.ask("attached") == "\(next.pid)")
        // Nothing is left of the dead group.
        try await next.ask("create-ring ticks 7")
        try await next.ask("shutdown")
        #expect(group.files == [])
    }

    @Test func aPrimaryWaitsForTheEndOfADeadOnesCProcesses() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let foreign = try await group.foreign()
        try await primary.kill()
        let refusal = try await group.refusal(of: "primary")
        #expect(refusal == .secondariesStillAttached)
        #expect(refusal.pids == [foreign.pid])
        #expect(refusal.wasQuick)
        try await foreign.kill()
        try await group.primary().shutdown()
        #expect(group.files == [])
    }

    @Test func aProcessThatHasShutDownMayLiveOn() async throws {
        let group = try EALGroup()
        let first = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("shutdown")
        try await first.ask("shutdown")
        #expect(group.files == [])
        // Both processes are still there, and do not keep others from starting.
        let second = try await group.primary()
        try await second.ask("create-ring ticks 7")
        let third = try await group.secondary()
        try await third.ask("look-up-ring ticks")
        try await second.ask("shutdown")
        try await third.ask("await-primary-end")
        try await third.ask("shutdown")
        let fourth = try await group.primary()
        try await fourth.ask("shutdown")
        #expect(group.files == [])
    }

    @Test func aPrimaryStartsWhileAnotherIsEnding() async throws {
        let group = try EALGroup()
        var ending = try await group.primary()
        for _ in 0..<6 {
            let next = try group.idle()
            try next.tell(group.start("insist-on-start primary"))
            try await Task.sleep(for: .milliseconds(20))
            try await ending.ask("shutdown")
            #expect(try await next.answer() == "primary")
            try await next.ask("create-ring ticks 7")
            let secondary = try await group.secondary()
            try await secondary.ask("look-up-ring ticks")
            try await secondary.ask("shutdown")
            ending = next
        }
        try await ending.ask("shutdown")
        #expect(group.files == [])
    }

    @Test func anotherSetOfLibrariesIsRefused() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let offset = try #require(MemoryLayout<cdpdk_registry_header>.offset(of: \.library_set))
        try await primary.ask("poke \(CDPDK_REGISTRY_ZONE) \(offset) 8 4711")
        let refusal = try await group.refusal(of: "secondary")
        #expect(refusal == .versionMismatch)
        #expect(refusal.text.contains("mempool operations"))
        // The refused process has left the group.
        #expect(try await primary.ask("attached") == "\(primary.pid)")
    }

    @Test func aShutdownWithThingsOutChangesNothing() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await primary.ask("create-ring ticks 7")
        try await primary.ask("create-region gauge 1 2")
        try await secondary.ask("look-up-ring ticks")
        try await secondary.ask("look-up-region gauge")
        for (member, make, name) in [
            (primary, "producer ticks", "producer ticks"), (secondary, "consumer ticks", "consumer ticks"),
            (secondary, "access-region gauge", "access gauge"),
        ] {
            try await member.ask(make)
            let refusal = try await member.refusal("shutdown")
            #expect(refusal == .inUse)
            #expect(refusal.pids == [member.pid])
            // Everything is as before.
            #expect(try await member.ask("attached").split(separator: " ").count == 2)
            try await member.ask("drop \(name)")
        }
        try await primary.ask("producer ticks")
        #expect(try await primary.ask("enqueue ticks 3") == "3")
        try await primary.ask("drop producer ticks")
        try await secondary.ask("shutdown")
        try await primary.ask("shutdown")
        #expect(group.files == [])
    }

    @Test func aPrimaryThatEndsUnderASecondaryLeavesItsFiles() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await primary.ask("create-ring ticks 7")
        try await secondary.ask("look-up-ring ticks")
        try await primary.shutdown()
        #expect(group.files.count >= 2)
        try await secondary.ask("await-primary-end")
        #expect(try await secondary.ask("ring ticks") == "7 0 7")
        try await secondary.ask("shutdown")
        try await group.primary().shutdown()
        #expect(group.files == [])
    }

    @Test func aStartAfterAKillCleansUp() async throws {
        let group = try EALGroup()
        for _ in 0..<3 {
            let primary = try await group.primary("-m", "16")
            try await primary.ask("create-ring ticks 7")
            #expect(group.files.count >= 9)
            try await primary.kill()
        }
        let primary = try await group.primary()
        #expect(group.files.count < 9)
        try await primary.ask("shutdown")
        #expect(group.files == [])
    }
}
