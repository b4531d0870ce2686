import BasicContainers
import CDPDK
import CStorm
import DPDKMultiProcess
import Foundation
import Synchronization

extension Storm {
    /// Kills as often as it is to, and shows the summary. Returns whether nothing was lost, doubled or hung.
    func run() throws -> Bool {
        let thread = try ControlThread(named: "watchdog", in: primary, watchdog.watch)
        let outcome = Result { try rage() }
        watchdog.end()
        thread.join()
        try outcome.get()
        print(watchdog.tally.withLock { "\n" + $0.summary })
        return watchdog.tally.withLock { $0.isClean }
    }

    private func rage() throws {
        for index in links.indices { _ = start(index) }
        startLimit = Self.limit + 4 * startTime
        leave(0)
        _ = start(0)
        count()
        work(for: 100_000_000)
        noteResources()
        takePauses()
        let began = ContinuousClock.now
        if options.kills == 0 { work(for: 2_000_000_000) }
        while watchdog.tally.withLock({ $0.problem == nil && $0.kills < options.kills }), !StopSignal.isRaised {
            killOne()
            watchdog.tally.withLock { $0.duration = ContinuousClock.now - began }
            show()
        }
        stayCalm()
        try end()
    }

    // MARK: - One kill

    /// Starts those that are not there, kills one, and counts.
    private func killOne() {
        let moment = options.while == .any ? [.running, .running, .starting, .leaving][random.below(4)] : options.while
        var victim = random.below(links.count)
        if moment == .starting {
            // Best one that is not there any more.
            victim = links.indices.first { links[$0].process == nil } ?? victim
            if links[victim].process != nil { leave(victim) }
        }
        for index in links.indices where links[index].process == nil && (moment != .starting || index != victim) {
            guard start(index) else { return }
        }
        switch moment {
        case .starting:
            guard spawn(victim) else { return }
            work(for: random.next(upperBound: startTime + 1)) { self.links[victim].process?.hasEnded() == true }
        case .leaving:
            work(for: random.next(upperBound: 2_000_000))
            let began = cdpdk_monotonic_nanoseconds()
            askToLeave(victim)
            // One that has left before its time says how long a departure takes.
            if work(
                for: random.next(upperBound: leaveTime + 1), until: { self.links[victim].process?.hasEnded() == true })
            {
                leaveTime = (leaveTime + cdpdk_monotonic_nanoseconds() - began) / 2
            }
        case .running, .any:
            work(for: random.next(upperBound: 20_000_000))
        }
        links[victim].process?.signal(SIGKILL)
        bury(victim)
        if moment == .starting { probe() }
    }

    /// Waits for the end of a process that was killed or asked to leave, and for the event, and counts.
    private func bury(_ index: Int) {
        guard let pid = links[index].process?.pid else { return }
        if !work(for: Self.limit, until: { self.links[index].process?.hasEnded() == true }) {
            note("client \(index) does not end")
            watchdog.tally.withLock { $0.hung += 1 }
            links[index].process?.signal(SIGKILL)
        }
        guard let process = links[index].process, process.wasKilled || process.endedInOrder else {
            return noteCrash(of: index)
        }
        let phase = phase(of: index)
        let inHand = Int(board.value.desks[index].inHand.load(ordering: .relaxed))
        let ended = cdpdk_monotonic_nanoseconds()
        // One that was killed in its start may never have been known to the others.
        let isKnown = phase != .starting || told[pid] != nil
        let isTold = work(for: isKnown ? Self.limit : 60_000_000) { ![nil, .attached].contains(self.told[pid]) }
        if !isTold, isKnown || told[pid] != nil {
            note("the end of client \(index) is not told within 2 s: \(phase)")
            watchdog.tally.withLock { $0.hung += 1 }
        }
        if isTold {
            let delay = cdpdk_monotonic_nanoseconds() - ended
            watchdog.tally.withLock { $0.longestNotice = max($0.longestNotice, delay) }
        }
        forget(index)
        let change = count()
        if change.lost != 0 || change.doubled != 0 {
            note("\(phase), \(inHand) in hand: \(change.lost) lost, \(change.doubled) doubled")
        }
        watchdog.tally.withLock { tally in
            guard process.wasKilled else { return tally.left += 1 }
            var row = tally.rows[phase] ?? Tally.Row()
            row.kills += 1
            row.inHand += inHand
            row.lost += change.lost
            row.doubled += change.doubled
            tally.rows[phase] = row
        }
    }

    /// After a death in a start, others must still be able to create and to look up.
    private func probe() {
        let began = cdpdk_monotonic_nanoseconds()
        do {
            try SharedRegion(creating: "probe", initial: UInt64(0), in: primary).destroy(in: primary)
        } catch {
            watchdog.tally.withLock { $0.problem = "\(error)" }
        }
        if cdpdk_monotonic_nanoseconds() - began > Self.limit {
            note("a creation took more than 2 s after a death in a start")
            watchdog.tally.withLock { $0.hung += 1 }
        }
    }

    // MARK: - Clients

    /// Starts a client's process.
    private func spawn(_ index: Int) -> Bool {
        links[index].incarnation += 1
        board.value.desks[index].phase.store(Phase.starting.rawValue, ordering: .relaxed)
        board.value.desks[index].inHand.store(0, ordering: .relaxed)
        do {
            let process = try ClientProcess(
                ClientOptions.words(
                    number: index, incarnation: links[index].incarnation, seed: random.next(), for: options))
            told[process.pid] = nil
            watchdog.clients.withLock { _ = $0.insert(process.pid) }
            links[index].process = process
            return true
        } catch {
            watchdog.tally.withLock { $0.problem = "\(error)" }
            return false
        }
    }

