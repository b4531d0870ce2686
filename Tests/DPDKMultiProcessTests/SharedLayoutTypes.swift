import DPDKMultiProcess
import Synchronization

// MARK: - Types that can be shared

struct Level: SharedValue {
    var price: Double
    var quantity: UInt32
}

struct Quote: RingValue {
    var price: Double
    var quantity: UInt32
    var levels: InlineArray<8, UInt16>
}

struct Book: SharedValue {
    var best: Level
    var open: Bool
    var depth: InlineArray<2, Level>
}

struct Pair<First: SharedValue, Second: SharedValue>: SharedValue {
    var first: First
    var second: Second
}

struct Permissions: OptionSet, RingValue {
    let rawValue: UInt32
}

enum Side: UInt8, CaseIterable, SharedValue {
    case buy = 1
    case sell = 2
}

/// Its own description must not appear in the layout.
enum Phase: Int, CaseIterable, SharedValue, CustomStringConvertible {
    case auction
    case continuous
    var description: String { "some phase" }
}

enum Wide: Int32, CaseIterable, SharedValue {
    case minus = -3
    case one = 1
    case million = 1_000_000
}

struct Totals: ~Copyable, SharedAtomicValue {
    let packets = Atomic<UInt64>(0)
    let drops = Atomic<UInt32>(0)

    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self, fields: [.field("packets", Atomic<UInt64>.self), .field("drops", Atomic<UInt32>.self)])
    }
}

struct PortTotals: ~Copyable, SharedAtomicValue {
    let received = SharedCounter()
    let queues = InlineArray<2, Totals> { _ in Totals() }

    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self,
            fields: [.field("received", SharedCounter.self), .field("queues", InlineArray<2, Totals>.self)])
    }
}

/// A noncopyable type that can be shared, with other fields than atomics.
struct Mixed: ~Copyable, SharedValue {
    let side: Side = .buy
    let hits = Atomic<UInt64>(0)

    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(of: Self.self, fields: [.field("side", Side.self), .field("hits", Atomic<UInt64>.self)])
    }
}

// MARK: - Types that cannot be shared

protocol Drawable: Sendable {}
final class Reference: Sendable {}
final class SharedReference: SharedValue {}

enum Plain { case one, two }
enum Undeclared: UInt8 { case one, two }
enum DeclaredPlain: SharedValue { case one, two }
enum Single: UInt8, CaseIterable, SharedValue { case only }
enum Unlisted: UInt16, SharedValue { case ipv4 = 0x0800, ipv6 = 0x86dd }
enum Carrying { case number(UInt8), none }
enum DeclaredCarrying: SharedValue { case number(UInt8), none }
enum Text: String, SharedValue { case one, two }

enum Payload: SharedValue, RawRepresentable, CaseIterable, Hashable {
    case number(UInt8)
    case none
    static var allCases: [Payload] { [.number(1), .none] }
    init?(rawValue: UInt8) { self = rawValue == 0 ? .none : .number(rawValue) }
    var rawValue: UInt8 { if case .number(let number) = self { number } else { 0 } }
}

struct Empty: SharedValue {}

struct Holding<Member: Sendable>: SharedValue {
    var number: UInt32
    var member: Member
}

@safe struct PointerHolder: SharedValue, @unchecked Sendable {
    var pointer: UnsafeMutablePointer<UInt8>
}

@safe struct OpaquePointerHolder: SharedValue, @unchecked Sendable {
    var pointer: OpaquePointer?
    var other: OpaquePointer
}

struct NestedRefusal: SharedValue {
    var pairs: InlineArray<3, Pair<UInt8, Holding<String>>>
}

struct Undefined { var number: UInt32 }

// MARK: - Structures that state something wrong

struct Misspelt: ~Copyable, SharedValue {
    let packets = Atomic<UInt64>(0)
    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(of: Self.self, fields: [.field("packet", Atomic<UInt64>.self)])
    }
}

struct Forgetful: ~Copyable, SharedValue {
    let packets = Atomic<UInt64>(0)
    let bytes = Atomic<UInt64>(0)
    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(of: Self.self, fields: [.field("packets", Atomic<UInt64>.self)])
    }
}

struct Reordered: ~Copyable, SharedValue {
    let packets = Atomic<UInt64>(0)
    let bytes = Atomic<UInt64>(0)
    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self, fields: [.field("bytes", Atomic<UInt64>.self), .field("packets", Atomic<UInt64>.self)])
    }
}

struct Mistyped: ~Copyable, SharedValue {
    let price: Double = 0
    let hits = Atomic<UInt64>(0)
    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(of: Self.self, fields: [.field("price", UInt64.self), .field("hits", Atomic<UInt64>.self)])
    }
}

@safe struct Pretender: SharedValue, @unchecked Sendable {
    var pointer: UnsafeRawPointer
    static func sharedLayout() throws(DPDKError) -> SharedLayout { try UInt64.sharedLayout() }
}

struct FalsePromise: ~Copyable, SharedAtomicValue {
    let hits = Atomic<UInt64>(0)
    let mixed = InlineArray<2, Mixed> { _ in Mixed() }
    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self, fields: [.field("hits", Atomic<UInt64>.self), .field("mixed", InlineArray<2, Mixed>.self)])
    }
}
