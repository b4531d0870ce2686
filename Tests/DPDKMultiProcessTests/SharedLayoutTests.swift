import DPDKMultiProcess
import Synchronization
import Testing

/// The description of the layout, or the error that was thrown.
private func layout<T: SharedValue & ~Copyable>(_ type: T.Type) -> String {
    do throws(DPDKError) {
        return try SharedLayout(of: type).description
    } catch {
        return "\(error.code): \(error)"
    }
}

@Suite("Layouts that can be shared") struct SharedLayoutTests {
    @Test func numbers() {
        #expect(layout(Int8.self) == "i8 (size 1, stride 1, alignment 1)")
        #expect(layout(Int16.self) == "i16 (size 2, stride 2, alignment 2)")
        #expect(layout(Int32.self) == "i32 (size 4, stride 4, alignment 4)")
        #expect(layout(Int64.self) == "i64 (size 8, stride 8, alignment 8)")
        #expect(layout(Int.self) == "i64 (size 8, stride 8, alignment 8)")
        #expect(layout(Int128.self) == "i128 (size 16, stride 16, alignment 16)")
        #expect(layout(UInt8.self) == "u8 (size 1, stride 1, alignment 1)")
        #expect(layout(UInt16.self) == "u16 (size 2, stride 2, alignment 2)")
        #expect(layout(UInt32.self) == "u32 (size 4, stride 4, alignment 4)")
        #expect(layout(UInt64.self) == "u64 (size 8, stride 8, alignment 8)")
        #expect(layout(UInt.self) == "u64 (size 8, stride 8, alignment 8)")
        #expect(layout(UInt128.self) == "u128 (size 16, stride 16, alignment 16)")
        #if !(os(macOS) && arch(x86_64))
        #expect(layout(Float16.self) == "f16 (size 2, stride 2, alignment 2)")
        #endif
        #expect(layout(Float.self) == "f32 (size 4, stride 4, alignment 4)")
        #expect(layout(Double.self) == "f64 (size 8, stride 8, alignment 8)")
        #expect(layout(Bool.self) == "bool (size 1, stride 1, alignment 1)")
    }

    @Test func vectors() {
        #expect(layout(SIMD2<Int8>.self) == "simd2<i8> (size 2, stride 2, alignment 2)")
        #expect(layout(SIMD3<UInt8>.self) == "simd3<u8> (size 4, stride 4, alignment 4)")
        #expect(layout(SIMD4<Float>.self) == "simd4<f32> (size 16, stride 16, alignment 16)")
        #expect(layout(SIMD8<UInt16>.self) == "simd8<u16> (size 16, stride 16, alignment 16)")
        #expect(layout(SIMD16<UInt8>.self).hasPrefix("simd16<u8> (size 16, stride 16"))
        #expect(layout(SIMD32<UInt8>.self).hasPrefix("simd32<u8> (size 32, stride 32"))
        #expect(layout(SIMD64<Double>.self).hasPrefix("simd64<f64> (size 512, stride 512"))
    }

    @Test func arraysAndAtomics() {
        #expect(layout(InlineArray<5, UInt16>.self) == "[5 x u16] (size 10, stride 10, alignment 2)")
        #expect(layout(InlineArray<2, InlineArray<3, Bool>>.self) == "[2 x [3 x bool]] (size 6, stride 6, alignment 1)")
        #expect(layout(Atomic<UInt64>.self) == "atomic u64 (size 8, stride 8, alignment 8)")
        #expect(layout(Atomic<Bool>.self) == "atomic bool (size 1, stride 1, alignment 1)")
        #expect(layout(InlineArray<2, Atomic<Int32>>.self) == "[2 x atomic i32] (size 8, stride 8, alignment 4)")
        #expect(layout(SharedCounter.self) == "counter (size 64, stride 64, alignment 8)")
    }

