import DPDKMultiProcess
import SingleStepJudge

/// A kind of packets that the primary makes for the child.
struct Kind {
    let name: String
    let gifts: [Gift]
    /// How many segments a death may cost, because others have them too.
    var mayLose: UInt32 = 0
    /// How many segments are in doubt while a driver has a packet whose segments do not fit into the cache.
    var inDoubt: UInt32 = 0

    static func all(_ options: Options) -> [Kind] {
        var all = [
            Kind(name: "chains of 2", gifts: [Gift(kind: JUDGE_CHAIN, size: 2, count: 5)]),
            Kind(name: "a chain of 40", gifts: [Gift(kind: JUDGE_CHAIN, size: 40, count: 1)]),
            // The cache, of one and a half times its size, is in doubt too.
            Kind(
                name: "a chain longer than the cache",
                gifts: [Gift(kind: JUDGE_CHAIN, pool: "small", size: 20, count: 1)], inDoubt: 20 + 12),
            Kind(
                name: "chains of two pools", gifts: [Gift(kind: JUDGE_CHAIN_MIXED, other: "small", size: 5, count: 2)]),
            Kind(name: "clones", gifts: [Gift(kind: JUDGE_CLONE, count: 3)], mayLose: 2),
            Kind(
                name: "clones of another pool's", gifts: [Gift(kind: JUDGE_CLONE, other: "small", count: 12)],
                mayLose: 2),
            Kind(
                name: "clones of packets that others keep", gifts: [Gift(kind: JUDGE_CLONE_KEPT, count: 3)],
                mayLose: 2),
            Kind(name: "clones and their packets", gifts: [Gift(kind: JUDGE_CLONE_BOTH, count: 3)], mayLose: 2),
            Kind(name: "packets that others have too", gifts: [Gift(kind: JUDGE_SHARED, count: 3)], mayLose: 1),
            Kind(
                name: "chains with a segment that others have",
                gifts: [Gift(kind: JUDGE_CHAIN_SHARED, size: 4, count: 2)], mayLose: 4),
            Kind(name: "chains of clones", gifts: [Gift(kind: JUDGE_CHAIN_CLONES, size: 3, count: 2)], mayLose: 6),
            Kind(
                name: "a mix",
                gifts: [
                    Gift(kind: JUDGE_CHAIN, size: 3, count: 1), Gift(kind: JUDGE_SHARED, count: 1),
                    Gift(kind: JUDGE_CHAIN, pool: "small", size: 2, count: 1),
                    Gift(kind: JUDGE_CLONE, pool: "small", count: 1), Gift(kind: JUDGE_CHAIN, size: 2, count: 1),
                ], mayLose: 2),
        ]
        if options.isLong { all += (1...12).map(mix) }
        return all
    }

    /// Twelve packets of all kinds.
    private static func mix(_ number: Int) -> Kind {
        let kinds = [
            JUDGE_CHAIN, JUDGE_CLONE, JUDGE_CLONE_KEPT, JUDGE_CLONE_BOTH, JUDGE_SHARED, JUDGE_CHAIN_SHARED,
            JUDGE_CHAIN_CLONES, JUDGE_CHAIN_MIXED,
        ]
        var random = UInt64(number)
        func next(below limit: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % limit
        }
        let pools = Objects.pools
        let gifts = (0..<12).map { _ in
            Gift(
                kind: kinds[next(below: kinds.count)], pool: pools[next(below: 8) / 7],
                other: pools[next(below: 8) / 7], size: 2 + next(below: 2), count: 1)
        }
        return Kind(name: "mix \(number)", gifts: gifts, mayLose: 6)
    }
}
