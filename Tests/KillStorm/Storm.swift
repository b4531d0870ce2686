import BasicContainers
import CDPDK
import CStorm
import DPDKMultiProcess
import Foundation
import Synchronization

/// The primary: it keeps the clients under full load, and counts.
@safe final class Storm {
    let options: StormOptions
    let primary: PrimaryProcess
    let pool: PacketPool
    let board: SharedRegion<Board>.Access
    let watchdog = Watchdog()
    var links: UniqueArray<Link>
    var random: Generator
    /// What events have told of processes, by pid.
    var told: [pid_t: PeerEvent.Kind] = [:]
    /// How many kills the progress has shown.
    var shownKills = 0
    /// How many packets the ports keep for themselves.
    var kept = 0
    /// How many frames of clients the kernel has passed on, and how many of them had wrong bytes.
    var receivedCount = 0, brokenCount = 0
    /// The longest time between two turns, in nanoseconds.
    var longestPause: UInt64 = 0
    /// How long the last start took, and how long departures in order take, in nanoseconds.
    var startTime: UInt64 = 0, leaveTime: UInt64 = 0
    /// How long a start may take.
    var startLimit: UInt64 = 10_000_000_000
    private var watch: PeerWatch
    private let map: OpaquePointer
    private var taps: UniqueArray<ReceiveQueue>
    private var received: PacketBurst

    /// How long the others may take for anything, in nanoseconds.
    static let limit: UInt64 = 2_000_000_000

    init(_ options: StormOptions, in primary: PrimaryProcess) throws {
        self.options = options
        self.primary = primary
        random = Generator(seed: options.seed)
        pool = try PacketPool(
            creating: Names.pool, capacity: options.traffic == .tap ? 8_191 : 4_095, cacheSize: 128, in: primary)
        let configuration = EthPort.Configuration(
            receiveQueueCount: options.clients, transmitQueueCount: options.clients,
            receiveDescriptorCount: options.traffic == .tap ? 64 : 256, isPromiscuous: true)
        let ports = try (0...1).map { [pool] id in
            try EthPort(
                configuring: id,
                configuration, receivingInto: pool, in: primary)
        }
        for port in ports { try port.start(in: primary) }
        taps = UniqueArray()
        if options.traffic == .tap {
            for port in ports { for queue in 0..<options.clients { taps.append(try port.makeReceiveQueue(queue)) } }
        }
        received = try PacketBurst(capacity: 64, in: primary)
        links = UniqueArray()
        for number in 0..<options.clients { links.append(try Link(number, in: primary)) }
        board = try SharedRegion(creating: Names.board, initial: Board(), in: primary).makeAccess()
        guard let map = unsafe cstorm_map_open(Names.pool) else { throw StormFailure("the pool cannot be searched") }
        for number in 0..<options.clients {
            for name in [Names.ring(to: number), Names.ring(from: number)] {
                guard unsafe cstorm_map_add_ring(map, name) else { throw StormFailure("there is no ring \(name)") }
            }
        }
        unsafe self.map = map
        watch = PeerWatch(in: primary)
        kept = unsafe Int(cstorm_map_look(map).missing)
    }

    // MARK: - The load

    /// Sends and takes once with each client.
    private func turn() {
        for index in links.indices {
            links[index].send(from: pool)
            _ = links[index].collect()
        }
        receive()
        readEvents()
        watchdog.goOn()
    }

    /// Receives what clients have transmitted and the kernel has passed on.
    private func receive() {
        for index in taps.indices {
            for position in 0..<taps[index].receiveBurst(into: &received) {
                guard received[position].load(at: 12, as: UInt16.self) == Frame.etherType else { continue }
                receivedCount += 1
                if received[position].frame() == nil { brokenCount += 1 }
            }
            received.removeAll()
        }
    }

    private func readEvents() {
        while let event = watch.next() { told[event.process.pid] = event.kind }
    }