    @Test func structures() {
        let level = "{ price: f64 @0, quantity: u32 @8 }"
        #expect(layout(Level.self) == "\(level) (size 12, stride 16, alignment 8)")
        #expect(
            layout(Quote.self)
                == "{ price: f64 @0, quantity: u32 @8, levels: [8 x u16] @12 } (size 28, stride 32, alignment 8)")
        // The next property may lie in the padding at the end of a structure.
        #expect(
            layout(Book.self)
                == "{ best: \(level) @0, open: bool @12, depth: [2 x \(level)] @16 } (size 48, stride 48, alignment 8)")
        #expect(
            layout(Pair<Side, Pair<UInt16, Float>>.self)
                == "{ first: enum8(buy = 1, sell = 2) @0, second: { first: u16 @0, second: f32 @4 } @4 } "
                + "(size 12, stride 12, alignment 4)")
        #expect(layout(Permissions.self) == "{ rawValue: u32 @0 } (size 4, stride 4, alignment 4)")
    }

    @Test func noncopyableStructures() throws {
        let totals = "{ packets: atomic u64 @0, drops: atomic u32 @8 }"
        #expect(layout(Totals.self) == "\(totals) (size 12, stride 16, alignment 8)")
        #expect(
            layout(PortTotals.self)
                == "{ received: counter @0, queues: [2 x \(totals)] @64 } (size 96, stride 96, alignment 8)")
        #expect(layout(Mixed.self).hasPrefix("{ side: enum8(buy = 1, sell = 2) @0, hits: atomic u64 @8 }"))
        #expect(try SharedLayout(of: PortTotals.self).isAtomic)
        #expect(try SharedLayout(of: InlineArray<3, Totals>.self).isAtomic)
        #expect(try !SharedLayout(of: Mixed.self).isAtomic)
        #expect(try !SharedLayout(of: Level.self).isAtomic)
    }

    @Test func enumerations() {
        #expect(layout(Side.self) == "enum8(buy = 1, sell = 2) (size 1, stride 1, alignment 1)")
        #expect(layout(Phase.self) == "enum8(auction = 0, continuous = 1) (size 1, stride 1, alignment 1)")
        #expect(layout(Wide.self) == "enum8(minus = -3, one = 1, million = 1000000) (size 1, stride 1, alignment 1)")
    }

    @Test func fields() throws {
        let book = try SharedLayout(of: Book.self)
        #expect(book.fields.map(\.name) == ["best", "open", "depth"])
        #expect(book.fields[1].offset == MemoryLayout<Book>.offset(of: \.open))
        #expect(book.fields[0].layout.fields.last?.layout == (try SharedLayout(of: UInt32.self)))
        #expect(book.typeName == "Book")
    }

    @Test func rings() throws {
        #expect(try Quote.slotLayout() == SharedLayout(of: Quote.self))
        #expect(try Permissions.slotLayout().stride == 4)
        #expect(try InlineArray<3, SIMD4<Float>>.slotLayout().stride == 48)
        #expect(throws: DPDKError.self) { try UInt8.slotLayout() }
        let error = try #require(throws: DPDKError.self) { try InlineArray<3, UInt16>.slotLayout() }
        #expect(error.code == .unsupportedType)
        #expect(error.message.contains("multiple of 4") && error.message.contains("of 6"))
        #expect(error.remedy.hasPrefix("Widen the element to 8 bytes"))
    }
}

@Suite("Fingerprints of layouts") struct SharedLayoutFingerprintTests {
    private func fingerprint<T: SharedValue & ~Copyable>(_ type: T.Type) throws -> UInt64 {
        try SharedLayout(of: type).fingerprint
    }

    private enum Original { struct Tick: SharedValue { var price: UInt32, size: UInt32 } }
    private enum Same { struct Renamed: SharedValue { var price: UInt32, size: UInt32 } }
    private enum FieldRenamed { struct Tick: SharedValue { var price: UInt32, volume: UInt32 } }
    private enum Swapped { struct Tick: SharedValue { var size: UInt32, price: UInt32 } }
    private enum Retyped { struct Tick: SharedValue { var price: Float, size: UInt32 } }
    private enum Signed { struct Tick: SharedValue { var price: Int32, size: UInt32 } }
    private enum Grown { struct Tick: SharedValue { var price: UInt32, size: UInt32, venue: UInt8 } }
    private enum Regrouped { struct Tick: SharedValue { var price: InlineArray<2, UInt16>, size: UInt32 } }

    private enum OtherOrder: UInt8, CaseIterable, SharedValue { case sell = 1, buy = 2 }
    private enum OtherRaw: UInt8, CaseIterable, SharedValue { case buy = 0, sell = 2 }
    private enum SameCases: UInt8, CaseIterable, SharedValue { case buy = 1, sell = 2 }

