public import Synchronization

/// A type of shared values that are all atomics, so that any number of threads and processes may use it at once.
///
/// The library conforms `Atomic`, `InlineArray` of atomic values, and ``SharedCounter``. A structure of your own
/// declares it and states its fields:
///
///     struct Totals: ~Copyable, SharedAtomicValue {
///         let packets = Atomic<UInt64>(0)
///         let bytes = Atomic<UInt64>(0)
///         static func sharedLayout() throws(DPDKError) -> SharedLayout {
///             try .structure(
///                 of: Self.self,
///                 fields: [.field("packets", Atomic<UInt64>.self), .field("bytes", Atomic<UInt64>.self)])
///         }
///     }
///
/// ``SharedLayout/init(of:)`` checks the promise and throws `.unsupportedType` with the path of a field that is no
/// atomic. Declare the conformance where the type is declared: one that is added later, by another module, is not seen.
public protocol SharedAtomicValue: SharedValue, ~Copyable {}

extension SharedAtomicValue where Self: ~Copyable {
    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { true }
}

extension Atomic: SharedAtomicValue where Value: SharedValue {}

extension InlineArray: SharedAtomicValue where Element: SharedAtomicValue & ~Copyable {}
