import DPDKMultiProcess
import Glibc
import Synchronization

/// What two processes do at the same moment, step by step. A region of atomics keeps them in step.
let raceCommands: [String: Command] = [
    "create-meeting": { request, session in
        let name = try request.word(0)
        session.keep(
            try SharedRegion(creating: name, initial: Meeting(), in: session.primary).makeAccess(),
            as: "meeting \(name)")
        return ""
    },
    "look-up-meeting": { request, session in
        let name = try request.word(0)
        func find(in process: DPDKProcess) throws -> SharedRegion<Meeting> {
            try SharedRegion(lookingUp: name, in: process)
        }
        session.keep(try find(in: session.process).makeAccess(), as: "meeting \(name)")
        return ""
    },
    "race": race,
    // `count-together MEETING COUNT`: adds 1 to the meeting's sum COUNT times, while the other process does the same.
    "count-together": { request, session in
        try session.with("meeting \(try request.word(0))", as: SharedRegion<Meeting>.Access.self) { meeting in
            meeting.value.meet()
            for _ in 0..<(try request.number(1, as: Int.self)) { meeting.value.sum.add(1, ordering: .relaxed) }
            meeting.value.meet()
            return "\(meeting.value.sum.load(ordering: .relaxed))"
        }
    },
]

/// `race MEETING RING ROUNDS`: claims the ring's consumer at the same moment as another process, again and again.
///
/// Each round must have exactly one winner, and the loser must get an error. Answers with how often this one won.
@Sendable private func race(_ request: Request, _ session: Session) throws -> String {
    let ring: SharedRing<UInt64> = try session.kept("ring \(try request.word(1))")
    let rounds: Int = try request.number(2)
    var wins = 0
    try session.with("meeting \(try request.word(0))", as: SharedRegion<Meeting>.Access.self) { meeting in
        for round in 1...rounds {
            meeting.value.meet()
            var won: SharedRing<UInt64>.Consumer?
            do {
                won = try ring.makeConsumer()
                wins += 1
                meeting.value.sum.add(1, ordering: .relaxed)
            } catch let error as DPDKError {
                guard error.code == .endpointInUse, error.holders.count == 1, error.holders[0].pid != getpid() else {
                    throw error
                }
            }
            meeting.value.meet()
            let winners = meeting.value.sum.load(ordering: .relaxed)
            guard winners == round else { throw Misuse("\(winners) winners after \(round) rounds") }
            _ = consume won
        }
    }
    return "\(wins)"
}

/// Where two processes meet.
private struct Meeting: ~Copyable, SharedAtomicValue {
    let arrivals = Atomic<Int>(0)
    let sum = Atomic<Int>(0)

    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self, fields: [.field("arrivals", Atomic<Int>.self), .field("sum", Atomic<Int>.self)])
    }

    /// Waits until the other process has called this as often as this one.
    func meet() {
        let (arrival, _) = arrivals.add(1, ordering: .sequentiallyConsistent)
        let goal = (arrival / 2 + 1) * 2
        while arrivals.load(ordering: .acquiring) < goal { sched_yield() }
    }
}
