import DPDKMultiProcess
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite("Work on lcores", .fewAtOnce)
struct LcoreTests {
    private struct Stopped: Error, Equatable {
        let at: Int
    }

    /// Records when it is deinitialised.
    private struct Tracked: ~Copyable {
        let gone: SharedFlag
        var value = 0
        deinit { gone.flag.store(true, ordering: .releasing) }
    }

    private final class SharedFlag: Sendable {
        let flag = Atomic(false)
        func wait() { while !flag.load(ordering: .acquiring) { sched_yield() } }
    }

    @Test func stateGoesToTheWorkerAndComesBack() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(lcores: 2) { primary in
                #expect(primary.lcores.map(\.id) == [0, 1])
                #expect(primary.workers.map(\.id) == [1])
                #expect(Lcore.current?.id == 0)
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 63, in: primary)
                let worker = try #require(primary.workers.first)
                let producer = try ring.makeProducer()
                let task = try worker.run(consuming: producer) { producer in
                    for value in 0..<10 { _ = producer.enqueue(UInt64(value) + UInt64(Lcore.current?.id ?? 100)) }
                }
                check(task.lcore == worker)
                var back = task.join()
                check(ring.count, is: 10)
                check(back.enqueue(99) == nil)
                check(ring.producerHolder == primary.identity)
                _ = consume back
                var consumer = try ring.makeConsumer()
                check(consumer.dequeue() == 1)
            }
        }
    }

    @Test func whatTheWorkThrowsComesBack() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(lcores: 2) { primary in
                let worker = try #require(primary.workers.first)
                let gone = SharedFlag()
                let task = try worker.run(consuming: Tracked(gone: gone)) { state throws(Stopped) in
                    state.value = 7
                    throw Stopped(at: state.value)
                }
                do throws(Stopped) {
                    _ = try task.join()
                    Issue.record("nothing was thrown")
                } catch {
                    #expect(error == Stopped(at: 7))
                }
                check(gone.flag.load(ordering: .acquiring))
            }
        }
    }

    @Test func aBusyLcoreAndTheMainOneAreRefused() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(lcores: 2) { primary in
                let worker = try #require(primary.workers.first)
                let go = SharedFlag()
                let task = try worker.run(consuming: 1) { value in
                    go.wait()
                    value += 1
                }
                check(!task.isFinished)
                let gone = SharedFlag()
                refusal(.lcoreBusy) { _ = try worker.run(consuming: Tracked(gone: gone)) { _ in } }
                check(gone.flag.load(ordering: .acquiring))
                refusal(.inUse) { try primary.shutdown() }
                let main = try #require(primary.lcores.first)
                #expect(main.isMain)
                refusal(.noSuchLcore) { _ = try main.run(consuming: 0) { _ in } }
                go.flag.store(true, ordering: .releasing)
                check(task.join(), is: 2)
                check(try worker.run(consuming: 5) { $0 *= 2 }.join(), is: 10)
            }
        }
    }

    @Test func aDroppedTaskIsWaitedFor() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(lcores: 2) { primary in
                let worker = try #require(primary.workers.first)
                let gone = SharedFlag()
                do {
                    _ = try worker.run(consuming: Tracked(gone: gone)) { state in
                        usleep(50_000)
                        state.value = 1
                    }
                }
                check(gone.flag.load(ordering: .acquiring))
                for round in 0..<200 {
                    check(try worker.run(consuming: round) { $0 += 1 }.join(), is: round + 1)
                    if round == 100 { refusal(.noSuchLcore) { _ = try primary.lcores[0].run(consuming: 0) { _ in } } }
                }
            }
        }
    }

    @Test func aFinishedTaskHasItsLcoreUntilItsJoin() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(lcores: 2) { primary in
                let worker = try #require(primary.workers.first)
                let first = try worker.run(consuming: 1) { $0 += 1 }
                while !first.isFinished { sched_yield() }
                refusal(.lcoreBusy) { _ = try worker.run(consuming: 10) { $0 += 1 } }
                check(first.join(), is: 2)
                check(try worker.run(consuming: 10) { $0 += 1 }.join(), is: 11)
            }
        }
    }
}
