public import Synchronization

/// A shared type that consists of atomics, so that any number of threads and processes may use a value at once.
///
/// The library conforms `Atomic`, `InlineArray` of atomic values, and ``SharedCounter``. Your own structure declares
/// the conformance and states its fields:
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
/// ``SharedLayout/init(of:)`` checks the fields, and throws `.unsupportedType` with the path of a field that is not
/// atomic. Declare the conformance in the module of the type: the library cannot see one that another module adds.
public protocol SharedAtomicValue: SharedValue, ~Copyable {}

extension SharedAtomicValue where Self: ~Copyable {
    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { true }
}

extension Atomic: SharedAtomicValue where Value: SharedValue {}

extension InlineArray: SharedAtomicValue where Element: SharedAtomicValue & ~Copyable {}
