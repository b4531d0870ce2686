import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Main and service lcores", .fewAtOnce)
struct ServiceLcoreTests {
    @Test func aPrimaryWithServicesShutsDown() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--lcores=(0,1)@0", "-S", "1")
        #expect(try await primary.ask("lcores") == "0")
        try await primary.shutdown()
        #expect(group.files == [])
    }

    @Test func aSecondaryWithServicesShutsDownAndGivesItsLcoresBack() async throws {
        let group = try EALGroup()
        _ = try await group.primary("--lcores=0@0")
        let secondary = try await group.secondary("--lcores=(4,5)@0", "-S", "5")
        #expect(try await group.refusal(of: "secondary", "--lcores=5@0") == .lcoreInUse)
        try await secondary.ask("shutdown")
        let next = try await group.secondary("--lcores=(4,5)@0", "-S", "4")
        #expect(try await next.ask("lcores") == "5")
    }

    @Test func aKilledSecondaryLeavesNoMemoryOfServicesTaken() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        var taken: [Int] = []
        for _ in 0..<6 {
            try await group.secondary().kill()
            taken.append(try #require(Int(try await primary.ask("c-heap"))))
        }
        // A start takes some 150 KiB for services.
        #expect(taken[5] - taken[0] < 10_000, "\(taken)")
    }

    @Test func servicesWithoutLcoresHaveAMainOneBeside() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("-S", "0,2")
        #expect(try await primary.ask("lcores") == "1")
        // The ids of service lcores are taken as well.
        let refusal = try await group.refusal(of: "secondary", "--lcores=2@0")
        #expect(refusal == .lcoreInUse && refusal.pids == [primary.pid])
        let secondary = try await group.secondary("-s", "0x10")
        #expect(try await secondary.ask("lcores") == "3")
        #expect(try await group.refusal(of: "secondary", "-S", "4") == .lcoreInUse)
        try await secondary.shutdown()
        try await primary.shutdown()
        #expect(group.files == [])
    }

    @Test func aMainLcoreWithoutOthers() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--main-lcore=1")
        #expect(try await primary.ask("lcores") == "1")
        let secondary = try await group.secondary("--main-lcore=7", "-S", "2")
        #expect(try await secondary.ask("lcores") == "7")
        try await secondary.shutdown()
        try await primary.shutdown()
    }
}
