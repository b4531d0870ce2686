import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Nodes and sizes of objects", .fewAtOnce)
struct PlacementTests {
    @Test func objectsAreOnTheNodeThatIsAskedFor() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let here = try #require(NUMANode.current.id)
                for (number, node) in [NUMANode.local, .node(here), .any].enumerated() {
                    let ring = try SharedRing<UInt64>(creating: "ring \(number)", capacity: 63, on: node, in: primary)
                    let pool = try PacketPool(
                        creating: "pool \(number)", capacity: 63, cacheSize: 0, on: node, in: primary)
                    let region = try SharedRegion(
                        creating: "region \(number)", initial: UInt64(1), on: node, in: primary)
                    if node == .any { continue }
                    for nodes in [try ring.nodes(), try pool.nodes(), try region.nodes()] {
                        check(Array(nodes.keys), is: [.node(here)], "\(node)")
                    }
                }
            }
        }
    }

    @Test func aNodeThatIsNotThereIsRefused() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                for id in [-1, 31, 4096] {
                    let node = NUMANode.node(id)
                    refusal(.invalidArgument) {
                        _ = try SharedRing<UInt64>(creating: "ring", capacity: 63, on: node, in: primary)
                    }
                    refusal(.invalidArgument) {
                        _ = try PacketPool(creating: "pool", capacity: 63, cacheSize: 0, on: node, in: primary)
                    }
                    refusal(.invalidArgument) {
                        _ = try SharedRegion(creating: "region", initial: UInt64(1), on: node, in: primary)
                    }
                }
                // The names are still free.
                _ = try SharedRing<UInt64>(creating: "ring", capacity: 63, in: primary)
            }
        }
    }

    @Test func aForeignZoneThatIsTooSmallIsRefused() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_reserve("small", 64, -1, &zone), is: 0)
                let error = refusal(.layoutMismatch) {
                    _ = unsafe try SharedRegion<InlineArray<9, UInt64>>(lookingUpForeign: "small", in: primary)
                }
                check(error?.message.contains("64 bytes") ?? false, "\(error?.message ?? "")")
                _ = unsafe try SharedRegion<InlineArray<8, UInt64>>(lookingUpForeign: "small", in: primary)
            }
        }
    }
}