    /// Starts a client and waits until it runs. Returns whether it does.
    private func start(_ index: Int) -> Bool {
        let began = cdpdk_monotonic_nanoseconds()
        guard spawn(index) else { return false }
        let incarnation = links[index].incarnation
        let isReady = work(for: startLimit) {
            self.board.value.desks[index].ready.load(ordering: .acquiring) == incarnation
                || self.links[index].process?.hasEnded() == true
        }
        guard isReady, links[index].process?.hasEnded() == false else {
            let text = isReady ? "ended in its start" : "does not start within \(startLimit / 1_000_000) ms"
            watchdog.tally.withLock { tally in
                tally.hung += 1
                tally.problem = "client \(index) \(text): \(phase(of: index))"
            }
            links[index].process?.signal(SIGKILL)
            while links[index].process?.hasEnded() == false { cdpdk_sleep_microseconds(1_000) }
            forget(index)
            return false
        }
        startTime = cdpdk_monotonic_nanoseconds() - began
        board.value.desks[index].mayRun.store(incarnation, ordering: .releasing)
        return true
    }

    private func askToLeave(_ index: Int) {
        if random.below(2) == 0 {
            links[index].process?.signal(SIGTERM)
        } else {
            board.value.desks[index].mustLeave.store(links[index].incarnation, ordering: .relaxed)
        }
    }

    /// Has a client leave in order.
    private func leave(_ index: Int) {
        let began = cdpdk_monotonic_nanoseconds()
        askToLeave(index)
        work(for: Self.limit) { self.links[index].process?.hasEnded() == true }
        leaveTime = cdpdk_monotonic_nanoseconds() - began
        bury(index)
    }

    /// Notes that a client has ended though nobody asked it to.
    func noteCrash(of index: Int) {
        let ending = links[index].process?.ending ?? 0
        if ending != 0 {
            note("client \(index) ended with the status \(ending >> 8), signal \(ending & 0x7F): \(phase(of: index))")
        }
        // Who stops the storm stops all of its processes.
        let isAsked = StopSignal.isRaised && links[index].process?.endedInOrder == true
        watchdog.tally.withLock { if isAsked { $0.left += 1 } else { $0.crashed += 1 } }
        forget(index)
    }

    func forget(_ index: Int) {
        guard let pid = links[index].process?.pid else { return }
        watchdog.clients.withLock { _ = $0.remove(pid) }
        links[index].process = nil
        told[pid] = nil
    }

    // MARK: - Without kills, and the end

    /// Works as long as the storm has taken, and notes the longest pauses of both.
    private func stayCalm() {
        let storm = takePauses()
        let duration = watchdog.tally.withLock { tally in
            tally.storm = storm
            return tally.problem == nil && tally.kills > 0 ? min(tally.duration, .seconds(options.calm)) : .zero
        }
        guard duration > .zero, !StopSignal.isRaised else { return }
        for index in links.indices where links[index].process == nil { guard start(index) else { return } }
        takePauses()
        let deadline = ContinuousClock.now + duration
        work(for: .max) { ContinuousClock.now >= deadline || StopSignal.isRaised }
        let calm = takePauses()
        watchdog.tally.withLock { $0.calm = calm }
    }

    /// The longest pauses since the last call.
    @discardableResult
    private func takePauses() -> Tally.Pauses {
        var pauses = Tally.Pauses()
        pauses.primary = longestPause
        longestPause = 0
        for index in links.indices {
            pauses.clients = max(pauses.clients, board.value.desks[index].longestPause.exchange(0, ordering: .relaxed))
        }
        return pauses
    }

    /// Has all clients leave in order, and checks that every packet is in the pool then.
    private func end() throws {
        for index in links.indices where links[index].process != nil { leave(index) }
        for process in try primary.dismissSecondaries(within: .seconds(3)) { note("\(process) is still there") }
        var burst = try PacketBurst(capacity: 64, in: primary)
        for index in links.indices {
            var consumer = try links[index].ring.makeConsumer()
            while consumer.dequeueBurst(into: &burst) > 0 { burst.removeAll() }
        }
        count()
        noteResources()
        var load = Tally.Load(received: receivedCount)
        for index in links.indices {
            load.steps += board.value.desks[index].steps.load(ordering: .relaxed)
            load.sent += links[index].sequence
            load.returned += links[index].returnedCount
        }
        let difference = pool.capacity - kept - pool.availableCount
        watchdog.tally.withLock { tally in
            tally.load = load
            // The pool's own count must agree with what was found.
            if difference != tally.lost + tally.held, tally.problem == nil {
                tally.problem = "\(difference) packets are not in the pool at the end"
            }
        }
    }

    private func noteResources() {
        let resources = cstorm_resources()
        watchdog.tally.withLock { $0.resources.append(resources) }
    }

    /// Shows how far it is: on a terminal after each kill, and otherwise after 100.
    private func show() {
        let (kills, line) = watchdog.tally.withLock { ($0.kills, $0.line) }
        guard kills > shownKills else { return }
        shownKills = kills
        if isatty(STDOUT_FILENO) == 1 {
            FileHandle.standardOutput.write(Data("\r\u{1B}[K  \(kills) of \(options.kills) kills: \(line)".utf8))
        } else if kills % 100 == 0 {
            FileHandle.standardOutput.write(Data("  \(kills) of \(options.kills) kills: \(line)\n".utf8))
        }
    }
}
