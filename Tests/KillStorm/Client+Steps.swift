import DPDKMultiProcess
import Synchronization

extension Client {
    /// Does one thing, chosen at random, and returns how many packets it was done with.
    mutating func step() -> Int {
        switch random.below(16) {
        case 0: return allocateOne()
        case 1: return allocateBulk()
        case 2: return receive()
        case 3: return moveOne()
        default: break
        }
        let count = take()
        guard count > 0 else {
            _ = allocateBulk()
            return 0
        }
        switch random.below(12) {
        case 0: free()
        case 1: freeFirst()
        case 2: freeSome()
        case 3: pop()
        case 4: move()
        case 5: scatter()
        case 6: keep()
        case 7: gather()
        case 8: transmit()
        default: break
        }
        giveBack()
        return count
    }

    // MARK: - The ring to the client, and the ring back

    /// Takes some packets from the ring, and checks the first one, or sometimes all.
    ///
    /// Their bytes come from another CPU's cache, which takes longer than all else here.
    private mutating func take() -> Int {
        let limit = 1 + random.below(32)
        if random.below(4) == 0 {
            enter(.dequeueBulk)
            _ = incoming.dequeueBulk(limit, into: &burst)
        } else {
            enter(.dequeueBurst)
            _ = incoming.dequeueBurst(into: &burst, upTo: limit)
        }
        enter(.checking)
        for index in 0..<(random.below(8) == 0 ? burst.count : min(1, burst.count)) { check(burst[index].frame()) }
        return burst.count
    }

    /// Checks that a packet of the ring has the right bytes, and comes after the ones before, whoever took those.
    private func check(_ frame: Frame?) {
        let number = options.number
        guard let frame, frame.origin == .primary, frame.client == number else {
            board.value.desks[number].broken.wrappingAdd(1, ordering: .relaxed)
            return
        }
        if frame.sequence > board.value.desks[number].lastTaken.load(ordering: .relaxed) {
            board.value.desks[number].lastTaken.store(frame.sequence, ordering: .relaxed)
        } else {
            board.value.desks[number].repeated.wrappingAdd(1, ordering: .relaxed)
        }
    }

    /// Gives back what is left of the burst, and frees what does not fit.
    private mutating func giveBack() {
        guard !burst.isEmpty else { return }
        if random.below(4) == 0 {
            enter(.enqueueBulk)
            _ = outgoing.enqueueBulk(&burst)
        } else {
            enter(.enqueueBurst)
            _ = outgoing.enqueueBurst(&burst)
        }
        if !burst.isEmpty { free() }
        enter(.checking)
    }

    /// Takes single packets, and gives each back or frees it.
    private mutating func moveOne() -> Int {
        for count in 0..<1 + random.below(8) {
            enter(.dequeueOne)
            guard let packet = try? incoming.dequeue() else { return count }
            enter(.checking)
            check(packet.frame())
            give(packet)
        }
        return 1
    }

    private mutating func give(_ packet: consuming Packet) {
        switch random.below(3) {
        case 0:
            enter(.enqueueOne)
            _ = outgoing.enqueue(packet)
        case 1:
            enter(.transmitOne)
            buffer.append(packet)
        default:
            enter(.freeOne)
            drop(packet)
        }
    }

    private func drop(_ packet: consuming Packet) {}

    // MARK: - Freeing

    private mutating func free() {
        enter(.freeAll)
        burst.removeAll()
    }

    private mutating func freeFirst() {
        enter(.freeFirst)
        burst.removeFirst(1 + random.below(burst.count))
    }

    private mutating func freeSome() {
        let divisor = UInt64(2 + random.below(3))
        enter(.freeSome)
        burst.removeAll { packet in (packet.load(at: 24, as: UInt64.self) ?? 0) % divisor == 0 }
    }

    // MARK: - Inside the process

    /// Takes single packets out of the burst, at the front and at the end.
    private mutating func pop() {
        for _ in 0..<1 + random.below(8) {
            enter(.popFirst)
            guard let packet = try? burst.popFirst() else { return }
            give(packet)
        }
        enter(.popLast)
        if let packet = try? burst.popLast() {
            enter(.appendOne)
            _ = burst.append(packet)
        }
    }

    /// Moves the packets to another burst and back.
    private mutating func move() {
        enter(.appendBurst)
        _ = parts[0].append(from: &burst)
        if random.below(2) == 0 {
            enter(.freeFirst)
            parts[0].removeFirst(random.below(8))
        }
        enter(.appendBurst)
        _ = burst.append(from: &parts[0])
    }

    /// Parts the packets, and transmits the second part.
    private mutating func scatter() {
        let first = random.below(burst.count + 1)
        var position = 0
        enter(.scatter)
        var targets = parts.mutableSpan
        _ = burst.scatter(into: &targets) { _ in
            position += 1
            return position <= first ? 0 : 1
        }
        enter(.appendBurst)
        _ = burst.append(from: &parts[0])
        enter(.transmitBuffer)
        buffer.append(from: &parts[1])
    }

    /// Keeps the packets for later; if there are many, frees those from before.
    private mutating func keep() {
        if stash.freeCapacity < burst.count {
            enter(.freeAll)
            stash.removeAll()
        }
        enter(.appendBurst)
        _ = stash.append(from: &burst)
    }

    // MARK: - Packets of the client's own

    private mutating func ownFrame() -> Frame {
        sequence += 1
        return Frame(origin: .client, client: options.number, sequence: sequence)
    }

    private mutating func allocateOne() -> Int {
        for _ in 0..<1 + random.below(4) {
            enter(.allocateOne)
            guard var packet = try? pool.allocate() else { return 0 }
            packet.write(ownFrame())
            give(packet)
        }
        return 1
    }

    private mutating func allocateBulk() -> Int {
        enter(.allocateBulk)
        guard pool.allocateBulk(1 + random.below(32), into: &burst) else { return 0 }
        return useOwn()
    }

    /// Receives from a queue of the client's own, if the driver has one for secondaries.
    private mutating func receive() -> Int {
        enter(.receive)
        _ = receiver?.receiveBurst(into: &burst, upTo: 1 + random.below(32))
        return useOwn()
    }

    private mutating func useOwn() -> Int {
        let count = burst.count
        let action = random.below(4)
        // What is freed or goes nowhere has no contents.
        if action == 3 || options.traffic == .tap {
            enter(.checking)
            for index in 0..<count {
                let frame = ownFrame()
                burst[index].write(frame)
            }
        }
        switch action {
        case 0: free()
        case 1: gather()
        case 2: transmit()
        default: giveBack()
        }
        return count
    }

    // MARK: - Transmitting

    private mutating func gather() {
        enter(.transmitBuffer)
        buffer.append(from: &burst)
        if random.below(4) == 0 {
            enter(.flush)
            buffer.flush()
        }
    }

    private mutating func transmit() {
        enter(.transmitBurst)
        _ = queue.transmitBurst(&burst)
        if !burst.isEmpty { free() }
    }
}