    @Test func nameOfTheTypePlaysNoPart() throws {
        #expect(try fingerprint(Original.Tick.self) == fingerprint(Same.Renamed.self))
        #expect(try SharedLayout(of: Original.Tick.self) == SharedLayout(of: Same.Renamed.self))
        #expect(try fingerprint(Side.self) == fingerprint(SameCases.self))
        #expect(try fingerprint(Int.self) == fingerprint(Int64.self))
    }

    @Test func everythingElseDoes() throws {
        let all = try [
            fingerprint(Original.Tick.self), fingerprint(FieldRenamed.Tick.self), fingerprint(Swapped.Tick.self),
            fingerprint(Retyped.Tick.self), fingerprint(Signed.Tick.self), fingerprint(Grown.Tick.self),
            fingerprint(Regrouped.Tick.self), fingerprint(UInt64.self), fingerprint(Atomic<UInt64>.self),
            fingerprint(InlineArray<2, UInt32>.self), fingerprint(InlineArray<4, UInt16>.self),
            fingerprint(SIMD2<UInt32>.self), fingerprint(Pair<UInt32, UInt32>.self), fingerprint(Side.self),
            fingerprint(OtherOrder.self), fingerprint(OtherRaw.self), fingerprint(UInt8.self), fingerprint(Bool.self),
        ]
        #expect(Set(all).count == all.count)
    }

    /// Other processes have recorded these numbers, so they may change only with the registry's version.
    @Test func stayTheSame() throws {
        #expect(try fingerprint(UInt64.self) == 0xf732_f628_3b3e_7234)
        #expect(try fingerprint(Quote.self) == 0x1f62_cafe_4f01_3fa4)
        #expect(try fingerprint(PortTotals.self) == 0xecfb_3c17_9c3a_713a)
        #expect(try fingerprint(Side.self) == 0xf465_9e79_162c_4ead)
    }
}

@Suite("Layouts that are refused") struct SharedLayoutRefusalTests {
    /// Expects an error about this object, with these words in the message and the remedy.
    private func expectRefusal<T: SharedValue & ~Copyable>(
        of type: T.Type, object: String, message: String, remedy: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do throws(DPDKError) {
            let layout = try SharedLayout(of: type)
            Issue.record("accepted as \(layout)", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == .unsupportedType, sourceLocation: sourceLocation)
            #expect(error.object == object, sourceLocation: sourceLocation)
            #expect(error.message.contains(message), "\(error)", sourceLocation: sourceLocation)
            #expect(error.remedy.contains(remedy), "\(error)", sourceLocation: sourceLocation)
        }
    }

    private func expectRefusal<M: Sendable>(
        ofMember type: M.Type, message: String, remedy: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectRefusal(
            of: Holding<M>.self, object: "property '\(Holding<M>.self).member'",
            message: "'\(M.self)' cannot be shared",
            remedy: remedy, sourceLocation: sourceLocation)
        expectRefusal(
            of: Holding<M>.self, object: "property '\(Holding<M>.self).member'", message: message, remedy: remedy,
            sourceLocation: sourceLocation)
    }

    @Test func pointers() {
        expectRefusal(
            of: PointerHolder.self, object: "property 'PointerHolder.pointer'",
            message: "'UnsafeMutablePointer<UInt8>' cannot be shared: an address", remedy: "an index")
        expectRefusal(
            of: OpaquePointerHolder.self, object: "property 'OpaquePointerHolder.pointer'",
            message: "'Optional<OpaquePointer>' cannot be shared", remedy: "add a Bool property")
        expectRefusal(ofMember: ObjectIdentifier.self, message: "an address", remedy: "an index")
    }

    @Test func references() {
        expectRefusal(ofMember: Reference.self, message: "a reference", remedy: "struct")
        expectRefusal(ofMember: SharedReference.self, message: "only structures", remedy: "struct")
        expectRefusal(ofMember: (any Drawable).self, message: "an existential", remedy: "concrete SharedValue type")
        expectRefusal(ofMember: (@Sendable () -> Void).self, message: "a closure", remedy: "enumeration")
        expectRefusal(ofMember: UInt8.Type.self, message: "a metatype", remedy: "enumeration")
        expectRefusal(
            of: SharedReference.self, object: "type 'SharedReference'", message: "only structures", remedy: "struct")
    }

