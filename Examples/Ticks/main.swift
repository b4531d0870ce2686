import DPDKMultiProcess
import Glibc

struct Tick: RingValue {
    var sequence: UInt64
    var price: Double
}

do {
    try AutoProcess.run(EALArguments(commandLine: CommandLine.arguments)) { process in
        switch process {
        case .primary(let primary):
            var producer = try SharedRing<Tick>(creating: "ticks", capacity: 1023, in: primary).makeProducer()
            var tick = Tick(sequence: 0, price: 9.5)
            print("The ring is there: start this program again in another terminal.")
            while !StopSignal.isRaised {
                if producer.enqueue(tick) == nil { tick.sequence += 1 }  // A full ring gives the tick back.
                usleep(100_000)
            }
        case .secondary(let secondary):
            var consumer = try SharedRing<Tick>(lookingUp: "ticks", in: secondary).makeConsumer()
            var idle = Idle(.adaptive)
            while !StopSignal.isRaised, !secondary.isGroupEnding {
                let tick = consumer.dequeue()
                if let tick { print("tick \(tick.sequence) at \(tick.price)") }
                idle.rest(if: tick == nil)
            }
        }
    }
} catch {
    DPDKError.exit(for: error)
}