    /// Keeps the load up for a time, or until a condition holds. Returns whether it does.
    @discardableResult
    func work(for limit: UInt64, until isSo: () -> Bool = { false }) -> Bool {
        let start = cdpdk_monotonic_nanoseconds()
        var before = start
        while true {
            turn()
            if isSo() { return true }
            let now = cdpdk_monotonic_nanoseconds()
            longestPause = max(longestPause, now - before)
            before = now
            if now - start >= limit { return false }
        }
    }

    // MARK: - Counting

    /// Has all clients rest with nothing in hand, counts the packets in all places, and lets the clients go on.
    ///
    /// - Returns: How many more packets are lost and doubled than before.
    @discardableResult
    func count() -> (lost: Int, doubled: Int) {
        let order = board.value.order.load(ordering: .relaxed) &+ 1
        board.value.order.store(order, ordering: .releasing)
        for index in links.indices where links[index].process != nil { awaitRest(of: index, order) }
        for index in links.indices { links[index].letGo() }
        receive()
        var view = unsafe cstorm_map_look(map)
        // What the library gives back a little later is no loss.
        let known = watchdog.tally.withLock { kept + $0.lost + $0.held }
        for _ in 0..<50 where Int(view.missing) > known {
            cdpdk_sleep_microseconds(2_000)
            watchdog.goOn()
            view = unsafe cstorm_map_look(map)
        }
        let missing = max(0, Int(view.missing) - kept)
        let held = pool.doubtfulCount
        let faults = takeFaults()
        let change = watchdog.tally.withLock { tally in
            let change = (lost: missing - min(missing, held) - tally.lost, doubled: Int(view.doubled) + faults.repeated)
            tally.held = min(missing, held)
            tally.lost += change.lost
            tally.doubled += change.doubled
            tally.reordered += faults.reordered
            tally.broken += faults.broken
            tally.damaged = max(tally.damaged, Int(view.damaged))
            if view.is_blocked { tally.problem = "the pool's ring is blocked: a move has begun and does not end" }
            if Int(view.free) < Int(view.capacity) / 8 { tally.problem = "hardly any packet is left in the pool" }
            return change
        }
        board.value.order.store(order &+ 1, ordering: .releasing)
        return change
    }

    /// Waits until a client rests. One that does not is killed.
    private func awaitRest(of index: Int, _ order: UInt32) {
        let start = cdpdk_monotonic_nanoseconds()
        while board.value.desks[index].resting.load(ordering: .acquiring) != order {
            if links[index].process?.hasEnded() != false { return noteCrash(of: index) }
            if cdpdk_monotonic_nanoseconds() - start > Self.limit {
                note("client \(index) does not rest: \(phase(of: index))")
                watchdog.tally.withLock { $0.hung += 1 }
                links[index].process?.signal(SIGKILL)
                while links[index].process?.hasEnded() == false { cdpdk_sleep_microseconds(1_000) }
                return forget(index)
            }
            cdpdk_sleep_microseconds(50)
            watchdog.goOn()
        }
    }

    private func takeFaults() -> Link.Faults {
        var sum = Link.Faults()
        for index in links.indices {
            sum.repeated += links[index].faults.repeated
            sum.reordered += links[index].faults.reordered
            sum.broken += links[index].faults.broken
            links[index].faults = Link.Faults()
            sum.repeated += Int(board.value.desks[index].repeated.exchange(0, ordering: .relaxed))
            sum.broken += Int(board.value.desks[index].broken.exchange(0, ordering: .relaxed))
        }
        sum.broken += brokenCount
        brokenCount = 0
        return sum
    }

    func phase(of index: Int) -> Phase {
        Phase(rawValue: board.value.desks[index].phase.load(ordering: .relaxed)) ?? .starting
    }

    /// Says what went wrong, beside the progress.
    func note(_ text: String) {
        FileHandle.standardError.write(
            Data("\(isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : "")kill-storm: \(text)\n".utf8))
    }
}