    @Test func containers() {
        expectRefusal(ofMember: String.self, message: "own memory", remedy: "InlineArray")
        expectRefusal(ofMember: [UInt8].self, message: "own memory", remedy: "InlineArray")
        expectRefusal(ofMember: [UInt8: UInt8].self, message: "own memory", remedy: "InlineArray")
        expectRefusal(ofMember: Set<UInt8>.self, message: "own memory", remedy: "InlineArray")
    }

    @Test func otherMembers() {
        expectRefusal(ofMember: UInt8?.self, message: "an optional", remedy: "add a Bool property")
        expectRefusal(ofMember: (UInt8, UInt8).self, message: "a tuple", remedy: "InlineArray")
        expectRefusal(
            ofMember: Plain.self, message: "does not conform to SharedValue",
            remedy: "enum Plain: UInt8, CaseIterable, Shared"
        )
        expectRefusal(ofMember: Undeclared.self, message: "does not conform to SharedValue", remedy: "SharedValue")
        expectRefusal(ofMember: Carrying.self, message: "does not conform to SharedValue", remedy: "Use a struct")
        expectRefusal(ofMember: Undefined.self, message: "does not conform", remedy: "struct Undefined: SharedValue")
        expectRefusal(ofMember: Range<Int>.self, message: "does not conform", remedy: "SharedValue")
        expectRefusal(ofMember: DeclaredPlain.self, message: "an integer raw type", remedy: "UInt8")
        expectRefusal(ofMember: Empty.self, message: "a size of 0 bytes", remedy: "Leave it out")
    }

    @Test func enumerations() {
        expectRefusal(
            of: DeclaredPlain.self, object: "type 'DeclaredPlain'", message: "an integer raw type",
            remedy: "'enum DeclaredPlain: UInt8, CaseIterable, SharedValue'")
        expectRefusal(of: Text.self, object: "type 'Text'", message: "an integer raw type", remedy: "UInt8")
        expectRefusal(of: Payload.self, object: "type 'Payload'", message: "carry values", remedy: "struct")
        expectRefusal(
            of: DeclaredCarrying.self, object: "type 'DeclaredCarrying'", message: "carry values", remedy: "struct")
    }

    /// Its cases could not be compared, because only the program that declares them knows their raw values.
    @Test func anEnumerationThatDoesNotListItsCases() {
        expectRefusal(
            of: Unlisted.self, object: "type 'Unlisted'", message: "is CaseIterable", remedy: "CaseIterable")
        expectRefusal(of: Single.self, object: "type 'Single'", message: "a size of 0 bytes", remedy: "two cases")
    }

    @Test func sizesOfNothing() {
        expectRefusal(of: Empty.self, object: "type 'Empty'", message: "a size of 0 bytes", remedy: "stored property")
        expectRefusal(
            of: InlineArray<0, UInt8>.self, object: "type 'InlineArray<0, UInt8>'", message: "a size of 0 bytes",
            remedy: "Leave it out")
    }

    @Test func pathOfANestedProperty() {
        expectRefusal(
            of: NestedRefusal.self, object: "property 'NestedRefusal.pairs[].second.member'",
            message: "'String' cannot be shared", remedy: "InlineArray")
    }

    @Test func statementsThatDisagree() {
        expectRefusal(
            of: Misspelt.self, object: "type 'Misspelt'",
            message: "states the fields packet, but its stored properties are packets", remedy: "own name")
        expectRefusal(
            of: Forgetful.self, object: "type 'Forgetful'", message: "take 8 bytes", remedy: "every stored property")
        expectRefusal(
            of: Reordered.self, object: "type 'Reordered'", message: "fields bytes, packets", remedy: "order")
        expectRefusal(
            of: Mistyped.self, object: "property 'Mistyped.price'",
            message: "stated type is 'UInt64', but its declared type is 'Double'", remedy: "declared type")
        expectRefusal(
            of: Pretender.self, object: "type 'Pretender'", message: "describes another type, 'UInt64'",
            remedy: "own fields")
    }

    @Test func promisesOfAtomics() {
        expectRefusal(
            of: FalsePromise.self, object: "property 'FalsePromise.mixed[].side'", message: "consists of atomics only",
            remedy: "SharedValue instead")
    }
}

@Suite("Shared counters") struct SharedCounterTests {
    @Test func addsAndWrapsAround() {
        let counter = SharedCounter(5)
        counter.add(3)
        #expect(counter.value == 8)
        counter.add(.max)
        #expect(counter.value == 7)
        #expect(SharedCounter().value == 0)
    }
}
