import CDPDK
import DPDKMultiProcess
import Synchronization
import TestSupport
import Testing

@Suite("Regions in one process", .fewAtOnce)
struct SharedRegionTests {
    private struct Statistics: SharedValue {
        var flag: Bool
        var packets: UInt64
        var perQueue: InlineArray<4, UInt64>
        var grid: InlineArray<2, InlineArray<3, UInt64>>
        var small: UInt32
        var inner: Inner
        var computed: UInt64 { packets }
    }

    private struct Inner: SharedValue, Equatable {
        var a: UInt8
        var b: Double
    }

    private struct Totals: ~Copyable, SharedAtomicValue {
        let counters = InlineArray<2, SharedCounter> { SharedCounter(UInt64($0)) }
        let events = Atomic<UInt32>(5)

        static func sharedLayout() throws(DPDKError) -> SharedLayout {
            try .structure(
                of: Self.self,
                fields: [
                    .field("counters", InlineArray<2, SharedCounter>.self), .field("events", Atomic<UInt32>.self),
                ])
        }
    }

    /// A value that fills many ordinary pages.
    private struct Large: SharedValue {
        var numbers: InlineArray<50_000, UInt64>
    }

    private static let first = Statistics(
        flag: true, packets: 7, perQueue: [1, 2, 3, 4], grid: [[1, 2, 3], [4, 5, 6]], small: 9,
        inner: Inner(a: 1, b: 2.5))

    @Test func valuesAndFieldsAreReadAndWritten() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let region = try SharedRegion(creating: "statistics", initial: Self.first, in: primary)
                let other = try SharedRegion<Statistics>(lookingUp: "statistics", in: primary)
                #expect(other.name == "statistics")
                let value = try other.read()
                #expect(value.flag && value.packets == 7 && value.perQueue[3] == 4 && value.grid[1][2] == 6)
                #expect(try other.read(\.inner) == Inner(a: 1, b: 2.5))
                try region.write(3.5, to: \.inner.b)
                #expect(try other.read(\.inner.b) == 3.5)
                try region.write(false, to: \.flag)
                #expect(try other.read(\.flag) == false)
                refusal(.invalidArgument) { _ = try region.read(\.computed) }
                refusal(.invalidArgument) { _ = try region.makeCounters(at: \.computed) }
                #expect(try region.nodes().values.reduce(0, +) == 1)
                refusal(.inUse) { try region.destroy(in: primary) }
            }
        }
    }

    @Test func countersAreFieldsOfNumbers() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let region = try SharedRegion(creating: "statistics", initial: Self.first, in: primary)
                do {
                    let queues = try region.makeCounters(at: \.perQueue)
                    let grid = try region.makeCounters(at: \.grid)
                    let packets = try region.makeCounters(at: \.packets)
                    check(queues.count, is: 4)
                    check(grid.count, is: 6)
                    check(packets.count, is: 1)
                    queues.add(10, at: 2)
                    grid.add(.max, at: 5)
                    packets.add(1, at: 0)
                    check(queues[2], is: 13)
                    let value = try region.read()
                    #expect(value.perQueue[2] == 13 && value.grid[1][2] == 5 && value.packets == 8)
                    #expect(value.perQueue[1] == 2 && value.perQueue[3] == 4 && value.small == 9)
                    refusal(.inUse) { try primary.shutdown() }
                    refusal(.inUse) { try region.destroy(in: primary) }
                }
                refusal(.invalidArgument) { _ = try region.makeCounters(at: \.small) }
                refusal(.invalidArgument) { _ = try region.makeCounters(at: \.inner) }
                try region.destroy(in: primary)
                refusal(.destroyed) { _ = try region.makeCounters(at: \.packets) }
            }
        }
    }

    @Test(arguments: [0, 9])
    func aCounterOutOfRangeTraps(_ index: Int) async throws {
        let group = try EALGroup()
        await #expect(processExitsWith: .trap) {
            [index = index - 5 as Int, filePrefix = group.filePrefix as String] in
            let arguments = EALArguments(filePrefix: filePrefix, usesPCI: false)
            guard let primary = try? PrimaryProcess(arguments),
                let region = try? SharedRegion(creating: "statistics", initial: Self.first, in: primary),
                let counters = try? region.makeCounters(at: \.perQueue)
            else { return }
            counters.add(1, at: index)
        }
    }

    @Test func atomicsAreUsedWhereTheyAre() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let region = try SharedRegion(creating: "totals", initial: Totals(), in: primary)
                let access = try region.makeAccess()
                let other = try SharedRegion<Totals>(lookingUp: "totals", in: primary).makeAccess()
                access.value.counters[1].add(41)
                check(other.value.counters[1].value, is: 42)
                check(other.value.counters[0].value, is: 0)
                check(other.value.events.add(1, ordering: .relaxed).newValue, is: 6)
                check(access.value.events.load(ordering: .relaxed), is: 6)
                #expect(MemoryLayout<SharedCounter>.stride == 64)
            }
        }
    }

    @Test func aLargeValueIsCreatedWholly() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let region = try SharedRegion(
                    creating: "large", initial: Large(numbers: .init(repeating: 3)), in: primary)
                let counters = try region.makeCounters(at: \.numbers)
                check(counters.count, is: 50_000)
                check(counters[49_999], is: 3)
                #expect(try region.nodes().values.reduce(0, +) >= 1)
            }
        }
    }

    @Test func namesAreChecked() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let longest = String(repeating: "r", count: 31)
                for name in ["", longest + "r", "a\tb"] {
                    refusal(.invalidName) { _ = try SharedRegion<UInt64>(creating: name, initial: 1, in: primary) }
                    refusal(.invalidName) { _ = try SharedRegion<UInt64>(lookingUp: name, in: primary) }
                }
                _ = try SharedRegion<UInt64>(creating: longest, initial: 1, in: primary)
                refusal(.nameTaken) { _ = try SharedRegion<UInt64>(creating: longest, initial: 1, in: primary) }
                refusal(.notFound) { _ = try SharedRegion<UInt64>(lookingUp: "none", in: primary) }
                let mismatch = refusal(.layoutMismatch) {
                    _ = try SharedRegion<Inner>(lookingUp: longest, in: primary)
                }
                check(mismatch?.layouts?.found.hasPrefix("u64 ") ?? false, "\(mismatch?.description ?? "")")
                // A zone of another library is not a region.
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_reserve("theirs", 64, -1, &zone), is: 0)
                refusal(.wrongKind) { _ = try SharedRegion<UInt64>(lookingUp: "theirs", in: primary) }
                refusal(.nameTaken) {
                    _ = try SharedRegion<UInt64>(creating: "theirs", initial: 1, in: primary)
                }
            }
        }
    }
}
