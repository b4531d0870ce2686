// MARK: - Numbers

extension Int128: RingValue {}
extension UInt128: RingValue {}
extension Bool: RingValue {}

// MARK: - Vectors and arrays

/// A number whose SIMD vectors rings can carry; the library conforms the numbers of the standard library.
///
/// It states, so that generic code can rely on it, that vectors of the number are copied byte by byte.
public protocol RingScalar: RingValue, SIMDScalar, Hashable, Codable
where
    SIMD2Storage: BitwiseCopyable, SIMD4Storage: BitwiseCopyable, SIMD8Storage: BitwiseCopyable,
    SIMD16Storage: BitwiseCopyable, SIMD32Storage: BitwiseCopyable, SIMD64Storage: BitwiseCopyable
{}

extension Int8: RingScalar {}
extension Int16: RingScalar {}
extension Int32: RingScalar {}
extension Int64: RingScalar {}
extension Int: RingScalar {}
extension UInt8: RingScalar {}
extension UInt16: RingScalar {}
extension UInt32: RingScalar {}
extension UInt64: RingScalar {}
extension UInt: RingScalar {}
#if !(os(macOS) && arch(x86_64))
extension Float16: RingScalar {}
#endif
extension Float: RingScalar {}
extension Double: RingScalar {}

extension SIMD2: RingElement, RingValue where Scalar: RingScalar {}
extension SIMD3: RingElement, RingValue where Scalar: RingScalar {}
extension SIMD4: RingElement, RingValue where Scalar: RingScalar {}
extension SIMD8: RingElement, RingValue where Scalar: RingScalar {}
extension SIMD16: RingElement, RingValue where Scalar: RingScalar {}
extension SIMD32: RingElement, RingValue where Scalar: RingScalar {}
extension SIMD64: RingElement, RingValue where Scalar: RingScalar {}

extension InlineArray: RingElement, RingValue where Element: RingValue {}

// MARK: - Types of this library

extension MACAddress: RingValue {}
